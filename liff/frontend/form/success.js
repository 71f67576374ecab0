// ส่งข้อมูลสำเร็จ!

import { call } from '../lib/api.js';
import { $, fill, focusOn, h, show, whole } from '../lib/dom.js';
import { closeWindow } from '../lib/gate.js';
import { icons } from '../lib/icons.js';
import { formatDate, formatTime } from '../lib/thai.js';

export async function showSuccess({ number, status_label: label }) {
  const page = $('#sent');
  const heading = h('h1', null, 'ส่งข้อมูลสำเร็จ!');
  const told = h('p', { class: 'lead' }, 'เทศบาลได้รับเรื่องของท่านแล้ว ', whole(`เลขที่ ${number}`));
  fill(
    page,
    h('div', { class: 'sent-mark', svg: icons.check }),
    heading,
    h('p', { class: 'sent-label' }, 'เลขที่เรื่อง'),
    h('p', { class: 'number' }, number),
    h('p', { class: 'chip chip-received' }, label),
    told,
    h(
      'section',
      { class: 'next' },
      h('h2', null, 'ต่อจากนี้'),
      h(
        'ul',
        null,
        h('li', null, 'เทศบาลส่งเลขที่เรื่องให้ท่านทางแชต LINE'),
        h('li', null, 'เจ้าหน้าที่ตรวจสอบและเสนอผู้บริหารพิจารณา'),
        h('li', null, 'ทุกขั้นตอนจะแจ้งให้ท่านทราบทางแชต LINE'),
      ),
    ),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'button', href: `/liff/track/${encodeURIComponent(number)}` }, 'ติดตามสถานะ'),
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
  try {
    const { body } = await call(`/api/v1/complaints/${encodeURIComponent(number)}`);
    const created = body.created_at;
    told.append(' ', whole(`วันที่ ${formatDate(created)}`), ' ', whole(`เวลา ${formatTime(created)}`));
    if (body.due_on) {
      told.append(' จะแจ้งผลหรือความคืบหน้าภายใน', whole(`วันที่ ${formatDate(body.due_on)}`));
    }
  } catch (error) {
    // The number is what counts; the dates stand in the chat as well.
  }
}
