// How long a text may be. Nothing that she pasted is cut: it is counted, and said when too long.

import { $, h, show } from '../lib/dom.js';

const LIMITS = { place: 300, subject: 150, details: 5000, address: 500, reference: 100 };
const NEAR = 0.9; // from here on the rest is counted

// Characters as the server counts them: an emoji is one.
const lengthOf = (text) => Array.from(text).length;
const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

// '' or what to tell the writer of a text that is too long for its field.
export function lengthProblem(name, text) {
  const over = lengthOf(text.trim()) - LIMITS[name];
  if (!(over > 0)) return '';
  return `ยาวเกินไป ${number(over)} ตัวอักษร (ได้ไม่เกิน ${number(LIMITS[name])}) กรุณาตัดให้สั้นลง`;
}

// Below each limited field of `form`; called whenever a value may have changed.
export function drawCounters(form) {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const control = form.elements[name];
    if (!control) continue;
    const used = lengthOf(control.value.trim());
    const near = used >= limit * NEAR;
    let counter = $(`#${name}-counter`);
    if (near && !counter) {
      counter = h('p', { id: `${name}-counter`, class: 'counter', role: 'status' });
      control.after(counter);
    }
    if (!counter) continue;
    const problem = lengthProblem(name, control.value);
    show(counter, near);
    counter.className = `counter ${problem ? 'error' : 'hint'}`;
    counter.textContent = problem
      ? `เกินมา ${number(used - limit)} ตัวอักษร (ได้ไม่เกิน ${number(limit)})`
      : `เหลืออีก ${number(limit - used)} ตัวอักษร`;
    if (problem) control.setAttribute('aria-invalid', 'true');
    else control.removeAttribute('aria-invalid');
  }
}
