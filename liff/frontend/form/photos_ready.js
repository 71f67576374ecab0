// What becomes of photos that are not with the server when she sends the form.

import { ask } from '../lib/ask.js';
import { $, fill, h, show } from '../lib/dom.js';
import { closeOverlay, openOverlay } from '../lib/overlay.js';

// Resolves to 'send' (now, with the photos that are there), 'photos' (she wants to see to them)
// or 'stay' (she put it off, or walked away). Without `least` of them nothing is sent.
export async function photosReady(picker, { least = 0 } = {}) {
  const enough = () => picker.ids.length >= least;
  if (picker.busy.length && !enough()) {
    if (!(await waited(picker))) return 'stay';
  } else if (picker.busy.length) {
    const answer = await ask({
      title: `ภาพ ${picker.busy.length} ภาพยังส่งไม่เสร็จ`,
      text: 'รอให้ภาพส่งเสร็จก่อน หรือส่งเรื่องไปโดยไม่มีภาพเหล่านี้',
      buttons: [
        { label: 'รอให้เสร็จแล้วส่ง', value: 'wait' },
        { label: 'ส่งโดยไม่มีภาพที่ยังไม่เสร็จ', value: 'send', kind: 'button-quiet' },
      ],
    });
    if (answer === 'send') return 'send';
    if (answer !== 'wait' || !(await waited(picker))) return 'stay';
  }
  if (!picker.failed.length) return 'send';
  if (!enough()) return 'photos';
  const answer = await ask({
    title: `ภาพ ${picker.failed.length} ภาพส่งไม่สำเร็จ`,
    text: 'ลองส่งภาพอีกครั้ง หรือส่งเรื่องไปโดยไม่มีภาพเหล่านี้ก็ได้',
    buttons: [
      { label: 'กลับไปดูภาพ', value: 'back' },
      { label: 'ส่งโดยไม่มีภาพเหล่านี้', value: 'send', kind: 'button-quiet' },
    ],
  });
  if (answer === 'send') return 'send';
  return answer === 'back' ? 'photos' : 'stay';
}

// Covers the page until the photos have arrived, so that nothing is edited under a case about to
// be sent. False: she cancelled, by the button or by the phone's own way back.
function waited(picker) {
  return new Promise((resolve) => {
    const cover = $('#sending');
    let leaving = false;
    let ready = false;
    const leave = (arrived) => {
      if (leaving) return;
      leaving = true;
      ready = arrived;
      closeOverlay();
    };
    const bar = h('progress', { max: 100, value: 0, 'aria-label': 'ความคืบหน้าของภาพ' });
    const told = h('p', { 'data-waiting-percent': true });
    const cancel = h(
      'button',
      { type: 'button', class: 'button button-quiet', onclick: () => leave(false) },
      'ยกเลิก',
    );
    const draw = () => {
      bar.value = picker.percent;
      told.textContent = navigator.onLine
        ? `ส่งภาพแล้ว ${picker.percent}%`
        : `ส่งภาพแล้ว ${picker.percent}% รอสัญญาณอินเทอร์เน็ต…`;
    };
    fill(
      cover,
      h('p', { class: 'big' }, 'กำลังรอภาพ…'),
      h('p', null, 'เมื่อภาพครบแล้วจะส่งเรื่องให้ทันที'),
      bar,
      told,
      cancel,
    );
    draw();
    picker.onProgress = draw;
    show(cover, true);
    document.body.classList.add('covered');
    cancel.focus({ preventScroll: true });
    openOverlay(() => {
      leaving = true;
      picker.onProgress = () => {};
      show(cover, false);
      document.body.classList.remove('covered');
      // Not before the steps have heard of the way back too: what comes next may be another step.
      setTimeout(() => resolve(ready));
    });
    picker.whenIdle().then(() => leave(true));
  });
}
