// What each step asks for. Functions of the form's values: they answer Map(field → message).

import { arabicDigits, bangkokParts, nationalIdProblem, phoneProblem, toIso } from '../lib/thai.js';
import { lengthProblem } from './limits.js';
import { errorsOfRefusal } from './refusal.js';

const FUTURE_TOLERANCE_MS = 10 * 60 * 1000;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function incidentAt(values) {
  const part = (name) => Number(values[`incident_${name}`]);
  return toIso({
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  });
}

export const rules = {
  place(values, { category, position }) {
    const errors = new Map();
    const required = category && category.location === 'required';
    if (required && !position && !values.place.trim()) {
      errors.set('place', 'กรุณาปักหมุดบนแผนที่ หรือบอกสถานที่หรือจุดสังเกต');
    }
    const village = arabicDigits(String(values.village || '')).trim();
    if (village && !(Number(village) >= 1 && Number(village) <= 99)) {
      errors.set('village', 'หมู่ที่ต้องเป็นตัวเลข 1–99');
    }
    tooLong(errors, 'place', values);
    return errors;
  },

  category(values, { category }) {
    const errors = new Map();
    if (!category) errors.set('category', 'กรุณาเลือกประเภทเรื่อง');
    return errors;
  },

  words(values, { category, now = Date.now() }) {
    const errors = new Map();
    if (!values.subject.trim()) errors.set('subject', 'กรุณากรอกหัวข้อเรื่อง');
    if (!values.details.trim()) errors.set('details', 'กรุณากรอกรายละเอียด');
    tooLong(errors, 'subject', values);
    tooLong(errors, 'details', values);
    if (category && category.kind === 'request') return errors;
    const moment = incidentAt(values);
    if (!moment) {
      errors.set('incident_at', 'ไม่มีวันที่นี้ในปฏิทิน กรุณาตรวจสอบวันและเดือน');
    } else if (Date.parse(moment) > now + FUTURE_TOLERANCE_MS) {
      errors.set('incident_at', 'วันเวลาที่เกิดเหตุต้องไม่เกินเวลาปัจจุบัน');
    }
    return errors;
  },

  reporter(values, { category }) {
    const errors = new Map();
    if (!values.full_name.trim()) errors.set('full_name', 'กรุณากรอกชื่อ–สกุล');
    const phone = phoneProblem(values.phone);
    if (phone) errors.set('phone', phone);
    const asked = category ? category.national_id : 'optional';
    if (asked !== 'off' && values.id_choice === 'new') {
      const problem = nationalIdProblem(values.national_id);
      const empty = !values.national_id.trim();
      if (problem && !(empty && asked === 'optional')) errors.set('national_id', problem);
    }
    const email = values.email.trim();
    if (email && !EMAIL.test(email)) {
      errors.set('email', 'อีเมลไม่ถูกต้อง เช่น somsri@example.com (เว้นว่างได้)');
    }
    if (values.wants_letter && !values.address.trim()) {
      errors.set('address', 'กรุณากรอกที่อยู่สำหรับส่งหนังสือ');
    }
    if (values.wants_letter) tooLong(errors, 'address', values);
    if (!values.notice) {
      errors.set('notice', 'กรุณาอ่านและทำเครื่องหมายรับทราบประกาศความเป็นส่วนตัว');
    }
    return errors;
  },

  review() {
    return new Map();
  },
};

function tooLong(errors, name, values) {
  const problem = lengthProblem(name, values[name]);
  if (problem) errors.set(name, problem);
}

// The moment that the form starts with: now, to five minutes.
export function incidentDefaults(now = Date.now()) {
  const { year, month, day, hour, minute } = bangkokParts(now);
  return {
    incident_year: year,
    incident_month: month,
    incident_day: day,
    incident_hour: hour,
    incident_minute: minute - (minute % 5),
  };
}

// Where a field's error belongs, by the name that the API gives it.
export const STEP_OF_FIELD = {
  photos: 'place',
  position: 'place',
  village: 'place',
  place: 'place',
  category: 'category',
  subject: 'words',
  details: 'words',
  incident_at: 'words',
  full_name: 'reporter',
  phone: 'reporter',
  national_id: 'reporter',
  email: 'reporter',
  address: 'reporter',
  hide_name: 'reporter',
  notice: 'reporter',
};
const FIELD_OF_API = {
  latitude: 'position',
  longitude: 'position',
  accuracy_m: 'position',
  notice_acknowledged: 'notice',
  use_saved_id: 'national_id',
};

export const errorsOfApi = (body) => errorsOfRefusal(body, FIELD_OF_API);
