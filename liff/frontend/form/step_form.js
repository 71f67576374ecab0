// A form of steps: values, draft, the walk through the steps and the way to the municipality. What
// it asks for is for its heirs to say: the complaint (form.js), the payment (../payment/form.js).

import { ask, signInAgain } from '../lib/ask.js';
import { $, fill, show } from '../lib/dom.js';
import { PhotoPicker } from '../photos/picker.js';
import { clearErrors, clearField, fieldOf, showErrors } from './errors.js';
import { photosReady } from './photos_ready.js';
import { send } from './send.js';
import { Steps } from './steps.js';

export class StepForm {
  // `steps`: names in order, the last one the review; `unnumbered`: how many come before the form
  // proper. `photos`: {root, field, step, max, least} of the picker. `address`: where it goes.
  constructor(element, { draft, steps, unnumbered = 0, photos, address }) {
    this.element = element;
    this.draft = draft;
    this.names = steps;
    this.unnumbered = unnumbered;
    this.photos = photos;
    this.address = address;
    this.next = $('#next');
    const { root, max = 10 } = photos;
    this.picker = new PhotoPicker(root, { max, onChange: () => this.photosChanged() });
    this.steps = new Steps(steps, { onShow: (name) => this.shown(name) });
    element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.forward();
    });
    element.addEventListener('input', (event) => this.changed(event.target));
    element.addEventListener('change', (event) => this.changed(event.target));
    $('#back').addEventListener('click', () => this.steps.back());
    $('#start-anew').addEventListener('click', () => this.startAnew());
  }

  // -- what its heirs say ------------------------------------------------------------
  // Fields and words that depend on what was chosen.
  adapt() {}

  // A step came onto the screen.
  entered() {}

  // The step to begin with, where a draft was found.
  stepOfDraft() {
    const { step } = this.draft.data;
    return this.names.includes(step) ? step : this.names[0];
  }

  nextLabel() {
    return 'ถัดไป';
  }

  // Something to remember while `body` is on its way; returns how to take it back.
  noteSent() {
    return () => {};
  }

  // What to say when the sign-in ran out; undefined says the usual.
  signInWords() {
    return undefined;
  }

  // problems(step) → Map, stepOf(field), errorsOf(apiBody) → Map, lines(edit), body(),
  // sendLabel(), succeeded(answer), sentBefore(body): each heir's own.

  // -- values ------------------------------------------------------------------------
  open() {
    this.restore();
    this.steps.begin(this.draft.restored ? this.stepOfDraft() : this.names[0]);
    show($('#restored'), this.draft.restored);
  }

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

  // Puts `beside` into the fields, over it what the draft has, and the draft's photos back.
  restore(beside = {}) {
    const { fields, photos, unsentPhotos } = this.draft.data;
    for (const [name, value] of Object.entries({ ...beside, ...fields })) this.put(name, value);
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
    this.draft.set('photos', this.picker.saved());
    this.draft.set('unsentPhotos', this.picker.busy.length + this.picker.failed.length);
    if (!this.picker.failed.length) clearField(fieldOf(this.photos.field));
    if (this.reviewing) this.drawReview();
  }

  // -- steps -------------------------------------------------------------------------
  get reviewing() {
    return this.steps.current === this.names[this.names.length - 1];
  }

  shown(name) {
    clearErrors();
    this.draft.set('step', name);
    const number = this.names.indexOf(name) - this.unnumbered + 1;
    $('#step-text').textContent =
      `ขั้นตอนที่ ${number} จาก ${this.names.length - this.unnumbered}`;
    $('#step-bar').value = number;
    show($('.top', this.element), number > 0);
    show($('#back'), name !== this.names[0]);
    if (name !== this.names[0]) show($('#restored'), false);
    this.entered(name);
    if (!this.reviewing) fill($('#review'));
    else {
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
    if (this.reviewing) this.next.textContent = this.sendLabel();
    else if (this.steps.returning) this.next.textContent = 'บันทึกและกลับไปตรวจสอบ';
    else this.next.textContent = this.nextLabel(this.steps.current);
  }

  drawReview() {
    const edit = (step, field) => {
      this.steps.go(step, { returning: true });
      focusField(field);
    };
    fill($('#review'), this.lines(edit));
  }

  forward() {
    if (this.reviewing) {
      this.send();
      return;
    }
    const errors = this.problems(this.steps.current);
    showErrors(errors);
    if (errors.size) return;
    if (this.steps.returning) this.steps.go(this.names[this.names.length - 1]);
    else this.steps.next();
  }

  firstWrongStep() {
    for (const step of this.names) {
      const errors = this.problems(step);
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
      const answer = await photosReady(this.picker, { least: this.photos.least });
      // Whatever she did meanwhile counts: away from the review, nothing is sent.
      if (!this.reviewing) return;
      if (answer === 'photos') {
        this.picker.retryFailed();
        this.steps.go(this.photos.step, { returning: true });
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
    const body = this.body();
    const takeBack = this.noteSent(body);
    this.draft.flush();
    try {
      const answer = await send(this.address, body, this.draft.key);
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
    this.succeeded(answer);
  }

  async refused(error, body) {
    if (error.status === 409) {
      await this.sentBefore(body);
      return;
    }
    if (error.status === 401) {
      await signInAgain(this.signInWords(body));
      return;
    }
    if (!error.permanent) {
      const words = navigator.onLine
        ? 'ระบบยังไม่ตอบกลับ ข้อมูลยังอยู่ครบ กรุณากดส่งอีกครั้งในอีกสักครู่ (จะไม่เกิดเรื่องซ้ำ)'
        : 'ไม่มีสัญญาณอินเทอร์เน็ต ข้อมูลยังอยู่ครบ กรุณากดส่งอีกครั้งเมื่อมีสัญญาณ';
      showErrors(new Map([['', words]]), { title: 'ยังส่งไม่สำเร็จ' });
      return;
    }
    const errors = this.errorsOf(error.body);
    if (errors.has(this.photos.field)) await this.picker.dropGone();
    const step = this.names.find((name) =>
      Array.from(errors.keys()).some((field) => this.stepOf(field) === name),
    );
    if (!errors.size) errors.set('', 'ระบบไม่รับข้อมูลนี้ กรุณาตรวจสอบแล้วลองอีกครั้ง');
    if (step) this.steps.go(step, { returning: true });
    showErrors(errors, step ? {} : { title: 'ยังส่งไม่สำเร็จ' });
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
