// Pieces that the list and the case share.

import { call } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { closeOverlay, openOverlay } from '../lib/overlay.js';
import { wholeDateTime } from '../lib/when.js';

export function chip({ status, status_label: label }) {
  return h('span', { class: `chip chip-${status}` }, label);
}

// One row of a list: a link with its title, its chip and a quiet line below.
export function entry({ href, title, chips, line }) {
  return h(
    'li',
    null,
    h(
      'a',
      { class: 'case', href },
      h(
        'span',
        { class: 'case-words' },
        h('span', { class: 'case-subject' }, title),
        h('span', { class: 'case-line' }, chips),
        h('span', { class: 'case-line hint' }, line),
      ),
      h('span', { class: 'icon', svg: icons['chevron-right'] }),
    ),
  );
}

const PAGE = 50; // rows that the API gives at once

// Under a full page of `rows`: brings those before the last one into `list`, else null.
export function moreButton({ rows, list, path, draw, label }) {
  if (rows.length < PAGE) return null;
  let { number } = rows[rows.length - 1];
  const more = async () => {
    button.disabled = true;
    try {
      const { body } = await call(`${path}?before=${encodeURIComponent(number)}`);
      list.append(...body.map(draw));
      button.disabled = false;
      button.textContent = label;
      if (body.length < PAGE) button.remove();
      else number = body[body.length - 1].number;
    } catch (error) {
      button.disabled = false;
      button.textContent = 'โหลดไม่สำเร็จ แตะเพื่อลองอีกครั้ง';
    }
  };
  const button = h('button', { type: 'button', class: 'button button-quiet', onclick: more }, label);
  return button;
}

// Every step so far, [{status_label, at, note, photos?}], oldest first.
export function steps(timeline) {
  return h(
    'section',
    { class: 'card' },
    h('h2', null, 'ขั้นตอนที่ผ่านมา'),
    h(
      'ol',
      { class: 'steps' },
      timeline.map(({ status_label: label, at, note, photos = [] }, index) =>
        h(
          'li',
          { class: index === timeline.length - 1 ? 'step-now' : null },
          h('strong', null, label),
          h('span', { class: 'hint' }, wholeDateTime(at)),
          note && h('p', { class: 'written' }, note),
          photos.length ? gallery(photos, `ภาพของขั้นตอน${label} `) : null,
        ),
      ),
    ),
  );
}

// The number that the address ends in after `page`, '' where it names none.
export function numberInAddress(page) {
  const found = new RegExp(`/${page}/([^/]+)/?$`).exec(window.location.pathname);
  if (!found) return '';
  try {
    return decodeURIComponent(found[1]);
  } catch (error) {
    return found[1];
  }
}

// Thumbnails that open large on tap; the phone's back button closes.
export function gallery(photos, what) {
  return h(
    'ul',
    { class: 'gallery' },
    photos.map((photo, index) =>
      h(
        'li',
        null,
        h(
          'button',
          {
            type: 'button',
            'aria-label': `ดู${what}ที่ ${index + 1} ขนาดใหญ่`,
            onclick: () => openLarge(photo, `${what}ที่ ${index + 1}`),
          },
          h('img', { src: photo.thumbnail_url, alt: '', loading: 'lazy' }),
        ),
      ),
    ),
  );
}

function openLarge(photo, name) {
  const before = document.activeElement;
  const closeButton = h(
    'button',
    { type: 'button', class: 'button', onclick: closeOverlay },
    'ปิดภาพ',
  );
  const onKey = (event) => {
    if (event.key === 'Escape') closeOverlay();
    if (event.key === 'Tab') event.preventDefault(); // one control only
  };
  const cover = h(
    'div',
    { class: 'large-photo', role: 'dialog', 'aria-modal': 'true', 'aria-label': name },
    h('img', { src: photo.url, alt: name, width: photo.width, height: photo.height }),
    h('div', { class: 'bar' }, closeButton),
  );
  document.body.append(cover);
  document.body.classList.add('covered');
  document.addEventListener('keydown', onKey);
  closeButton.focus();
  openOverlay(() => {
    document.removeEventListener('keydown', onKey);
    document.body.classList.remove('covered');
    cover.remove();
    before.focus({ preventScroll: true });
  });
}
