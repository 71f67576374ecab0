// What the form begins with: what the office has asked her to pay, or one of her taxes. A draft of
// another payment is never written over: she is asked which of the two she wants.

import { ask } from '../lib/ask.js';
import { whole } from '../lib/dom.js';
import { formatBaht, readAmount } from './amount.js';

// The beginning that she came for; null where she came for none. `origin` is what the draft keeps
// of it, `begins` the words of the button that begins it.
export function beginningOf({ tax, asked }) {
  if (asked && asked.amount) return beginningOfAsked(asked);
  return tax ? beginningOfTax(tax) : null;
}

function beginningOfAsked({ number, revenue, amount, reference, fiscal_year: year, months }) {
  const fields = { revenue, amount, reference };
  if (year) fields.fiscal_year = String(year);
  return { origin: { asked: { number, fields, months } }, begins: 'เริ่มใบแจ้งยอดนี้' };
}

// What is overdue costs more than the tax, so then she says herself what she paid.
function beginningOfTax({ id, revenue, year, number, payer_name: payer, ...tax }) {
  const amount = tax.is_overdue ? '' : tax.rest;
  const fields = { revenue, fiscal_year: String(year), reference: number, amount };
  if (payer) fields.payer_name = payer;
  return { origin: { tax: { id, revenue, number, fields } }, begins: 'เริ่มชำระภาษีนี้' };
}

// Whether the draft began with it already.
export function isBegunIn({ data }, { origin: { asked, tax } }) {
  if (asked) return Boolean(data.asked) && data.asked.number === asked.number;
  return Boolean(data.tax) && data.tax.id === tax.id;
}

// What she typed herself, as [name, value]: what was filled in for her and stands as it was, and
// what is empty, is none of it.
export function typedIn({ data, fields }) {
  const { fields: filledIn = {} } = data.asked || data.tax || {};
  return Object.entries(fields).filter(([name, value]) => value && filledIn[name] !== value);
}

function holdsHerOwn(draft) {
  const { months = [], photos, unsentPhotos, asked } = draft.data;
  if (photos.length || unsentPhotos || typedIn(draft).length) return true;
  return Boolean(months.length) && String(months) !== String(asked ? asked.months : []);
}

// Whether to begin what she came for, anew: true at once where nothing of hers would be lost.
// Putting the question away loses nothing either.
export async function mayBegin(draft, { begins }, revenues) {
  if (!holdsHerOwn(draft)) return true;
  const answer = await ask({
    title: 'มีรายการที่กรอกค้างไว้',
    text: [
      ...inWords(draft, revenues),
      ` ยังส่งไม่เสร็จ ถ้าเลือก “${begins}” ข้อมูลและภาพของรายการเดิมจะถูกล้าง`,
    ],
    buttons: [
      { label: 'ทำรายการเดิมต่อ', value: 'keep' },
      { label: begins, value: 'begin', kind: 'button-quiet' },
    ],
  });
  return answer === 'begin';
}

function inWords({ data, fields }, revenues) {
  const kind = revenues.find(({ slug }) => slug === fields.revenue);
  const { value, problem } = readAmount(fields.amount || '');
  const pictures = data.photos.length + data.unsentPhotos;
  return [
    `แจ้งชำระ${kind ? kind.name : 'เงิน'}`,
    problem ? '' : [' ', whole(formatBaht(value))],
    pictures ? [' ', whole(`พร้อมภาพสลิป ${pictures} ภาพ`)] : '',
  ];
}
