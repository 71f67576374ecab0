// Lines of a review, each with its แก้ไข.

import { h } from '../lib/dom.js';

// Returns how to make a line; `edit(step, field)` goes back to a field.
export function lineWith(edit) {
  return (step, field, label, value) =>
    h(
      'div',
      { class: 'line' },
      h('dt', null, label),
      h('dd', null, value || h('span', { class: 'none' }, 'ไม่ได้ระบุ')),
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          'aria-label': `แก้ไข${label}`,
          onclick: () => edit(step, field),
        },
        'แก้ไข',
      ),
    );
}

export function photoStrip(picker) {
  const { photos, failed, busy } = picker;
  if (!photos.length) return 'ไม่มีภาพ';
  const sent = photos.filter((photo) => photo.state === 'done');
  return [
    h(
      'span',
      { class: 'strip' },
      sent.map((photo) => h('img', { src: photo.preview || photo.thumbnailUrl, alt: '' })),
    ),
    h('span', null, `${sent.length} ภาพ`),
    busy.length ? h('span', { class: 'hint' }, `กำลังส่งอีก ${busy.length} ภาพ`) : null,
    failed.length ? h('span', { class: 'error' }, `ส่งไม่สำเร็จ ${failed.length} ภาพ`) : null,
  ];
}
