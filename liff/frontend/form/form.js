// The form as a whole: values, draft, steps and the way to the municipality.

import { ask, signInAgain } from '../lib/ask.js';
import { $, $$, fill, h, show } from '../lib/dom.js';
import { MONTHS } from '../lib/thai.js';
import { PhotoPicker } from '../photos/picker.js';
import { requestBody } from './body.js';
import { categoryCards, kindLinks } from './categories.js';
import { emergencyOverForm } from './emergency.js';
import { clearErrors, clearField, fieldOf, showErrors } from './errors.js';
import { drawCounters } from './limits.js';
import { photosReady } from './photos_ready.js';
import { PositionField } from './position.js';
import { reviewLines } from './review.js';
import { errorsOfApi, incidentDefaults, rules, STEP_OF_FIELD } from './rules.js';
import { sendComplaint } from './send.js';
import { askSentBefore, markSent } from './sent_before.js';
import { Steps } from './steps.js';
import { showSuccess } from './success.js';

const STEPS = ['place', 'category', 'words', 'reporter', 'review'];
const KEPT_REPORTER = ['full_name', 'phone', 'email', 'address'];

export class ComplaintForm {
  constructor(element, { draft, categories, reporter }) {
    this.element = element;
    this.draft = draft;
    this.categories = categories;
    this.reporter = reporter;
    this.next = $('#next');
    this.picker = new PhotoPicker($('#photos'), { onChange: () => this.photosChanged() });
    this.position = new PositionField({ draft, picker: this.picker });
    this.steps = new Steps(STEPS, { onShow: (name) => this.shown(name) });
    fill($('#categories'), categoryCards(categories));
    fill($('#kinds'), kindLinks(categories));
    fillDates();
    emergencyOverForm(element);
    element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.forward();
    });
    element.addEventListener('input', (event) => this.changed(event.target));
    element.addEventListener('change', (event) => this.changed(event.target));
    $('#back').addEventListener('click', () => this.steps.back());
    $('#start-anew').addEventListener('click', () => this.startAnew());
  }

  open() {
    this.restore();
    const { step } = this.draft.data;
    this.steps.begin(this.draft.restored && STEPS.includes(step) ? step : STEPS[0]);
    show($('#restored'), this.draft.restored);
  }

  // -- values ------------------------------------------------------------------------
  get values() {
    const values = {};
    for (const control of this.element.elements) {
      const { name, type } = control;
      if (!name || type === 'file') continue;
      if (type === 'checkbox') values[name] = control.checked;
      else if (type !== 'radio') values[name] = control.value;
      else if (control.checked) values[name] = control.value;
    }
    return values;
  }

  get category() {
    return this.categories.find(({ slug }) => slug === this.values.category) || null;
  }

  get context() {
    return { category: this.category, position: this.position.value };
  }

  restore() {
    const { fields, photos, unsentPhotos } = this.draft.data;
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
    for (const [name, value] of Object.entries({ ...incident, ...kept, ...fields })) {
      this.put(name, value);
    }
    if (!savedId) this.put('id_choice', 'new');
    if (photos.length) this.picker.restore(photos);
    if (unsentPhotos > 0) {
      this.picker.tell(
        `ครั้งก่อนมีภาพ ${unsentPhotos} ภาพที่ส่งยังไม่เสร็จ กรุณาเลือกภาพนั้นอีกครั้ง`,
      );
    }
    this.draft.set('unsentPhotos', 0);
    this.adapt();
  }

  put(name, value) {
    const control = this.element.elements[name];
    if (!control) return;
    if (control instanceof RadioNodeList) {
      const radio = Array.from(control).find((one) => one.value === String(value));
      if (radio) radio.checked = true;
    } else if (control.type === 'checkbox') control.checked = Boolean(value);
    else if (control.type === 'radio') control.checked = control.value === String(value);
    else control.value = value;
  }

  changed(control) {
    const { name, type } = control;
    if (!name || type === 'file') return;
    const value = type === 'checkbox' ? control.checked : control.value;
    this.draft.setField(name, value);
    const field = control.closest('[data-field]');
    if (field) clearField(field);
    this.adapt();
  }

  photosChanged() {
    if (!this.position) return; // while the form is being made
    this.draft.set('photos', this.picker.saved());
    this.draft.set('unsentPhotos', this.picker.busy.length + this.picker.failed.length);
    this.position.drawOffer();
    const field = fieldOf('photos');
    if (!this.picker.failed.length) clearField(field);
    if (this.steps.current === 'review') this.drawReview();
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
  shown(name) {
    clearErrors();
    this.draft.set('step', name);
    const number = STEPS.indexOf(name) + 1;
    $('#step-text').textContent = `ขั้นตอนที่ ${number} จาก ${STEPS.length}`;
    $('#step-bar').value = number;
    show($('#back'), number > 1);
    if (name !== STEPS[0]) show($('#restored'), false);
    if (name === 'place') this.position.open();
    if (name !== 'review') fill($('#review'));
    if (name === 'review') {
      // Reached by the phone's own buttons with something still missing before it.
      const wrong = this.firstWrongStep();
      if (wrong) {
        this.steps.go(wrong.step);
        showErrors(wrong.errors);
        return;
      }
      this.drawReview();
    }
    this.label();
  }

  label() {
    const request = this.category && this.category.kind === 'request';
    const send = request ? 'ส่งคำขอรับบริการ' : 'ส่งข้อมูลผู้ร้องเรียน';
    if (this.steps.current === 'review') this.next.textContent = send;
    else this.next.textContent = this.steps.returning ? 'บันทึกและกลับไปตรวจสอบ' : 'ถัดไป';
  }

  drawReview() {
    fill(
      $('#review'),
      reviewLines(this.values, {
        ...this.context,
        photos: this.picker,
        savedId: this.reporter.national_id,
        hadId: this.draft.data.hadNationalId,
        edit: (step, field) => {
          this.steps.go(step, { returning: true });
          focusField(field);
        },
      }),
    );
  }

  forward() {
    if (this.steps.current === 'review') {
      this.send();
      return;
    }
    const errors = rules[this.steps.current](this.values, this.context);
    showErrors(errors);
    if (errors.size) return;
    if (this.steps.returning) this.steps.go('review');
    else this.steps.next();
  }

  firstWrongStep() {
    for (const step of STEPS) {
      const errors = rules[step](this.values, this.context);
      if (errors.size) return { step, errors };
    }
    return null;
  }

  // -- sending -----------------------------------------------------------------------
  async send() {
    if (this.sending) return;
    this.sending = true;
    this.next.disabled = true;
    try {
      if (this.sentBack()) return;
      const answer = await photosReady(this.picker);
      // Whatever she did meanwhile counts: away from the review, nothing is sent.
      if (this.steps.current !== 'review') return;
      if (answer === 'photos') {
        this.picker.retryFailed();
        this.steps.go('place', { returning: true });
      } else if (answer === 'send' && !this.sentBack()) {
        await this.deliver();
      }
    } finally {
      this.sending = false;
      this.next.disabled = false;
    }
  }

  // Something is missing: to its step. True when so.
  sentBack() {
    const wrong = this.firstWrongStep();
    if (!wrong) return false;
    this.steps.go(wrong.step, { returning: true });
    showErrors(wrong.errors);
    return true;
  }

  async deliver() {
    const { values, picker } = this;
    const body = requestBody(values, { ...this.context, photoIds: picker.ids });
    const takeBack = markSent(this.draft, body);
    this.draft.flush();
    try {
      const answer = await sendComplaint(body, this.draft.key);
      this.done(answer);
    } catch (error) {
      if (error.permanent) takeBack();
      await this.refused(error, body);
    }
  }

  done(answer) {
    this.draft.discard();
    this.steps.finished = true;
    show(this.element, false);
    showSuccess(answer);
  }

  async refused(error, body) {
    if (error.status === 409) {
      await this.sentBefore(body);
      return;
    }
    if (error.status === 401) {
      await signInAgain(
        body.reporter.national_id
          ? 'ข้อมูลที่กรอกยังอยู่ครบ แต่อาจต้องกรอกหมายเลขบัตรประชาชนอีกครั้ง เข้าสู่ระบบใหม่แล้วกดส่งอีกครั้ง'
          : undefined,
      );
      return;
    }
    if (!error.permanent) {
      const words = navigator.onLine
        ? 'ระบบยังไม่ตอบกลับ ข้อมูลยังอยู่ครบ กรุณากดส่งอีกครั้งในอีกสักครู่ (จะไม่เกิดเรื่องซ้ำ)'
        : 'ไม่มีสัญญาณอินเทอร์เน็ต ข้อมูลยังอยู่ครบ กรุณากดส่งอีกครั้งเมื่อมีสัญญาณ';
      showErrors(new Map([['', words]]), { title: 'ยังส่งไม่สำเร็จ' });
      return;
    }
    const errors = errorsOfApi(error.body);
    if (errors.has('photos')) await this.picker.dropGone();
    const step = STEPS.find((name) =>
      Array.from(errors.keys()).some((field) => STEP_OF_FIELD[field] === name),
    );
    if (!errors.size) errors.set('', 'ระบบไม่รับข้อมูลนี้ กรุณาตรวจสอบแล้วลองอีกครั้ง');
    if (step) this.steps.go(step, { returning: true });
    showErrors(errors, step ? {} : { title: 'ยังส่งไม่สำเร็จ' });
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

  async startAnew() {
    const answer = await ask({
      title: 'ล้างข้อมูลที่กรอกไว้?',
      text: 'ข้อความและภาพที่กรอกค้างไว้จะหายไป',
      buttons: [
        { label: 'เก็บไว้', value: 'keep' },
        { label: 'ล้างและเริ่มใหม่', value: 'clear', kind: 'button-danger' },
      ],
    });
    if (answer !== 'clear') return;
    this.draft.discard();
    window.location.reload();
  }
}

function focusField(name) {
  const field = fieldOf(name);
  const control = field && $('input:not(:disabled), select, textarea, button', field);
  if (!control) return;
  control.focus({ preventScroll: true });
  field.scrollIntoView({ block: 'center' });
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
