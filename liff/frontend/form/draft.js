// What a resident has typed so far, kept on her phone until it is sent: keyed by who she is, so
// that nobody else's draft is read or touched, and never with the national ID.

import { keys, read, remove, write } from '../lib/store.js';
import { uuid } from '../lib/uuid.js';

const PREFIX = 'bannmae.draft.';
const SAVE_AFTER_MS = 150;
const KEPT_DAYS = 7;
const NEVER_KEPT = new Set(['national_id']);

export class Draft {
  // `form`: which of the forms it is.
  constructor(form, sub) {
    this.storeKey = `${PREFIX}${form}.${sub}`;
    forgetOld();
    this.data = parse(read(this.storeKey)) || fresh();
    const { fields, photos, position } = this.data;
    this.restored = Boolean(Object.keys(fields).length || photos.length || position);
    this.timer = 0;
    const flush = () => this.flush();
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
  }

  // One key for one case: a retry after a lost answer makes no second one.
  get key() {
    return this.data.key;
  }

  newKey() {
    this.data.key = uuid();
    this.data.unanswered = [];
    this.save();
  }

  get fields() {
    return this.data.fields;
  }

  setField(name, value) {
    if (NEVER_KEPT.has(name)) {
      this.data.hadNationalId = Boolean(value);
    } else {
      this.data.fields[name] = value;
    }
    this.save();
  }

  set(name, value) {
    this.data[name] = value;
    this.save();
  }

  save() {
    if (this.closed) return;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  flush() {
    if (!this.dirty || this.closed) return;
    clearTimeout(this.timer);
    this.dirty = false;
    this.data.savedAt = Date.now();
    write(this.storeKey, JSON.stringify(this.data));
  }

  // The case is sent: nothing of it stays on the phone.
  discard() {
    this.closed = true;
    clearTimeout(this.timer);
    remove(this.storeKey);
  }
}

function fresh() {
  return { version: 1, key: uuid(), fields: {}, position: null, photos: [], unsentPhotos: 0 };
}

function parse(text) {
  try {
    const data = JSON.parse(text);
    return data && data.version === 1 && data.key && data.fields ? data : null;
  } catch (error) {
    return null;
  }
}

// On a phone that several people use, what was never sent should not lie about for ever.
function forgetOld() {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  for (const key of keys(PREFIX)) {
    const data = parse(read(key));
    if (!data || data.savedAt < oldest) remove(key);
  }
}
