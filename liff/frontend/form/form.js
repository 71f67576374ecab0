// The form ร้องเรียน/ร้องทุกข์ และขอรับบริการต่างๆ.

import { $, $$, fill, h, show } from '../lib/dom.js';
import { MONTHS } from '../lib/thai.js';
import { requestBody } from './body.js';
import { categoryCards, kindLinks } from './categories.js';
import { emergencyOverForm } from './emergency.js';
import { drawCounters } from './limits.js';
import { PositionField } from './position.js';
import { reviewLines } from './review.js';
import { errorsOfApi, incidentDefaults, rules, STEP_OF_FIELD } from './rules.js';
import { askSentBefore, markSent } from './sent_before.js';
import { StepForm } from './step_form.js';
import { showSuccess } from './success.js';

const STEPS = ['place', 'category', 'words', 'reporter', 'review'];
const KEPT_REPORTER = ['full_name', 'phone', 'email', 'address'];

export class ComplaintForm extends StepForm {
  constructor(element, { draft, categories, reporter }) {
    super(element, {
      draft,
      steps: STEPS,
      photos: { root: $('#photos'), field: 'photos', step: 'place' },
      address: '/api/v1/complaints',
    });
    this.categories = categories;
    this.reporter = reporter;
    this.position = new PositionField({ draft, picker: this.picker });
    fill($('#categories'), categoryCards(categories));
    fill($('#kinds'), kindLinks(categories));
    fillDates();
    emergencyOverForm(element);
  }

  // -- values ------------------------------------------------------------------------
  get category() {
    return this.categories.find(({ slug }) => slug === this.values.category) || null;
  }

  get context() {
    return { category: this.category, position: this.position.value };
  }

  restore() {
    const kept = {};
    for (const name of KEPT_REPORTER) kept[name] = this.reporter[name] || '';
    // The time that stood there when she began stays: a later one would be another case.
    if (!this.draft.restored || !this.draft.data.incident) {
      this.draft.set('incident', incidentDefaults());
    }
    const { incident } = this.draft.data;
    const savedId = this.reporter.national_id || '';
    kept.id_choice = savedId ? 'saved' : 'new';
    show($('#id-choices'), Boolean(savedId));
    $('#saved-id').textContent = savedId;
    super.restore({ ...incident, ...kept });
    if (!savedId) {
      this.put('id_choice', 'new');
      this.adapt();
    }
  }

  photosChanged() {
    if (!this.position) return; // while the form is being made
    super.photosChanged();
    this.position.drawOffer();
  }

  // Words and fields that depend on the kind of case and on what was ticked.
  adapt() {
    const { category, values } = this;
    const request = Boolean(category) && category.kind === 'request';
    for (const element of $$('[data-only]', this.element)) {
      show(element, (element.dataset.only === 'request') === request);
    }
    const id = category ? category.national_id : 'optional';
    show($('#id-block'), id !== 'off');
    show($('#id-none'), id === 'optional');
    if (id === 'required' && values.id_choice === 'none') this.put('id_choice', 'new');
    $('#id-need').textContent = id === 'required' ? '' : ' (ไม่บังคับ)';
    const typing = this.values.id_choice === 'new';
    show($('#id-new'), typing);
    const again = this.draft.data.hadNationalId && typing && id !== 'off' && !values.national_id;
    for (const element of $$('[data-id-again]', this.element)) show(element, Boolean(again));
    show($('#address-field'), values.wants_letter);
    const location = category ? category.location : 'optional';
    show($('#position-field'), location !== 'off');
    drawCounters(this.element);
  }

  // -- steps -------------------------------------------------------------------------
  entered(name) {
    if (name === 'place') this.position.open();
  }

  problems(step) {
    return rules[step](this.values, this.context);
  }

  stepOf(field) {
    return STEP_OF_FIELD[field];
  }

  sendLabel() {
    const request = this.category && this.category.kind === 'request';
    return request ? 'ส่งคำขอรับบริการ' : 'ส่งข้อมูลผู้ร้องเรียน';
  }

  lines(edit) {
    return reviewLines(this.values, {
      ...this.context,
      photos: this.picker,
      savedId: this.reporter.national_id,
      hadId: this.draft.data.hadNationalId,
      edit,
    });
  }

  // -- sending -----------------------------------------------------------------------
  body() {
    return requestBody(this.values, { ...this.context, photoIds: this.picker.ids });
  }

  noteSent(body) {
    return markSent(this.draft, body);
  }

  succeeded(answer) {
    showSuccess(answer);
  }

  errorsOf(body) {
    return errorsOfApi(body);
  }

  signInWords(body) {
    return body.reporter.national_id
      ? 'ข้อมูลที่กรอกยังอยู่ครบ แต่อาจต้องกรอกหมายเลขบัตรประชาชนอีกครั้ง เข้าสู่ระบบใหม่แล้วกดส่งอีกครั้ง'
      : undefined;
  }

  async sentBefore(body) {
    const { answer, filed } = await askSentBefore(this.draft, body);
    if (answer === 'track') {
      this.draft.discard();
      window.location.assign(
        filed ? `/liff/track/${encodeURIComponent(filed.number)}` : '/liff/track',
      );
    } else if (answer === 'another') {
      this.draft.discard();
      window.location.reload();
    } else if (answer === 'changed') {
      this.draft.newKey();
      await this.deliver();
    }
  }
}

function fillDates() {
  const range = (from, to, step = 1) =>
    Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
  const two = (number) => String(number).padStart(2, '0');
  const options = (name, values, text = String) =>
    fill($(`#incident_${name}`), values.map((one) => h('option', { value: one }, text(one))));
  const { incident_year: year } = incidentDefaults();
  options('day', range(1, 31));
  options('month', range(1, 12), (month) => MONTHS[month - 1]);
  options('year', range(year - 5, year).reverse());
  options('hour', range(0, 23), two);
  options('minute', range(0, 55, 5), two);
}
