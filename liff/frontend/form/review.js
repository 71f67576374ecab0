// ตรวจสอบข้อมูลก่อนส่ง: every line with its แก้ไข.

import { h, whole } from '../lib/dom.js';
import { arabicDigits, formatDistance, maskNationalId } from '../lib/thai.js';
import { wholeDateTime } from '../lib/when.js';
import { kindTitle } from './categories.js';
import { incidentAt } from './rules.js';

// `edit(step, field)` goes back to a field.
export function reviewLines(values, { category, position, photos, savedId, hadId, edit }) {
  const request = category.kind === 'request';
  const line = (step, field, label, value) =>
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
  return [
    line('place', 'photos', 'ภาพถ่าย', photoStrip(photos)),
    line('place', 'village', 'หมู่ที่', arabicDigits(String(values.village || '')).trim()),
    category.location === 'off'
      ? null
      : line('place', 'position', 'ตำแหน่งบนแผนที่', positionText(position)),
    line('place', 'place', 'จุดสังเกต', values.place.trim()),
    line('category', 'category', 'ประเภทเรื่อง', `${kindTitle(category.kind)} – ${category.name}`),
    line('words', 'subject', 'หัวข้อเรื่อง', values.subject.trim()),
    line(
      'words',
      'details',
      request ? 'รายละเอียด' : 'รายละเอียดเหตุการณ์',
      h('span', { class: 'written' }, values.details.trim()),
    ),
    request
      ? null
      : line('words', 'incident_at', 'วันเวลาที่เกิดเหตุ', wholeDateTime(incidentAt(values))),
    line('reporter', 'full_name', 'ชื่อ–สกุล', values.full_name.trim()),
    line('reporter', 'phone', 'เบอร์โทรศัพท์', whole(arabicDigits(values.phone.trim()))),
    category.national_id === 'off'
      ? null
      : line('reporter', 'national_id', 'หมายเลขบัตรประชาชน', idText(values, savedId, hadId)),
    line('reporter', 'email', 'อีเมล (ถ้ามี)', values.email.trim()),
    values.wants_letter
      ? line('reporter', 'address', 'ที่อยู่สำหรับส่งหนังสือ', values.address.trim())
      : null,
    line('reporter', 'hide_name', 'ขอปกปิดชื่อ', values.hide_name ? 'ขอปกปิด' : 'ไม่ปกปิด'),
  ].filter(Boolean);
}

function photoStrip(picker) {
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

export function positionText(position) {
  if (!position) return '';
  const { latitude, longitude, accuracy } = position;
  const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return accuracy ? `${where} (± ${formatDistance(accuracy)})` : where;
}

function idText(values, savedId, hadId) {
  if (values.id_choice === 'saved') return `${savedId} (ใช้ข้อมูลเดิม)`;
  if (values.id_choice === 'new' && values.national_id.trim()) {
    return whole(maskNationalId(values.national_id));
  }
  if (values.id_choice === 'new' && hadId) {
    return h('span', { class: 'warning' }, 'ต้องกรอกใหม่: เพื่อความปลอดภัยเครื่องไม่เก็บเลขบัตร');
  }
  return '';
}
