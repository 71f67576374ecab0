// What is wrong, beside each field and gathered on top; the first wrong field gets the focus.

import { $, $$, fill, h, show } from '../lib/dom.js';

const summary = () => $('#summary');

// `errors`: Map of field name → message. Names without a field of their own stand on top only.
export function showErrors(errors, { title = 'กรุณาแก้ไขข้อมูลต่อไปนี้' } = {}) {
  clearErrors();
  if (!errors.size) return;
  let first = null;
  const lines = [];
  for (const [name, message] of errors) {
    const field = fieldOf(name);
    const control = field && controlOf(field);
    if (field) {
      const text = $('.error', field);
      text.textContent = message;
      show(text, true);
      field.classList.add('field-wrong');
      for (const one of controlsOf(field)) {
        if (one.type !== 'button') one.setAttribute('aria-invalid', 'true');
      }
      first = first || control;
    }
    lines.push(h('li', null, control ? link(message, control) : message));
  }
  fill(summary(), h('h2', null, title), h('ul', null, lines));
  show(summary(), true);
  if (first) {
    first.focus({ preventScroll: true });
    bringIntoView(first);
  } else {
    summary().scrollIntoView({ block: 'start' });
    summary().focus({ preventScroll: true });
  }
}

function link(message, control) {
  return h(
    'a',
    {
      href: `#${control.id}`,
      onclick: (event) => {
        event.preventDefault();
        control.focus({ preventScroll: true });
        bringIntoView(control);
      },
    },
    message,
  );
}

// The message, not the field: a list of choices is longer than the screen.
function bringIntoView(control) {
  $('.error', control.closest('[data-field]')).scrollIntoView({ block: 'center' });
}

export function clearErrors() {
  show(summary(), false);
  fill(summary());
  for (const field of $$('.field-wrong')) clearField(field);
}

// Called as soon as the person mends a field.
export function clearField(field) {
  if (!field.classList.contains('field-wrong')) return;
  field.classList.remove('field-wrong');
  const text = $('.error', field);
  text.textContent = '';
  show(text, false);
  for (const control of controlsOf(field)) control.removeAttribute('aria-invalid');
}

export function fieldOf(name) {
  return $(`[data-field="${name}"]`);
}

function controlsOf(field) {
  return $$('input, select, textarea, button', field);
}

function controlOf(field) {
  const usable = controlsOf(field).filter((one) => !one.disabled && one.getClientRects().length);
  return usable.find((one) => one.matches('[data-main]')) || usable[0] || null;
}
