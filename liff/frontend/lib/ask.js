// A question over the page. Resolves to the value of the button, or null when it is put away.

import { call } from './api.js';
import { $$, h } from './dom.js';

export function ask({ title, text, buttons }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const finish = (value) => {
      document.removeEventListener('keydown', onKey, true);
      window.removeEventListener('popstate', putAway);
      cover.remove();
      document.body.classList.remove('covered');
      if (before && before.focus) before.focus({ preventScroll: true });
      resolve(value);
    };
    const putAway = () => finish(null); // the phone's own way back
    const panel = h(
      'div',
      {
        class: 'ask',
        role: 'alertdialog',
        'aria-modal': 'true',
        'aria-labelledby': 'ask-title',
        'aria-describedby': 'ask-text',
      },
      h('h2', { id: 'ask-title', tabindex: '-1' }, title),
      h('p', { id: 'ask-text' }, text),
      buttons.map(({ label, value, kind = '' }) =>
        h(
          'button',
          { type: 'button', class: `button ${kind}`, onclick: () => finish(value) },
          label,
        ),
      ),
    );
    const cover = h('div', { class: 'cover' }, panel);
    const onKey = (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        finish(null);
      } else if (event.key === 'Tab') {
        const stops = $$('button', panel);
        const last = stops[stops.length - 1];
        const outside = !panel.contains(document.activeElement);
        if (event.shiftKey && (document.activeElement === stops[0] || outside)) {
          event.preventDefault();
          last.focus();
        } else if (!event.shiftKey && (document.activeElement === last || outside)) {
          event.preventDefault();
          stops[0].focus();
        }
      }
    };
    document.addEventListener('keydown', onKey, true);
    window.addEventListener('popstate', putAway);
    document.body.classList.add('covered');
    document.body.append(cover);
    panel.querySelector('h2').focus();
  });
}

// The sign-in ran out while the page lay open; what was typed is kept where the page keeps it.
export async function signInAgain(text = 'ข้อมูลที่กรอกยังอยู่ครบ เข้าสู่ระบบใหม่แล้วกดส่งอีกครั้ง') {
  const answer = await ask({
    title: 'หมดเวลาการเข้าสู่ระบบ',
    text,
    buttons: [
      { label: 'เข้าสู่ระบบใหม่', value: true },
      { label: 'ยังไม่ทำตอนนี้', value: false, kind: 'button-quiet' },
    ],
  });
  if (!answer) return;
  try {
    await call('/api/v1/me'); // signs in anew when LINE still vouches for her: nothing is lost
  } catch (error) {
    window.location.reload();
  }
}
