// Proving that a tax is hers: two numbers that are sent once, kept nowhere and never shown back.

import { call } from '../lib/api.js';
import { signInAgain } from '../lib/ask.js';
import { $, focusOn, show } from '../lib/dom.js';
import { nationalIdProblem } from '../lib/thai.js';

export function proofForm({ title = '', onProved }) {
  const form = $('#proof-form').content.firstElementChild.cloneNode(true);
  if (title) $('[data-title]', form).textContent = title;
  const button = $('button[type="submit"]', form);
  form.addEventListener('input', (event) => {
    mark(form, event.target.name, '');
    show($('[data-wrong]', form), false);
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const typed = { national_id: form.national_id.value, number: form.number.value.trim() };
    const problems = {
      national_id: nationalIdProblem(typed.national_id),
      number: typed.number ? '' : 'กรุณากรอกเลขที่หนังสือแจ้ง',
    };
    if (!markAll(form, problems)) return;
    const words = button.textContent;
    button.disabled = true;
    button.textContent = 'กำลังตรวจสอบ…';
    try {
      const { body } = await call('/api/v1/tax-proofs', { method: 'POST', json: typed });
      form.reset();
      onProved(body);
    } catch (error) {
      await tell(form, error);
    } finally {
      button.disabled = false;
      button.textContent = words;
    }
  });
  return form;
}

async function tell(form, error) {
  if (error.status === 401) {
    await signInAgain('เข้าสู่ระบบใหม่แล้วกด “ดูยอดของฉัน” อีกครั้ง');
    return;
  }
  const fields = error.status === 400 && !error.detail ? error.body || {} : {};
  const told = Object.entries(fields).filter(([name]) => form.elements[name]);
  if (told.length) {
    markAll(form, Object.fromEntries(told.map(([name, words]) => [name, [].concat(words)[0]])));
    return;
  }
  const wrong = $('[data-wrong]', form);
  wrong.textContent =
    error.detail || 'ส่งข้อมูลไม่สำเร็จ กรุณาตรวจสอบสัญญาณอินเทอร์เน็ตแล้วลองอีกครั้ง';
  show(wrong, true);
  focusOn(wrong);
}

function markAll(form, problems) {
  const wrong = Object.entries(problems).filter(([name, words]) => {
    mark(form, name, words);
    return words;
  });
  if (wrong.length) form.elements[wrong[0][0]].focus();
  return !wrong.length;
}

function mark(form, name, words) {
  const field = $(`[data-field="${name}"]`, form);
  if (!field) return;
  const error = $('.error', field);
  error.textContent = words;
  show(error, Boolean(words));
  field.classList.toggle('field-wrong', Boolean(words));
  form.elements[name].setAttribute('aria-invalid', words ? 'true' : 'false');
}
