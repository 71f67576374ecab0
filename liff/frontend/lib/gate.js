// What stands before a page until the resident is signed in: a skeleton, or what went wrong.

import { config } from './config.js';
import { $, fill, focusOn, h, putIcons, show, whole } from './dom.js';
import { icons } from './icons.js';
import { Problem, signIn } from './session.js';

// Calls `prepare(person)` once signed in, shows the page, then calls what that returned.
// Whatever fails on the way is told with ลองอีกครั้ง.
export async function gate(prepare, enter = signIn) {
  putIcons(icons);
  const page = $('#page');
  const waiting = $('#waiting');
  const message = $('#message');
  for (;;) {
    show(message, false);
    show(waiting, true);
    try {
      const begin = await prepare(await enter());
      show(waiting, false);
      show(page, true);
      begin();
      return;
    } catch (error) {
      show(waiting, false);
      show(page, false);
      const problem =
        error instanceof Problem
          ? error
          : new Problem(
              'เปิดหน้านี้ไม่สำเร็จ',
              'กรุณาตรวจสอบสัญญาณอินเทอร์เน็ต แล้วกด “ลองอีกครั้ง”',
              { code: error.status ? String(error.status) : error.name },
            );
      if (!(error instanceof Problem)) console.error(error);
      await tell(message, problem);
    }
  }
}

// Shows a problem; ends when ลองอีกครั้ง is tapped.
function tell(message, problem) {
  return new Promise((resolve) => {
    const heading = h('h1', null, problem.message);
    fill(
      message,
      heading,
      h('p', null, problem.advice),
      problem.canRetry &&
        h('button', { type: 'button', class: 'button', onclick: resolve }, 'ลองอีกครั้ง'),
      problem.canClose &&
        h(
          'button',
          { type: 'button', class: 'button button-quiet', onclick: closeWindow },
          'ปิดหน้าต่าง',
        ),
      office(),
      problem.code && h('p', { class: 'fine' }, `รหัส: ${problem.code}`),
    );
    show(message, true);
    focusOn(heading);
  });
}

function office() {
  const { name, phone } = config.office;
  return phone ? h('p', null, `ติดต่อ${name} โทร. `, whole(phone)) : null;
}

export function closeWindow() {
  const liff = window.liff;
  if (liff && liff.isInClient && liff.isInClient()) liff.closeWindow();
  else if (window.history.length > 1) window.location.assign('/liff');
  else window.close();
}
