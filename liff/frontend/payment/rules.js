// What each step asks for. Functions of the form's values: they answer Map(field → message).

import { lengthProblem } from '../form/limits.js';
import { errorsOfRefusal } from '../form/refusal.js';
import { phoneProblem } from '../lib/thai.js';
import { readAmount } from './amount.js';

const LETTER = /\p{L}/gu;

export const rules = {
  start() {
    return new Map();
  },

  slip(values, { picker }) {
    const errors = new Map();
    if (!picker.photos.length) errors.set('slip', 'กรุณาแนบภาพสลิปอย่างน้อย 1\u00a0ภาพ');
    else if (picker.failed.length === picker.photos.length) {
      errors.set('slip', 'ภาพยังส่งไม่สำเร็จ แตะ “ลองอีกครั้ง” ที่ภาพ หรือลบแล้วเลือกภาพใหม่');
    }
    return errors;
  },

  kind(values, { revenue }) {
    const errors = new Map();
    if (!revenue) errors.set('revenue', 'กรุณาเลือกว่าชำระค่าอะไร');
    return errors;
  },

  details(values) {
    const errors = new Map();
    const { problem } = readAmount(values.amount);
    if (problem) errors.set('amount', problem);
    const long = lengthProblem('reference', values.reference);
    if (long) errors.set('reference', long);
    return errors;
  },

  payer(values) {
    const errors = new Map();
    const letters = values.payer_name.match(LETTER) || [];
    if (letters.length < 2) errors.set('payer_name', 'กรุณากรอกชื่อ–สกุล');
    const phone = phoneProblem(values.phone);
    if (phone) errors.set('phone', phone);
    return errors;
  },

  review() {
    return new Map();
  },
};

// Where a field's error belongs, by the name that the API gives it.
export const STEP_OF_FIELD = {
  slip: 'slip',
  revenue: 'kind',
  fiscal_year: 'details',
  months: 'details',
  reference: 'details',
  amount: 'details',
  payer_name: 'payer',
  phone: 'payer',
};

export const errorsOfApi = (body) => errorsOfRefusal(body, { slips: 'slip' });
