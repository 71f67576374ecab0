// Pieces that the list and the case share.

import { h } from '../lib/dom.js';
import { closeOverlay, openOverlay } from '../lib/overlay.js';

export function chip({ status, status_label: label }) {
  return h('span', { class: `chip chip-${status}` }, label);
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
