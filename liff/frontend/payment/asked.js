// ใบแจ้งยอด: what the office has asked her to pay, above the form that begins with it.

import { call } from '../lib/api.js';
import { fill, h, show, whole } from '../lib/dom.js';
import { formatBaht } from './amount.js';

// Another's, a cancelled, an answered and an old one are told alike: nobody learns which it is.
const GONE =
  'ใบแจ้งยอดนี้แจ้งชำระไปแล้ว ถูกยกเลิก หมดอายุ หรือไม่ได้ส่งถึงบัญชี LINE นี้ ดูรายการของท่านด้านล่างก่อน ถ้าโอนเงินแล้วและยังไม่มีรายการนั้น กรอกแบบนี้เองได้ตามปกติ';
const UNKNOWN = 'ยังเปิดใบแจ้งยอดไม่ได้ในขณะนี้ กรอกแบบนี้เองได้ตามปกติ หรือเปิดจากแชตอีกครั้ง';
const FILLED_IN = 'กรอกในแบบให้แล้ว แก้ไขได้ทุกช่อง';
const WAITS = 'ยังไม่ได้กรอกในแบบให้ ส่งรายการที่ค้างไว้ก่อน แล้วเปิดจากแชตอีกครั้ง';

// What she was asked; {gone: true} where she can answer none of that number, {} where nobody can
// tell just now, null where she came by no request.
export async function loadAsked(number) {
  if (!number) return null;
  try {
    return (await call(`/api/v1/payment-requests/${encodeURIComponent(number)}`)).body;
  } catch (error) {
    return error.status === 404 ? { gone: true } : {};
  }
}

// `isBegun`: the form is about it; else she goes on with another payment first.
export function drawAsked(root, asked, { isBegun }) {
  if (!asked) return;
  const unknown = asked.gone ? GONE : UNKNOWN;
  fill(root, asked.amount ? card(asked, isBegun) : h('p', { role: 'status' }, unknown));
  show(root, true);
}

function card({ number, what_for: what, amount }, isBegun) {
  return [
    h('h2', null, 'เทศบาลแจ้งยอดให้ชำระ'),
    h('p', { class: 'written' }, what),
    h('p', { class: 'sum' }, whole(formatBaht(amount))),
    h('p', { class: 'hint' }, whole(`เลขที่ ${number}`)),
    h('p', { class: 'hint' }, isBegun ? FILLED_IN : WAITS),
  ];
}
