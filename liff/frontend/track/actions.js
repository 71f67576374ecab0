// What a resident may still do with a case: answer or add, say how it ended, take it back.

import { call, withRetries } from '../lib/api.js';
import { ask, signInAgain } from '../lib/ask.js';
import { $, $$, fill, h, putIcons, show, whole } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { uuid } from '../lib/uuid.js';
import { PhotoPicker } from '../photos/picker.js';

// One request, however often the answer gets lost. Resolves to '' or to what went wrong.
async function act(number, action, json, key) {
  const cover = $('#sending');
  fill(cover, h('div', { class: 'spinner' }), h('p', { class: 'big' }, 'กำลังส่ง…'));
  show(cover, true);
  try {
    await withRetries(
      () =>
        call(`/api/v1/complaints/${encodeURIComponent(number)}/${action}`, {
          method: 'POST',
          json,
          headers: { 'Idempotency-Key': key },
        }),
      { tries: 4 },
    );
    return '';
  } catch (error) {
    if (!error.permanent) {
      return 'ยังส่งไม่สำเร็จ กรุณาตรวจสอบสัญญาณอินเทอร์เน็ต แล้วกดส่งอีกครั้ง (จะไม่ส่งซ้ำ)';
    }
    if (error.status === 401) {
      await signInAgain('คัดลอกข้อความที่พิมพ์ไว้ก่อน แล้วเข้าสู่ระบบใหม่');
    }
    return wordsOf(error.body) || 'ระบบไม่รับข้อมูลนี้ กรุณาโหลดหน้านี้ใหม่แล้วลองอีกครั้ง';
  } finally {
    show(cover, false);
  }
}

function wordsOf(body) {
  if (typeof body === 'string') return body;
  if (!body || typeof body !== 'object') return '';
  return Object.values(body).map(wordsOf).find(Boolean) || '';
}

function tell(form, field, text) {
  for (const one of $$('[data-field]', form)) {
    const wrong = one.dataset.field === field;
    const error = $('.error', one);
    one.classList.toggle('field-wrong', wrong);
    error.textContent = wrong ? text : '';
    show(error, wrong);
    if (wrong) {
      const control = $('textarea, input', one);
      control.focus({ preventScroll: true });
      one.scrollIntoView({ block: 'center' });
    }
  }
}

function fromTemplate(id) {
  const form = document.getElementById(id).content.firstElementChild.cloneNode(true);
  putIcons(icons, form);
  return form;
}

// A guard against double taps around the whole of sending.
function onSubmit(form, send) {
  let busy = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      await send();
    } finally {
      busy = false;
    }
  });
}

export function additionForm(one, { done }) {
  const form = fromTemplate('addition-form');
  const waiting = one.status === 'waiting';
  const state = { key: uuid(), sent: '' };
  $('[data-title]', form).textContent = waiting ? 'เจ้าหน้าที่ขอข้อมูลเพิ่ม' : 'ส่งข้อมูลเพิ่มเติม';
  $('[data-hint]', form).textContent = waiting
    ? one.question || 'กรุณาตอบหรือแนบภาพ'
    : 'บอกสิ่งที่เปลี่ยนไป หรือแนบภาพเพิ่ม';
  const picker = new PhotoPicker($('#addition-photos', form), {
    onChange: () => tell(form, '', ''),
  });
  form.addEventListener('input', () => tell(form, '', ''));
  onSubmit(form, async () => {
    const text = $('textarea', form).value.trim();
    await picker.whenIdle();
    if (picker.failed.length) {
      const answer = await ask({
        title: `ภาพ ${picker.failed.length} ภาพส่งไม่สำเร็จ`,
        text: 'ลองส่งภาพอีกครั้ง หรือส่งไปโดยไม่มีภาพเหล่านี้ก็ได้',
        buttons: [
          { label: 'ลองส่งภาพอีกครั้ง', value: 'again' },
          { label: 'ส่งโดยไม่มีภาพเหล่านี้', value: 'send', kind: 'button-quiet' },
        ],
      });
      if (answer !== 'send') {
        picker.retryFailed();
        return;
      }
    }
    const photos = picker.ids;
    if (!text && !photos.length) {
      tell(form, 'text', 'กรุณาพิมพ์ข้อความหรือแนบภาพ');
      return;
    }
    const json = { text, photos };
    const problem = await act(one.number, 'additions', json, keyFor(state, json));
    if (problem) tell(form, 'text', problem);
    else done('ส่งข้อมูลเพิ่มเติมแล้ว');
  });
  return form;
}

// A changed text is another request: it gets a key of its own.
function keyFor(state, json) {
  const body = JSON.stringify(json);
  if (state.sent && state.sent !== body) state.key = uuid();
  state.sent = body;
  return state.key;
}

export function feedbackForm(one, { done }) {
  const form = fromTemplate('feedback-form');
  for (const element of $$('[data-only]', form)) {
    show(element, (element.dataset.only === 'request') === (one.kind === 'request'));
  }
  const state = { key: uuid(), sent: '' };
  const chosen = (name) => {
    const radio = $(`input[name=${name}]:checked`, form);
    return radio ? radio.value : '';
  };
  form.addEventListener('input', () => {
    tell(form, '', '');
    const resolved = chosen('resolved');
    for (const element of $$('[data-when]', form)) {
      const { when } = element.dataset;
      show(element, Boolean(resolved) && (when === 'any' || when === resolved));
    }
  });
  onSubmit(form, async () => {
    const resolved = chosen('resolved') === 'yes';
    const comment = $('textarea', form).value.trim();
    if (!resolved) {
      if (!comment) {
        tell(form, 'comment', 'กรุณาบอกว่าอะไรยังไม่เรียบร้อย เพื่อให้เจ้าหน้าที่แก้ไขได้ถูกจุด');
        return;
      }
      const sure = await ask({
        title: 'เปิดเรื่องนี้อีกครั้ง?',
        text: 'เทศบาลจะตรวจสอบและดำเนินการเรื่องนี้ใหม่ตามที่ท่านแจ้ง',
        buttons: [
          { label: 'เปิดเรื่องอีกครั้ง', value: true },
          { label: 'ยกเลิก', value: false, kind: 'button-quiet' },
        ],
      });
      if (!sure) return;
    }
    const json = { resolved, comment };
    if (resolved && chosen('rating')) json.rating = Number(chosen('rating'));
    const problem = await act(one.number, 'feedback', json, keyFor(state, json));
    if (problem) tell(form, 'comment', problem);
    else done(resolved ? 'ขอบคุณสำหรับความเห็น' : 'เปิดเรื่องอีกครั้งแล้ว เทศบาลจะตรวจสอบใหม่');
  });
  return form;
}

export function withdrawButton(one, { done }) {
  const key = uuid();
  const error = h('p', { class: 'error', role: 'alert', hidden: true });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button button-danger',
      onclick: async () => {
        const sure = await ask({
          title: ['ถอนเรื่อง', whole(`เลขที่ ${one.number}?`)],
          text: 'เทศบาลจะหยุดดำเนินการเรื่องนี้ และเปิดกลับมาไม่ได้ ถ้าเหตุยังอยู่ต้องแจ้งใหม่',
          buttons: [
            { label: 'ไม่ถอน', value: false },
            { label: 'ยืนยันถอนเรื่อง', value: true, kind: 'button-danger' },
          ],
        });
        if (!sure) return;
        button.disabled = true;
        const problem = await act(one.number, 'withdraw', {}, key);
        button.disabled = false;
        error.textContent = problem;
        show(error, Boolean(problem));
        if (!problem) done('ถอนเรื่องแล้ว');
      },
    },
    'ถอนเรื่อง',
  );
  return h(
    'section',
    { class: 'withdraw' },
    h('p', { class: 'hint' }, 'เหตุหมดไปแล้ว หรือไม่ต้องการให้ดำเนินการต่อ'),
    error,
    button,
  );
}
