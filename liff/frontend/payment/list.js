// การชำระเงินของฉัน: her payments and her receipts. They come while the page is usable already.

import { call, withRetries } from '../lib/api.js';
import { fill, h, whole } from '../lib/dom.js';
import { formatDate } from '../lib/thai.js';
import { chip, entry, moreButton } from '../track/parts.js';
import { formatBaht } from './amount.js';
import { receiptList } from './receipts.js';

const PATH = '/api/v1/payment-notices';

// `onNewest(notice or undefined)` is told once the list is there.
export async function showMine(root, { onNewest }) {
  try {
    const [notices, receipts] = await withRetries(
      () => Promise.all([call(PATH), call('/api/v1/receipts')]),
      { tries: 3 },
    );
    draw(root, notices.body, receipts.body);
    onNewest(notices.body[0]);
  } catch (error) {
    fill(
      root,
      h('p', { class: 'error' }, 'โหลดรายการของท่านไม่สำเร็จ'),
      h(
        'button',
        {
          type: 'button',
          class: 'button button-quiet',
          onclick: () => {
            fill(root, h('div', { class: 'skeleton skeleton-tall' }));
            showMine(root, { onNewest });
          },
        },
        'ลองอีกครั้ง',
      ),
    );
  }
}

function draw(root, notices, receipts) {
  const list = h('ul', { class: 'cases' }, notices.map(row));
  fill(
    root,
    notices.length
      ? [list, moreButton({ rows: notices, list, path: PATH, draw: row, label: 'ดูรายการก่อนหน้า' })]
      : h('p', { class: 'hint' }, 'เมื่อแจ้งชำระเงินแล้ว จะเห็นสถานะของทุกรายการและใบเสร็จที่นี่'),
    receipts.length ? [h('h2', null, 'ใบเสร็จรับเงินของฉัน'), receiptList(receipts)] : null,
  );
}

function row(one) {
  return entry({
    href: `/liff/payment/${encodeURIComponent(one.number)}`,
    title: [
      one.revenue_name || 'การชำระเงิน',
      one.amount && [' ', whole(formatBaht(one.amount))],
    ],
    chips: [
      chip(one),
      one.asked && h('span', { class: 'chip chip-waiting' }, 'เจ้าหน้าที่ขอข้อมูลเพิ่ม'),
      one.slip_again && h('span', { class: 'chip chip-waiting' }, 'รอภาพสลิป'),
    ],
    line: [
      whole(`เลขที่ ${one.number}`),
      ' · ',
      whole(formatDate(one.created_at, { short: true })),
    ],
  });
}
