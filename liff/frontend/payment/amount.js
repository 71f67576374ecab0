// Money as people type it: Thai digits, commas between thousands, บาท behind it.

import { arabicDigits } from '../lib/thai.js';

const AMOUNT = /^([0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:\.([0-9]*))?$/;
const UNIT = /^฿|(?:บาท|฿|\.-)$/g;
const MAX_BAHT_DIGITS = 8; // 99,999,999.99

// {problem: what to tell its writer, or ''; value: '1250.50' where there is none}
export function readAmount(text) {
  const typed = arabicDigits(text).replace(/\s/g, '');
  if (!typed) return { problem: 'กรุณากรอกจำนวนเงิน' };
  const found = AMOUNT.exec(typed.replace(UNIT, ''));
  if (!found) {
    return /^-[0-9,.]+$/.test(typed)
      ? { problem: 'จำนวนเงินต้องมากกว่า 0 บาท' }
      : { problem: 'จำนวนเงินต้องเป็นตัวเลข เช่น 1,250.50' };
  }
  const baht = found[1].replace(/,/g, '').replace(/^0+(?=[0-9])/, '');
  const satang = (found[2] || '').replace(/0+$/, '');
  if (satang.length > 2) return { problem: 'จำนวนเงินมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง' };
  if (baht === '0' && !satang) return { problem: 'จำนวนเงินต้องมากกว่า 0 บาท' };
  if (baht.length > MAX_BAHT_DIGITS) return { problem: 'จำนวนเงินต้องไม่เกิน 99,999,999.99 บาท' };
  return { problem: '', value: `${baht}.${satang.padEnd(2, '0')}` };
}

// '1250.50' → '1,250.50 บาท'
export function formatBaht(value) {
  const [baht, satang] = String(value).split('.');
  return `${baht.replace(/\B(?=(\d{3})+$)/g, ',')}.${(satang || '').padEnd(2, '0')} บาท`;
}
