// Sending what was filled in: once, however often the answer gets lost.

import { call, withRetries } from '../lib/api.js';
import { $, fill, h, show } from '../lib/dom.js';

const TRIES = 6;

// Resolves to the API's answer. Errors are ApiError (refused) or NetworkError (no clear answer).
export async function send(address, body, key) {
  const cover = $('#sending');
  const say = (text, more) => {
    fill(cover, h('div', { class: 'spinner' }), h('p', { class: 'big' }, text), h('p', null, more));
  };
  say('กำลังส่ง…', 'กรุณาอย่าปิดหน้านี้');
  show(cover, true);
  document.body.classList.add('covered');
  try {
    const { body: answer } = await withRetries(
      () =>
        call(address, {
          method: 'POST',
          json: body,
          headers: { 'Idempotency-Key': key },
        }),
      {
        tries: TRIES,
        onWait: (attempt) =>
          say(
            'กำลังส่ง…',
            navigator.onLine
              ? `ระบบยังไม่ตอบ จะส่งให้อีกครั้งอัตโนมัติ (ครั้งที่ ${attempt + 1})`
              : 'ไม่มีสัญญาณอินเทอร์เน็ต จะส่งให้ทันทีที่กลับมาออนไลน์',
          ),
      },
    );
    return answer;
  } finally {
    show(cover, false);
    document.body.classList.remove('covered');
  }
}
