// Her cases, newest first.

import { call } from '../lib/api.js';
import { fill, h, whole } from '../lib/dom.js';
import { formatDate } from '../lib/thai.js';
import { chip, entry, moreButton } from './parts.js';

const PATH = '/api/v1/complaints';

export async function loadList() {
  return (await call(PATH)).body;
}

export function drawList(root, cases) {
  const list = h('ul', { class: 'cases' }, cases.map(draw));
  fill(
    root,
    h('h1', null, 'ติดตามสถานะ'),
    cases.length
      ? [list, moreButton({ rows: cases, list, path: PATH, draw, label: 'ดูเรื่องก่อนหน้า' })]
      : h(
          'div',
          { class: 'card empty' },
          h('p', null, 'ท่านยังไม่มีเรื่องที่แจ้งไว้'),
          h(
            'p',
            { class: 'hint' },
            'เมื่อแจ้งเรื่องแล้ว ทุกเรื่องจะอยู่ที่นี่ พร้อมขั้นตอนที่ดำเนินการถึง',
          ),
        ),
    h(
      'div',
      { class: 'bar' },
      h(
        'a',
        { class: `button ${cases.length ? 'button-quiet' : ''}`, href: '/liff/complaint' },
        cases.length ? 'แจ้งเรื่องใหม่' : 'แจ้งเรื่องแรก',
      ),
    ),
  );
}

function draw(one) {
  return entry({
    href: `/liff/track/${encodeURIComponent(one.number)}`,
    title: one.subject,
    chips: chip(one),
    line: [
      whole(`เลขที่ ${one.number}`),
      ' · ',
      whole(formatDate(one.created_at, { short: true })),
    ],
  });
}
