// Where it happened: the phone's position, a photo's, or a pin on the map; always shown with how
// sure it is, always open to correction.

import { config } from '../lib/config.js';
import { $, fill, h, show } from '../lib/dom.js';
import { formatDistance } from '../lib/thai.js';
import { clearField, fieldOf } from './errors.js';
import { locate } from './locate.js';
import { PinMap } from './pin_map.js';
import { positionText } from './review.js';

const POOR_M = 200;
const SOURCES = {
  gps: 'ตำแหน่งปัจจุบันของท่าน',
  photo: 'ตำแหน่งจากภาพ',
  pin: 'หมุดที่ท่านปักเอง',
};

export class PositionField {
  constructor({ draft, picker }) {
    this.draft = draft;
    this.picker = picker;
    this.readout = $('#position-readout');
    this.offer = $('#position-offer');
    this.trouble = $('#position-trouble');
    this.button = $('#locate');
    this.button.addEventListener('click', () => this.locate());
  }

  get value() {
    return this.draft.data.position;
  }

  // The map is made when its step is first seen: a hidden one has no size.
  open() {
    if (this.map) return;
    const { latitude, longitude, tilesUrl, attribution } = config.map;
    this.map = new PinMap($('#map'), {
      latitude,
      longitude,
      tilesUrl,
      attribution,
      onMove: (place) => this.set({ ...place, source: 'pin' }, { fromMap: true }),
    });
    if (this.value) this.map.setPosition(this.value);
    this.draw();
  }

  set(position, { fromMap = false } = {}) {
    if (fromMap && this.stop) this.stop.abort();
    this.draft.set('position', position);
    if (this.map && !fromMap) {
      if (position) this.map.setPosition(position);
      else this.map.clear();
    }
    clearField(fieldOf('position'));
    this.draw();
  }

  async locate() {
    if (this.stop) return;
    this.stop = new AbortController();
    this.button.setAttribute('aria-busy', 'true');
    this.button.lastElementChild.textContent = 'กำลังหาตำแหน่ง…';
    this.tell('');
    try {
      await locate({
        signal: this.stop.signal,
        onFix: (fix) => this.set({ ...fix, source: 'gps' }),
      });
    } catch (error) {
      this.tell(error.message);
    }
    this.stop = null;
    this.button.removeAttribute('aria-busy');
    this.button.lastElementChild.textContent = 'ใช้ตำแหน่งปัจจุบันของฉัน';
  }

  draw() {
    const position = this.value;
    show(this.readout, Boolean(position));
    if (position) {
      const poor = position.accuracy > POOR_M;
      fill(
        this.readout,
        h('strong', null, SOURCES[position.source]),
        h('span', { class: 'numbers' }, positionText(position)),
        poor &&
          h(
            'span',
            { class: 'warning' },
            `ตำแหน่งอาจคลาดเคลื่อนถึง ${formatDistance(position.accuracy)} กรุณาลากหมุดไปยังจุดที่ถูกต้อง`,
          ),
        h(
          'button',
          { type: 'button', class: 'link', onclick: () => this.forget() },
          'ลบตำแหน่ง',
        ),
      );
    }
    this.drawOffer();
  }

  forget() {
    this.set(null);
    this.button.focus({ preventScroll: true });
  }

  // Photos tell where they were taken; used only when she says so.
  drawOffer() {
    const { value, picker } = this;
    const photo = picker.positions.find((one) => !value || !same(one.position, value));
    const chosen = value && picker.positions.some((one) => same(one.position, value));
    const offered = Boolean(photo) && !chosen;
    const isNew = offered && this.offer.hidden;
    show(this.offer, offered);
    if (!photo) return;
    fill(
      this.offer,
      h('p', null, `ภาพที่ ${picker.photos.indexOf(photo) + 1} บันทึกตำแหน่งที่ถ่ายไว้`),
      h(
        'button',
        {
          type: 'button',
          class: 'button button-quiet',
          onclick: () => {
            this.set({ ...photo.position, source: 'photo' });
            this.readout.scrollIntoView({ block: 'nearest' });
          },
        },
        'ใช้ตำแหน่งจากภาพ',
      ),
    );
    if (isNew && this.map) this.offer.scrollIntoView({ block: 'center' });
  }

  tell(text) {
    this.trouble.textContent = text;
    show(this.trouble, Boolean(text));
  }
}

function same(one, other) {
  return one.latitude === other.latitude && one.longitude === other.longitude;
}
