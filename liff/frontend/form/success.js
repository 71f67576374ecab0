// ส่งข้อมูลสำเร็จ!

import { call } from '../lib/api.js';
import { h, whole } from '../lib/dom.js';
import { formatDate, formatTime } from '../lib/thai.js';
import { drawSent } from './sent.js';

export async function showSuccess({ number, status_label: label }) {
  const told = h('p', { class: 'lead' }, 'เทศบาลได้รับเรื่องของท่านแล้ว ', whole(`เลขที่ ${number}`));
  drawSent({
    number,
    label,
    what: 'เลขที่เรื่อง',
    told,
    next: [
      'เทศบาลส่งเลขที่เรื่องให้ท่านทางแชต LINE',
      'เจ้าหน้าที่ตรวจสอบและเสนอผู้บริหารพิจารณา',
      'ทุกขั้นตอนจะแจ้งให้ท่านทราบทางแชต LINE',
    ],
    link: { href: `/liff/track/${encodeURIComponent(number)}`, text: 'ติดตามสถานะ' },
  });
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
