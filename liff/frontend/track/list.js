// Her cases, newest first.

import { call } from '../lib/api.js';
import { fill, h, whole } from '../lib/dom.js';
import { icons } from '../lib/icons.js';
import { formatDate } from '../lib/thai.js';
import { chip } from './parts.js';

export async function loadList() {
  return (await call('/api/v1/complaints')).body;
}

export function drawList(root, cases) {
  const list = h('ul', { class: 'cases' }, cases.map(entry));
  fill(
    root,
    h('h1', null, 'ติดตามสถานะ'),
    cases.length
      ? [
          list,
          cases.length >= 50 &&
            h(
              'button',
              {
                type: 'button',
                class: 'button button-quiet',
                onclick: (event) => more(event.currentTarget, list, cases[cases.length - 1]),
              },
              'ดูเรื่องก่อนหน้า',
            ),
        ]
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

async function more(button, list, last) {
  button.disabled = true;
  try {
    const before = encodeURIComponent(last.number);
    const { body } = await call(`/api/v1/complaints?before=${before}`);
    list.append(...body.map(entry));
    if (body.length >= 50) {
      button.onclick = () => more(button, list, body[body.length - 1]);
      button.disabled = false;
    } else button.remove();
  } catch (error) {
    button.disabled = false;
    button.textContent = 'โหลดไม่สำเร็จ แตะเพื่อลองอีกครั้ง';
  }
}

function entry(one) {
  return h(
    'li',
    null,
    h(
      'a',
      { class: 'case', href: `/liff/track/${encodeURIComponent(one.number)}` },
      h(
        'span',
        { class: 'case-words' },
        h('span', { class: 'case-subject' }, one.subject),
        h('span', { class: 'case-line' }, chip(one)),
        h(
          'span',
          { class: 'case-line hint' },
          whole(`เลขที่ ${one.number}`),
          ' · ',
          whole(formatDate(one.created_at, { short: true })),
        ),
      ),
      h('span', { class: 'icon', svg: icons['chevron-right'] }),
    ),
  );
}
