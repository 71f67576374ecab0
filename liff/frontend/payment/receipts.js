// Receipts with the way to their PDF.

import { h, whole } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { formatDate } from '../lib/thai.js';
import { formatBaht } from './amount.js';

export function receiptList(receipts) {
  return h('ul', { class: 'receipts' }, receipts.map(one));
}

function one(receipt) {
  const { number, issued_on: day, revenue_name: name, total, is_void: isVoid, url } = receipt;
  return h(
    'li',
    { class: isVoid ? 'receipt receipt-void' : 'receipt' },
    h('span', { class: 'receipt-name' }, name),
    h('span', null, h('strong', null, whole(formatBaht(total)))),
    h('span', { class: 'hint' }, number, ' · ', whole(formatDate(day, { short: true }))),
    isVoid && h('p', { class: 'chip chip-rejected' }, 'ยกเลิกแล้ว'),
    url &&
      h(
        'a',
        {
          class: 'button button-quiet',
          href: url,
          target: '_blank',
          rel: 'noopener',
          'aria-label': `เปิดใบเสร็จรับเงิน ${number} (PDF)`,
          onclick: (event) => openOutside(event, url),
        },
        h('span', { class: 'icon', svg: icons.receipt }),
        h('span', null, isVoid ? 'เปิดดู (PDF)' : 'เปิดใบเสร็จ (PDF)'),
      ),
  );
}

// LINE's own browser shows no PDF on many phones: the phone's browser does.
function openOutside(event, url) {
  const { liff } = window;
  if (!(liff && liff.isInClient && liff.isInClient() && liff.openWindow)) return;
  event.preventDefault();
  liff.openWindow({ url, external: true });
}
