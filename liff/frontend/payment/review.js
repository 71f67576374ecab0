// ตรวจสอบข้อมูลก่อนส่ง: every line with its แก้ไข.

import { lineWith, photoStrip } from '../form/review_parts.js';
import { h, whole } from '../lib/dom.js';
import { arabicDigits } from '../lib/thai.js';
import { formatBaht, readAmount } from './amount.js';
import { monthsText } from './period.js';

// `edit(step, field)` goes back to a field.
export function reviewLines(values, { revenue, picker, months, edit }) {
  const line = lineWith(edit);
  const amount = h('strong', null, whole(formatBaht(readAmount(values.amount).value)));
  const year = values.fiscal_year ? `พ.ศ. ${values.fiscal_year}` : 'ไม่แน่ใจ';
  return [
    line('slip', 'slip', 'ภาพสลิป', photoStrip(picker)),
    line('kind', 'revenue', 'ชำระค่า', revenue.name),
    revenue.period === 'year' && line('details', 'fiscal_year', 'ปี', year),
    revenue.period === 'months' && line('details', 'months', 'เดือน', monthsText(months)),
    line('details', 'amount', 'จำนวนเงิน', amount),
    revenue.reference_label &&
      line('details', 'reference', revenue.reference_label, values.reference.trim()),
    line('payer', 'payer_name', 'ชื่อในใบเสร็จ', values.payer_name.trim()),
    line('payer', 'phone', 'เบอร์โทรศัพท์', whole(arabicDigits(values.phone.trim()))),
  ].filter(Boolean);
}
