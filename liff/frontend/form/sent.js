// The page after sending: the number, and what happens next.

import { $, fill, focusOn, h, show } from '../lib/dom.js';
import { closeWindow } from '../lib/gate.js';
import { icons } from '../lib/icons.js';

// `what`: what the number is of; `told`: an element; `next`: sentences; `link`: {href, text}.
export function drawSent({ number, label, what, told, next, link }) {
  const page = $('#sent');
  const heading = h('h1', null, 'ส่งข้อมูลสำเร็จ!');
  fill(
    page,
    h('div', { class: 'sent-mark', svg: icons.check }),
    heading,
    h('p', { class: 'sent-label' }, what),
    h('p', { class: 'number' }, number),
    h('p', { class: 'chip chip-received' }, label),
    told,
    h(
      'section',
      { class: 'next' },
      h('h2', null, 'ต่อจากนี้'),
      h('ul', null, next.map((sentence) => h('li', null, sentence))),
    ),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'button', href: link.href }, link.text),
      h(
        'button',
        { type: 'button', class: 'button button-quiet', onclick: closeWindow },
        'ปิดหน้าต่าง',
      ),
    ),
  );
  show(page, true);
  window.scrollTo(0, 0);
  focusOn(heading, { preventScroll: true });
}
