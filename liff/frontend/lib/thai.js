// Thai digits, Buddhist-era dates on Bangkok's clock, telephone and identification numbers.
// The server has the last word; these answer beside the field before anything is sent.

export const MONTHS = [
  'มกราคม', 'กุมภาพันธ์', 'มีนาคม', 'เมษายน', 'พฤษภาคม', 'มิถุนายน',
  'กรกฎาคม', 'สิงหาคม', 'กันยายน', 'ตุลาคม', 'พฤศจิกายน', 'ธันวาคม',
];
export const MONTHS_SHORT = [
  'ม.ค.', 'ก.พ.', 'มี.ค.', 'เม.ย.', 'พ.ค.', 'มิ.ย.',
  'ก.ค.', 'ส.ค.', 'ก.ย.', 'ต.ค.', 'พ.ย.', 'ธ.ค.',
];
const WEEKDAYS = ['อาทิตย์', 'จันทร์', 'อังคาร', 'พุธ', 'พฤหัสบดี', 'ศุกร์', 'เสาร์'];
const BANGKOK_OFFSET_MS = 7 * 3600 * 1000;
export const BE_OFFSET = 543;
const SEPARATORS = /[\s.()\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u2060\ufeff]+/g;

export function arabicDigits(text) {
  return text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
}

const pad = (number) => String(number).padStart(2, '0');

// Year (Buddhist era), month 1–12, day, hour, minute and weekday in Bangkok, wherever the phone is.
export function bangkokParts(moment) {
  const shifted = new Date(new Date(moment).getTime() + BANGKOK_OFFSET_MS);
  return {
    year: shifted.getUTCFullYear() + BE_OFFSET,
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    weekday: WEEKDAYS[shifted.getUTCDay()],
  };
}

// ISO 8601 with Bangkok's offset; null for a day that does not exist (31 กุมภาพันธ์).
export function toIso({ year, month, day, hour, minute }) {
  const date = new Date(Date.UTC(year - BE_OFFSET, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return `${year - BE_OFFSET}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:00+07:00`;
}

// '21 พฤศจิกายน 2569'. A bare date ('2026-12-06') is a day, not a moment.
export function formatDate(moment, { short = false, weekday = false } = {}) {
  const parts = bangkokParts(dateOnly(moment) ? `${moment}T00:00:00+07:00` : moment);
  const text = short
    ? `${parts.day} ${MONTHS_SHORT[parts.month - 1]} ${parts.year % 100}`
    : `${parts.day} ${MONTHS[parts.month - 1]} ${parts.year}`;
  return weekday ? `วัน${parts.weekday}ที่ ${text}` : text;
}

export function formatTime(moment) {
  const parts = bangkokParts(moment);
  return `${pad(parts.hour)}.${pad(parts.minute)} น.`;
}

export function formatDateTime(moment, { short = false } = {}) {
  return `${formatDate(moment, { short })}${short ? '' : ' เวลา'} ${formatTime(moment)}`;
}

function dateOnly(moment) {
  return typeof moment === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(moment);
}

// '12 ม.' up to a kilometre, then '2.4 กม.'.
export function formatDistance(metres) {
  if (metres < 1000) return `${Math.max(1, Math.round(metres))} ม.`;
  return `${(metres / 1000).toFixed(metres < 10000 ? 1 : 0)} กม.`;
}

// '' when the text is a Thai telephone number, else what to tell its writer.
export function phoneProblem(text) {
  const line = arabicDigits(text).trim().replace(/^(tel:|โทรศัพท์|เบอร์โทร|โทร)[\s.:]*/i, '');
  const main = line.replace(/(ต่อ|ext(ension)?|x|#|,)[\s.:]*[0-9]{1,6}$/i, '');
  let digits = main.replace(SEPARATORS, '');
  if (!digits) return 'กรุณากรอกเบอร์โทรศัพท์';
  const abroad = /^(?:\+66|0066)0?([0-9]*)$/.exec(digits) || /^660?([0-9]{8,9})$/.exec(digits);
  if (abroad) digits = `0${abroad[1]}`;
  if (!/^[0-9]+$/.test(digits)) {
    return 'เบอร์โทรศัพท์ต้องเป็นตัวเลขเท่านั้น และกรอกครั้งละหนึ่งเบอร์';
  }
  if (/^0[689][0-9]{8}$/.test(digits) || /^0[23457][0-9]{7}$/.test(digits)) return '';
  if (!digits.startsWith('0')) return 'เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0 เช่น 081-234-5678';
  return 'เบอร์โทรศัพท์ไม่ถูกต้อง (มือถือ 10 หลัก หรือเบอร์บ้าน 9 หลัก) กรุณาตรวจสอบอีกครั้ง';
}

// '' when the text is an identification number, else what to tell its writer.
export function nationalIdProblem(text) {
  const digits = arabicDigits(text).replace(SEPARATORS, '');
  if (!digits) return 'กรุณากรอกหมายเลขบัตรประชาชน 13 หลัก';
  if (!/^[0-9]+$/.test(digits)) return 'หมายเลขบัตรประชาชนต้องเป็นตัวเลขเท่านั้น';
  if (digits.length !== 13) {
    return `หมายเลขบัตรประชาชนต้องมี 13 หลัก (ที่กรอกมามี ${digits.length} หลัก)`;
  }
  let weighted = 0;
  for (let place = 0; place < 12; place += 1) weighted += Number(digits[place]) * (13 - place);
  const check = (11 - (weighted % 11)) % 10;
  if (/^0{12}/.test(digits) || check !== Number(digits[12])) {
    return 'หมายเลขบัตรประชาชนไม่ถูกต้อง กรุณาตรวจสอบตัวเลขอีกครั้ง';
  }
  return '';
}

export function maskNationalId(text) {
  const digits = arabicDigits(text).replace(SEPARATORS, '');
  return `x-xxxx-xxxxx-${digits.slice(10, 12)}-${digits.slice(12)}`;
}
