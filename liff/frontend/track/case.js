// One case: what she told, who is responsible, every step, and what she may do now.

import { call } from '../lib/api.js';
import { $, fill, focusOn, h, whole } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { formatDate, formatDistance } from '../lib/thai.js';
import { wholeDateTime } from '../lib/when.js';
import { additionForm, feedbackForm, withdrawButton } from './actions.js';
import { chip, gallery, steps } from './parts.js';

const ENDED = new Set(['completed', 'referred', 'rejected', 'closed', 'duplicate', 'withdrawn']);

export async function loadCase(number) {
  return (await call(`/api/v1/complaints/${encodeURIComponent(number)}`)).body;
}

export function drawCase(root, one, said = '') {
  const done = async (words) => {
    let fresh = one;
    try {
      fresh = await loadCase(one.number);
    } catch (error) {
      // It was carried out; only the picture of it is old.
    }
    drawCase(root, fresh, words);
    window.scrollTo(0, 0);
    focusOn($('.said', root), { preventScroll: true });
  };
  const may = (action) => one.actions.includes(action);
  const rated = feedbackGiven(one);
  fill(
    root,
    h(
      'a',
      { class: 'link', href: '/liff/track' },
      h('span', { class: 'icon', svg: icons['arrow-left'] }),
      'เรื่องทั้งหมด',
    ),
    said && h('p', { class: 'said', role: 'status' }, said),
    h('p', { class: 'caption' }, 'เรื่อง', whole(`เลขที่ ${one.number}`)),
    h('h1', null, one.subject),
    h('p', null, chip(one)),
    !ENDED.has(one.status) &&
      one.due_on &&
      h('p', null, 'จะแจ้งผลหรือความคืบหน้าภายใน', whole(`วันที่ ${formatDate(one.due_on)}`)),
    h('p', null, 'ผู้รับผิดชอบ: ', h('strong', null, one.division)),
    may('additions') &&
      one.status === 'waiting' &&
      additionForm({ ...one, question: lastNote(one) }, { done }),
    may('feedback') && !rated && feedbackForm(one, { done }),
    steps(one.timeline),
    told(one),
    may('additions') && one.status !== 'waiting' && more(one, done),
    may('feedback') && rated && again(one, done),
    may('withdraw') && withdrawButton(one, { done }),
  );
}

export function drawUnknown(root) {
  fill(
    root,
    h('h1', null, 'ไม่พบเรื่องนี้ในรายการของท่าน'),
    h(
      'p',
      null,
      'เรื่องจะเปิดดูได้เฉพาะด้วยบัญชี LINE ที่ใช้แจ้งเรื่องนั้น กรุณาตรวจสอบเลขที่ หรือดูจากรายการเรื่องทั้งหมดของท่าน',
    ),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'button', href: '/liff/track' }, 'ดูเรื่องทั้งหมดของฉัน'),
    ),
  );
}

function told(one) {
  const line = (label, value) => value && [h('dt', null, label), h('dd', null, value)];
  const place = [one.village && `หมู่ที่ ${one.village}`, one.place].filter(Boolean).join(' ');
  return h(
    'section',
    { class: 'card' },
    h('h2', null, 'สิ่งที่ท่านแจ้ง'),
    h(
      'dl',
      { class: 'told' },
      line('ประเภทเรื่อง', one.category_name),
      line('รายละเอียด', h('span', { class: 'written' }, one.details)),
      one.incident_at && line('วันเวลาที่เกิดเหตุ', wholeDateTime(one.incident_at)),
      line(one.kind === 'request' ? 'สถานที่' : 'จุดเกิดเหตุ', place),
      one.latitude !== null && line('ตำแหน่ง', mapLink(one)),
      line('แจ้งเมื่อ', wholeDateTime(one.created_at)),
      one.hide_name && line('ขอปกปิดชื่อ', 'ขอปกปิด'),
    ),
    one.photos.length ? gallery(one.photos, 'ภาพ') : null,
  );
}

function mapLink({ latitude, longitude, accuracy_m: accuracy }) {
  return [
    h(
      'a',
      {
        class: 'link',
        href: `https://www.google.com/maps/search/?api=1&query=${latitude},${longitude}`,
        target: '_blank',
        rel: 'noopener noreferrer',
      },
      h('span', { class: 'icon', svg: icons['map-pin'] }),
      'เปิดในแผนที่',
    ),
    accuracy ? h('span', { class: 'hint' }, `± ${formatDistance(accuracy)}`) : null,
  ];
}

function more(one, done) {
  const section = h('section');
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button button-quiet',
      onclick: () => {
        fill(section, additionForm(one, { done }));
        $('textarea', section).focus();
      },
    },
    'ส่งข้อมูลหรือภาพเพิ่มเติม',
  );
  section.append(button);
  return section;
}

// She has said her word; the way to say 'not yet' stays open.
function again(one, done) {
  const section = h('section');
  section.append(
    h(
      'button',
      {
        type: 'button',
        class: 'button button-quiet',
        onclick: () => fill(section, feedbackForm(one, { done })),
      },
      'ให้ความเห็นอีกครั้ง',
    ),
  );
  return section;
}

function lastNote({ timeline }) {
  const asked = timeline.filter(({ status }) => status === 'waiting').pop();
  return asked ? asked.note : '';
}

function feedbackGiven({ timeline }) {
  const kinds = timeline.map(({ kind, status }) => (status === 'completed' ? 'completed' : kind));
  return kinds.lastIndexOf('feedback') > kinds.lastIndexOf('completed');
}
