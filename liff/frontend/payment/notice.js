// One payment: where it stands, why, its receipts, every step, and what she told.

import { call } from '../lib/api.js';
import { fill, h, whole } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { wholeDateTime } from '../lib/when.js';
import { chip, steps } from '../track/parts.js';
import { formatBaht } from './amount.js';
import { monthsText } from './period.js';
import { receiptList } from './receipts.js';

const NEXT = {
  received: 'กองคลังจะตรวจสอบยอดเงินกับบัญชีของเทศบาล แล้วแจ้งให้ท่านทราบทางแชต LINE',
  checking: 'กองคลังกำลังตรวจสอบยอดเงินกับบัญชีของเทศบาล แล้วจะแจ้งให้ท่านทราบทางแชต LINE',
  confirmed: 'เทศบาลได้รับเงินแล้ว กำลังออกใบเสร็จรับเงิน และจะส่งให้ท่านทางแชต LINE',
};

export async function loadNotice(number) {
  return (await call(`/api/v1/payment-notices/${encodeURIComponent(number)}`)).body;
}

export function drawNotice(root, one) {
  const open = one.status in NEXT;
  fill(
    root,
    back(),
    h('p', { class: 'caption' }, 'แจ้งชำระเงิน ', whole(`เลขที่ ${one.number}`)),
    h(
      'h1',
      null,
      one.revenue_name || 'การชำระเงิน',
      one.amount && [' ', whole(formatBaht(one.amount))],
    ),
    h('p', null, chip(one)),
    open && h('p', null, NEXT[one.status]),
    one.asked && asked(one.asked),
    one.slip_again && slipAgain(),
    one.reason && rejected(one.reason),
    open && h('p', { class: 'hint' }, 'สลิปยังไม่ใช่ใบเสร็จรับเงิน กรุณาเก็บสลิปไว้จนกว่าจะได้รับใบเสร็จ'),
    one.receipts.length
      ? h('section', null, h('h2', null, 'ใบเสร็จรับเงิน'), receiptList(one.receipts))
      : null,
    steps(one.timeline),
    told(one),
  );
}

export function drawUnknown(root) {
  fill(
    root,
    h('h1', null, 'ไม่พบรายการนี้ในการชำระเงินของท่าน'),
    h('p', null, 'แต่ละรายการเปิดดูได้เฉพาะด้วยบัญชี LINE ที่ใช้แจ้ง กรุณาตรวจสอบเลขที่ หรือดูจากรายการทั้งหมดของท่าน'),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'button', href: '/liff/payment' }, 'ดูการชำระเงินของฉัน'),
    ),
  );
}

function back() {
  return h(
    'a',
    { class: 'link', href: '/liff/payment' },
    h('span', { class: 'icon', svg: icons['arrow-left'] }),
    'การชำระเงินของฉัน',
  );
}

function asked(question) {
  return h(
    'section',
    { class: 'card told-her' },
    h('h2', null, 'เจ้าหน้าที่ขอข้อมูลเพิ่ม'),
    h('p', { class: 'written' }, question),
    h('p', { class: 'hint' }, 'แตะ “ใบเสร็จของฉัน” ในแชต LINE แล้วตอบหรือส่งภาพเพิ่มได้เลย'),
  );
}

// The chat shows what it waits for under ใบเสร็จของฉัน, and takes it from there.
function slipAgain() {
  return h(
    'section',
    { class: 'card told-her' },
    h('h2', null, 'ยังไม่มีภาพสลิปของรายการนี้'),
    h('p', null, 'ภาพเดิมถูกยกเลิกในแชต หรือระบบไม่ได้รับภาพ กองคลังจึงยังตรวจสอบยอดเงินไม่ได้'),
    h('p', { class: 'hint' }, 'แตะ “ใบเสร็จของฉัน” ในแชต LINE แล้วส่งภาพสลิปอีกครั้ง ไม่ต้องแจ้งใหม่'),
  );
}

function rejected(reason) {
  return h(
    'section',
    { class: 'card told-her' },
    h('h2', null, 'เหตุที่ตรวจสอบไม่ผ่าน'),
    h('p', { class: 'written' }, reason),
    h('p', { class: 'hint' }, 'สอบถามกองคลังได้ในแชต LINE หรือแจ้งใหม่พร้อมหลักฐานที่ถูกต้อง'),
  );
}

function told(one) {
  const line = (label, value) => value && [h('dt', null, label), h('dd', null, value)];
  return h(
    'section',
    { class: 'card' },
    h('h2', null, 'สิ่งที่ท่านแจ้ง'),
    h(
      'dl',
      { class: 'told' },
      line('ชำระค่า', one.revenue_name),
      line('ปี', one.fiscal_year && `พ.ศ. ${one.fiscal_year}`),
      line('เดือน', monthsText(one.months)),
      line('เลขอ้างอิง', one.reference),
      line('จำนวนเงิน', one.amount && formatBaht(one.amount)),
      line('ชื่อในใบเสร็จ', one.payer_name),
      line('ภาพสลิป', one.slips ? `${one.slips} ภาพ` : ''),
      line('แจ้งเมื่อ', wholeDateTime(one.created_at)),
    ),
  );
}
