// The photos of a form: picked, shrunk, sent as they are picked, shown with their progress.
// A failed one says so and waits; it never stands in the form's way.

import { call, withRetries } from '../lib/api.js';
import { $, fill, h, show } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { readMetadata } from './metadata.js';
import { shrink } from './shrink.js';
import { upload } from './upload.js';

const MAX_BYTES = 20 * 1024 * 1024;
const UPLOADS_AT_ONCE = 2;
const BUSY = new Set(['queued', 'preparing', 'uploading', 'waiting']);

export class PhotoPicker {
  // `root` holds input[type=file], [data-photos], [data-photos-status], [data-photos-error].
  constructor(root, { max = 10, onChange = () => {} } = {}) {
    this.max = max;
    this.onChange = onChange;
    this.photos = [];
    this.list = $('[data-photos]', root);
    this.status = $('[data-photos-status]', root);
    this.error = $('[data-photos-error]', root);
    this.input = $('input[type=file]', root);
    this.button = $('label', root);
    this.preparing = Promise.resolve();
    this.sending = 0;
    this.idleWaiters = [];
    this.onProgress = () => {};
    this.input.addEventListener('change', () => {
      const files = Array.from(this.input.files);
      this.input.value = '';
      this.add(files);
    });
    window.addEventListener('online', () => this.retryFailed());
  }

  // -- what the form asks ------------------------------------------------------------
  get ids() {
    return this.photos.filter((photo) => photo.state === 'done').map((photo) => photo.id);
  }

  get busy() {
    return this.photos.filter((photo) => BUSY.has(photo.state));
  }

  get failed() {
    return this.photos.filter((photo) => photo.state === 'failed');
  }

  get positions() {
    return this.photos.filter((photo) => photo.position && photo.state !== 'failed');
  }

  // How much of all photos has arrived, 0–100. A failed one is done with.
  get percent() {
    if (!this.photos.length) return 100;
    const parts = this.photos.map((photo) => (BUSY.has(photo.state) ? photo.percent || 0 : 100));
    return Math.floor(parts.reduce((sum, part) => sum + part, 0) / parts.length);
  }

  whenIdle() {
    if (!this.busy.length) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  // -- what a draft keeps ------------------------------------------------------------
  saved() {
    return this.photos
      .filter((photo) => photo.state === 'done')
      .map(({ id, thumbnailUrl, position }) => ({ id, thumbnailUrl, position }));
  }

  restore(saved) {
    for (const { id, thumbnailUrl, position } of saved) {
      this.put({ state: 'done', id, thumbnailUrl, position, restored: true });
    }
    this.changed();
  }

  clear() {
    for (const photo of this.photos.slice()) this.remove(photo, { quietly: true });
    this.changed();
  }

  // -- adding, removing, trying again --------------------------------------------------
  add(files) {
    const room = this.max - this.photos.length;
    this.tell(files.length > room ? `แนบได้ไม่เกิน ${this.max} ภาพ ภาพที่เกินไม่ได้ถูกเพิ่ม` : '');
    for (const file of files.slice(0, Math.max(0, room))) {
      const photo = this.put({ state: 'queued', file });
      // One after the other: decoding several large photos at once kills small phones.
      this.preparing = this.preparing.then(() => this.prepare(photo));
    }
    this.changed();
  }

  async prepare(photo) {
    if (photo.removed) return;
    this.set(photo, { state: 'preparing' });
    const { position, orientation } = await readMetadata(photo.file);
    const small = await shrink(photo.file, orientation);
    if (photo.removed) return;
    photo.position = position;
    photo.blob = small ? small.blob : photo.file;
    photo.preview = small ? URL.createObjectURL(small.blob) : '';
    if (!small && photo.file.type && !photo.file.type.startsWith('image/')) {
      this.fail(photo, 'ไฟล์นี้ไม่ใช่ภาพ กรุณาเลือกไฟล์ภาพ', { permanent: true });
    } else if (photo.blob.size > MAX_BYTES) {
      this.fail(photo, 'ภาพใหญ่เกิน 20 MB กรุณาเลือกภาพอื่น', { permanent: true });
    } else {
      this.set(photo, { state: 'waiting' });
      this.next();
    }
  }

  next() {
    const photo = this.photos.find((one) => one.state === 'waiting');
    if (!photo || this.sending >= UPLOADS_AT_ONCE) return;
    this.sending += 1;
    this.send(photo).finally(() => {
      this.sending -= 1;
      this.next();
    });
    this.next();
  }

  async send(photo) {
    photo.control = new AbortController();
    const onProgress = (part) => this.progress(photo, part);
    const attempt = () => {
      if (photo.removed) throw new Error('removed');
      this.set(photo, { state: 'uploading', note: '' });
      this.progress(photo, 0);
      return upload(photo.blob, photo.file.name || 'photo.jpg', {
        onProgress,
        signal: photo.control.signal,
      });
    };
    const onWait = () => {
      this.set(photo, {
        note: navigator.onLine ? 'จะลองส่งอีกครั้งอัตโนมัติ…' : 'รอสัญญาณอินเทอร์เน็ต…',
      });
    };
    try {
      const answer = await withRetries(attempt, { tries: 4, onWait });
      if (photo.removed) return;
      photo.position = photo.position || positionOf(answer);
      this.set(photo, {
        state: 'done',
        id: answer.id,
        thumbnailUrl: answer.thumbnail_url,
        blob: null,
        file: null,
        note: '',
      });
      this.changed();
    } catch (error) {
      if (photo.removed) return;
      const words = error.permanent ? reason(error) : 'ส่งภาพไม่สำเร็จ สัญญาณอาจไม่ดี';
      this.fail(photo, words, { permanent: Boolean(error.permanent) });
    }
  }

  fail(photo, note, { permanent }) {
    this.set(photo, { state: 'failed', note, permanent });
    this.changed();
  }

  retry(photo) {
    if (photo.state !== 'failed' || photo.permanent) return;
    this.set(photo, { state: 'waiting', note: '' });
    this.next();
    this.changed();
  }

  retryFailed() {
    this.failed.forEach((photo) => this.retry(photo));
  }

  remove(photo, { quietly = false, gone = false } = {}) {
    photo.removed = true;
    photo.state = 'removed';
    if (photo.control) photo.control.abort();
    if (photo.preview) URL.revokeObjectURL(photo.preview);
    const place = this.photos.indexOf(photo);
    this.photos.splice(place, 1);
    photo.element.remove();
    // The server forgets it within a day anyway.
    if (photo.id && !gone) call(`/api/v1/photos/${photo.id}`, { method: 'DELETE' }).catch(() => {});
    if (quietly) return;
    this.tell('');
    this.changed();
    const neighbour = this.photos[Math.min(place, this.photos.length - 1)];
    const target = neighbour ? $('[data-remove]', neighbour.element) : this.input;
    target.focus({ preventScroll: true });
  }

  // -- drawing -------------------------------------------------------------------------
  put(photo) {
    photo.element = h('li', { class: 'photo' });
    this.photos.push(photo);
    this.list.append(photo.element);
    this.draw(photo);
    return photo;
  }

  set(photo, changes) {
    Object.assign(photo, changes);
    if (!photo.removed) this.draw(photo);
  }

  progress(photo, part) {
    const percent = Math.min(100, Math.round(part * 100));
    photo.percent = Math.min(99, percent); // all of it once the server has answered
    this.onProgress();
    const bar = $('progress', photo.element);
    if (!bar) return;
    bar.value = percent;
    $('[data-percent]', photo.element).textContent =
      percent < 100 ? `กำลังส่ง ${percent}%` : 'กำลังตรวจสอบภาพ…';
  }

  draw(photo) {
    const { state } = photo;
    const place = () => this.photos.indexOf(photo) + 1;
    photo.element.className = `photo photo-${state}`;
    fill(
      photo.element,
      this.picture(photo),
      h(
        'div',
        { class: 'photo-state' },
        state === 'done' && h('span', { class: 'photo-done' }, 'ส่งแล้ว'),
        (state === 'queued' || state === 'waiting') && h('span', null, 'รอส่ง…'),
        state === 'preparing' && h('span', null, 'กำลังเตรียมภาพ…'),
        state === 'uploading' && [
          h('progress', { max: 100, value: 0, 'aria-label': `ความคืบหน้าของภาพที่ ${place()}` }),
          h('span', { 'data-percent': true }, 'กำลังส่ง 0%'),
        ],
        photo.note && h('span', { class: state === 'failed' ? 'error' : 'hint' }, photo.note),
      ),
      h(
        'div',
        { class: 'photo-actions' },
        state === 'failed' &&
          !photo.permanent &&
          h(
            'button',
            { type: 'button', class: 'link', onclick: () => this.retry(photo) },
            'ลองอีกครั้ง',
          ),
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            'data-remove': true,
            'aria-label': `ลบภาพที่ ${place()}`,
            onclick: () => this.remove(photo),
          },
          h('span', { class: 'icon', svg: icons.trash }),
          'ลบ',
        ),
      ),
    );
  }

  picture(photo) {
    const source = photo.preview || photo.thumbnailUrl;
    const frame = h('div', { class: 'photo-frame' });
    if (source) {
      const image = h('img', { src: source, alt: '' });
      image.addEventListener('error', () => {
        image.remove();
        if (photo.restored) this.dropIfGone(photo);
      });
      frame.append(image);
    }
    frame.append(h('span', { class: 'icon', svg: icons.image }));
    return frame;
  }

  // A photo that was not used for a day is gone from the server; a lost connection is not that.
  async dropIfGone(photo) {
    try {
      const answer = await fetch(photo.thumbnailUrl, { credentials: 'same-origin' });
      if (answer.status !== 404 || photo.removed) return;
      this.remove(photo, { quietly: true, gone: true });
      this.tell('ภาพที่เลือกไว้ก่อนหน้านี้หมดอายุแล้ว กรุณาเลือกภาพใหม่');
      this.changed();
    } catch (error) {
      // Still there for all we know.
    }
  }

  dropGone() {
    return Promise.all(this.photos.filter(({ id }) => id).map((photo) => this.dropIfGone(photo)));
  }

  tell(text) {
    this.error.textContent = text;
    show(this.error, Boolean(text));
  }

  changed() {
    const total = this.photos.length;
    const done = this.ids.length;
    this.status.textContent = total ? `ส่งภาพแล้ว ${done} จาก ${total} ภาพ` : '';
    const full = total >= this.max;
    this.input.disabled = full;
    this.button.classList.toggle('disabled', full);
    if (!this.busy.length) this.idleWaiters.splice(0).forEach((resolve) => resolve());
    this.onChange(this);
  }
}

function positionOf({ latitude, longitude }) {
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null;
}

function reason(error) {
  const { file } = error.body || {};
  return (
    (Array.isArray(file) && file[0]) ||
    error.detail ||
    (error.status === 413 && 'ภาพใหญ่เกินไป กรุณาเลือกภาพอื่น') ||
    (error.status === 415 && 'รองรับเฉพาะรูปภาพ JPEG, PNG, WebP และ HEIC') ||
    'ระบบรับภาพนี้ไม่ได้ กรุณาเลือกภาพอื่น'
  );
}
