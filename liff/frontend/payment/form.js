// The form แจ้งชำระเงิน.

import { call } from '../lib/api.js';
import { ask } from '../lib/ask.js';
import { $, fill, h, show, whole } from '../lib/dom.js';
import { drawCounters } from '../form/limits.js';
import { drawSent } from '../form/sent.js';
import { StepForm } from '../form/step_form.js';
import { clearField, fieldOf } from '../form/errors.js';
import { readAmount } from './amount.js';
import { isBegunIn, mayBegin, typedIn } from './beginning.js';
import { MonthsField } from './months.js';
import { thisYear, yearChoices } from './period.js';
import { reviewLines } from './review.js';
import { errorsOfApi, rules, STEP_OF_FIELD } from './rules.js';
import { putCopyButtons } from './where.js';

const PATH = '/api/v1/payment-notices';
const STEPS = ['start', 'slip', 'kind', 'details', 'payer', 'review'];
// A phone that runs out of memory behind its camera starts the page anew: then she goes on where
// she was. Who comes back later looks at her payments first.
const SAME_VISIT_MS = 30 * 60 * 1000;
const QUESTIONS = {
  year: 'ของปีไหน เท่าไร',
  months: 'ของเดือนไหน เท่าไร',
  none: 'ชำระเท่าไร',
};

export class PaymentForm extends StepForm {
  constructor(element, { draft, revenues }) {
    super(element, {
      draft,
      steps: STEPS,
      unnumbered: 1,
      photos: { root: $('#slips'), field: 'slip', step: 'slip', max: 3, least: 1 },
      address: PATH,
    });
    this.revenues = revenues;
    putCopyButtons($('#where'));
    fill($('#revenues'), revenues.map(choice));
    fill($('#fiscal_year'), [
      yearChoices().map((year) => h('option', { value: year }, year)),
      h('option', { value: '' }, 'ไม่แน่ใจ'),
    ]);
    this.months = new MonthsField({
      chosen: draft.data.months || [],
      onChange: (months) => {
        draft.set('months', months);
        clearField(fieldOf('months'));
      },
    });
  }

  // -- values ------------------------------------------------------------------------
  get revenue() {
    return this.revenues.find(({ slug }) => slug === this.values.revenue) || null;
  }

  restore() {
    super.restore({ fiscal_year: thisYear(), ...this.draft.data.payer });
  }

  // She comes from what the office asked her to pay, or from her tax (beginning.js): its fields
  // are filled in, once. What she changes then is hers, and so is a draft of another payment.
  // Tells whether the form is about what she came for.
  async begin(wanted) {
    if (isBegunIn(this.draft, wanted)) return true;
    if (this.draft.data.sent) {
      const newest = await newestNotice();
      if (this.isTheSent(newest)) await this.tellSent(newest, { another: window.location.search });
      if (this.draft.closed) return false; // away from this page
    }
    if (await mayBegin(this.draft, wanted, this.revenues)) {
      this.startOver(wanted.origin);
      return true;
    }
    this.goesOn = true;
    this.forgetAddress();
    return false;
  }

  // Another payment: nothing of the one before stays, its key least of all.
  startOver({ asked = null, tax = null }) {
    const { draft } = this;
    const { fields, months = [] } = asked || tax;
    draft.newKey();
    const blank = { fields: { ...fields }, photos: [], unsentPhotos: 0, sent: null, payer: null };
    for (const [name, value] of Object.entries({ ...blank, asked, tax, step: STEPS[0] })) {
      draft.set(name, value);
    }
    draft.restored = false;
    this.chooseMonths(months);
    draft.flush();
  }

  // The phone may start the page anew: told or asked once is enough, until she comes by it again.
  forgetAddress() {
    window.history.replaceState(null, '', window.location.pathname);
  }

  // It cannot be answered any more: what it had filled in goes, what she typed herself stays. She
  // reads of it at the first step.
  dropAsked(number) {
    this.goesBack = true;
    this.forgetAddress();
    const { asked } = this.draft.data;
    if (!asked || asked.number !== number) return;
    const typed = typedIn(this.draft);
    this.draft.set('asked', null);
    this.draft.set('fields', Object.fromEntries(typed));
    if (String(this.months.value) === String(asked.months)) this.chooseMonths([]);
    if (!typed.length && !this.draft.data.photos.length) this.draft.restored = false;
  }

  chooseMonths(months) {
    this.draft.set('months', months);
    this.months.choose(months);
  }

  stepOfDraft() {
    if (this.goesBack) return STEPS[0];
    const fresh = Date.now() - this.draft.data.savedAt < SAME_VISIT_MS;
    return fresh || this.goesOn ? super.stepOfDraft() : STEPS[0];
  }

  // Her payments are known, the newest of them first: is what she sent without an answer among
  // them? Else who paid last time goes into fields that she has not touched.
  async learn(newest) {
    this.newest = newest ? newest.number : '';
    if (this.isTheSent(newest)) {
      await this.tellSent(newest);
      return;
    }
    const told = await lastPayer(newest).catch(() => ({}));
    for (const [name, value] of Object.entries(told)) {
      if (value && !this.values[name] && !(name in this.draft.fields)) this.put(name, value);
    }
    if (this.reviewing) this.drawReview();
  }

  adapt() {
    const { revenue } = this;
    const period = revenue ? revenue.period : 'none';
    $('#details-of').textContent = revenue ? revenue.name : '';
    $('#details-title').textContent = QUESTIONS[period];
    show(fieldOf('fiscal_year'), period === 'year');
    show(fieldOf('months'), period === 'months');
    const label = revenue ? revenue.reference_label : '';
    show(fieldOf('reference'), Boolean(label));
    $('#reference-label').textContent = label;
    show($('#reference-any'), label.includes('หรือ'));
    drawCounters(this.element);
  }

  // -- steps -------------------------------------------------------------------------
  entered(name) {
    if (name !== 'review') return;
    // What was filled in for her stands there at once when the page starts anew.
    const { payer_name: payer, phone } = this.values;
    this.draft.set('payer', { payer_name: payer, phone });
  }

  nextLabel(step) {
    if (step !== 'start') return 'ถัดไป';
    return this.draft.restored ? 'ทำรายการที่ค้างไว้ต่อ' : 'แจ้งชำระเงิน';
  }

  problems(step) {
    return rules[step](this.values, this);
  }

  stepOf(field) {
    return STEP_OF_FIELD[field];
  }

  sendLabel() {
    return 'ส่งหลักฐานการชำระเงิน';
  }

  lines(edit) {
    const { values, revenue, picker } = this;
    return reviewLines(values, { revenue, picker, months: this.months.value, edit });
  }

  // -- sending -----------------------------------------------------------------------
  body() {
    const { values, revenue } = this;
    const [slip, ...slips] = this.picker.ids;
    const body = {
      revenue: revenue.slug,
      payer_name: values.payer_name.trim(),
      phone: values.phone.trim(),
      amount: readAmount(values.amount).value,
      slip,
    };
    if (slips.length) body.slips = slips;
    if (revenue.period === 'year' && values.fiscal_year) {
      body.fiscal_year = Number(values.fiscal_year);
    }
    if (revenue.period === 'months' && this.months.value.length) body.months = this.months.value;
    if (revenue.reference_label && values.reference.trim()) {
      body.reference = values.reference.trim();
    }
    const { tax } = this.draft.data;
    if (tax && tax.revenue === body.revenue && tax.number === body.reference) {
      body.assessment = tax.id;
    }
    // Of another kind it is another payment.
    const { asked } = this.draft.data;
    if (asked && asked.fields.revenue === body.revenue) body.request = asked.number;
    return body;
  }

  errorsOf(body) {
    return errorsOfApi(body);
  }

  succeeded({ number, status_label: label }) {
    drawSent({
      number,
      label,
      what: 'เลขที่แจ้งชำระ',
      told: h(
        'p',
        { class: 'lead' },
        h('strong', null, 'สลิปยังไม่ใช่ใบเสร็จรับเงิน'),
        ' กรุณาเก็บสลิปไว้จนกว่าจะได้รับใบเสร็จ',
      ),
      next: [
        'กองคลังตรวจสอบยอดเงินกับบัญชีของเทศบาล',
        'เมื่อยืนยันยอดเงินแล้ว จะออกใบเสร็จรับเงินและส่งให้ท่านทางแชต LINE',
        'ถ้าต้องการข้อมูลเพิ่ม เจ้าหน้าที่จะถามทางแชต LINE',
      ],
      link: { href: `/liff/payment/${encodeURIComponent(number)}`, text: 'ดูสถานะ' },
    });
  }

  // Remembers what goes out, and after which of her payments: its answer may get lost.
  noteSent({ revenue, amount }) {
    const before = this.draft.data.sent || null;
    if (!before) this.draft.set('sent', { revenue, amount, after: this.newest });
    return () => this.draft.set('sent', before);
  }

  isTheSent(newest) {
    const { sent } = this.draft.data;
    if (!sent || sent.after === undefined || !newest || newest.number === sent.after) return false;
    return newest.revenue === sent.revenue && newest.amount === sent.amount;
  }

  // Something was changed since, and its slip is with the first one.
  async sentBefore() {
    await this.tellSent(await newestNotice());
  }

  // `another`: what the address of the next payment ends with.
  async tellSent(filed, { another = '' } = {}) {
    const answer = await ask({
      title: 'หลักฐานนี้ส่งถึงแล้ว',
      text: [
        'เทศบาลได้รับหลักฐานการชำระเงินนี้ตั้งแต่ครั้งก่อนแล้ว',
        filed && [' ', whole(`เลขที่ ${filed.number}`)],
        ' หากต้องแก้ไขข้อมูล แจ้งเจ้าหน้าที่ในแชต LINE ได้เลย',
      ],
      buttons: [
        { label: 'ดูรายการนี้', value: 'look' },
        { label: 'แจ้งอีกรายการหนึ่ง', value: 'another', kind: 'button-quiet' },
      ],
    });
    if (!answer) return;
    this.draft.discard();
    const number = filed ? `/${encodeURIComponent(filed.number)}` : '';
    window.location.assign(`/liff/payment${answer === 'look' ? number : another}`);
  }
}

function choice({ slug, name }) {
  return h(
    'label',
    { class: 'choice' },
    h('input', { type: 'radio', name: 'revenue', id: `revenue-${slug}`, value: slug }),
    h('span', null, name),
  );
}

async function newestNotice() {
  try {
    return (await call(PATH)).body[0] || null;
  } catch (error) {
    return null;
  }
}

async function lastPayer(newest) {
  if (newest) {
    const { body } = await call(`${PATH}/${encodeURIComponent(newest.number)}`);
    return { payer_name: body.payer_name, phone: body.phone };
  }
  const { reporter } = (await call('/api/v1/me')).body;
  return reporter ? { payer_name: reporter.full_name, phone: reporter.phone } : {};
}
