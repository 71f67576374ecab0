// Her taxes: what is to be paid first, each with its last day, an estimate and the way to pay.

import { call } from '../lib/api.js';
import { ask } from '../lib/ask.js';
import { $, fill, focusOn, h, whole } from '../lib/dom.js';
import { formatDate } from '../lib/thai.js';
import { formatBaht } from '../payment/amount.js';
import { proofForm } from './proof.js';

export function draw(root, { proofs, taxes }) {
  const again = (found) => {
    draw(root, found);
    window.scrollTo(0, 0);
    focusOn($('h1', root));
  };
  // Whose a tax is, where she looks at several persons' ones.
  const names = new Map(proofs.length > 1 ? proofs.map(({ id, name }) => [id, name]) : []);
  const open = taxes.filter(({ rest }) => Number(rest) > 0);
  fill(
    root,
    h('h1', null, 'ภาษีของฉัน'),
    proofs.length ? null : proofForm({ onProved: again }),
    proofs.length && !taxes.length
      ? h('div', { class: 'card empty' }, h('p', null, 'ยังไม่มีรายการประเมินของท่านในระบบ'))
      : null,
    proofs.length && taxes.length && !open.length
      ? h('p', { class: 'said' }, 'ท่านชำระครบทุกรายการแล้ว')
      : null,
    taxes.length ? h('ul', { class: 'cases taxes' }, taxes.map((tax) => entry(tax, names))) : null,
    proofs.length
      ? h(
          'p',
          { class: 'hint not-a-notice' },
          'หน้านี้มิใช่หนังสือแจ้งการประเมินหรือหนังสือแจ้งเตือนตามกฎหมาย ยอดที่ต้องชำระให้ถือตามหนังสือของเทศบาล',
        )
      : null,
    proofs.length ? persons(proofs, again) : null,
  );
}

function baht(amount) {
  return whole(formatBaht(amount));
}

function entry(tax, names) {
  const rest = Number(tax.rest);
  const partly = rest > 0 && rest < Number(tax.amount);
  return h(
    'li',
    { class: `card tax${tax.is_overdue ? ' tax-late' : ''}` },
    h('h2', null, `${tax.revenue_name} `, whole(`ปี ${tax.year}`)),
    names.has(tax.proof) && h('p', null, names.get(tax.proof)),
    h('p', { class: 'case-line' }, h('span', { class: `chip tax-${tax.state}` }, tax.state_label)),
    h('p', { class: 'tax-amount' }, baht(rest > 0 ? tax.rest : tax.amount)),
    partly && h('p', { class: 'hint' }, 'คงเหลือจากยอดประเมิน ', baht(tax.amount)),
    h('p', { class: 'hint' }, whole(`เลขที่ ${tax.number}`)),
    rest > 0 && tax.due_on
      ? h(
          'p',
          { class: tax.is_overdue ? 'tax-overdue' : null },
          tax.is_overdue ? 'เลยกำหนดชำระแล้ว (ครบกำหนด ' : 'ชำระภายใน ',
          whole(formatDate(tax.due_on)),
          tax.is_overdue ? ')' : null,
        )
      : null,
    tax.estimate && Number(tax.estimate.surcharge) > 0 ? estimate(tax.estimate) : null,
    tax.payment_url
      ? h(
          'a',
          { class: `button${tax.state === 'checking' ? ' button-quiet' : ''}`, href: tax.payment_url },
          tax.state === 'checking' ? 'แจ้งชำระอีกครั้ง' : 'แจ้งชำระเงิน',
        )
      : null,
  );
}

function estimate(found) {
  const line = (label, amount) =>
    Number(amount) > 0 && [h('dt', null, label), h('dd', null, baht(amount))];
  return h(
    'div',
    { class: 'estimate' },
    h('p', null, h('strong', null, 'ประมาณการ '), 'ถ้าชำระวันที่ ', whole(formatDate(found.as_of))),
    h(
      'dl',
      null,
      line(`เบี้ยปรับ ${Number(found.penalty_percent)}%`, found.penalty),
      line(`เงินเพิ่ม ${found.interest_months} เดือน`, found.interest),
      line('รวมโดยประมาณ', found.total),
    ),
    h('p', { class: 'hint' }, found.note),
  );
}

// Whose taxes these are, and the way to see another person's or none any more.
function persons(proofs, again) {
  const details = h(
    'details',
    { class: 'persons' },
    h('summary', null, 'เพิ่มหรือเลิกดูภาษีของบุคคล'),
    h(
      'ul',
      null,
      proofs.map((one) =>
        h(
          'li',
          null,
          h('span', null, one.name || 'ยังไม่มีรายการประเมิน'),
          h(
            'button',
            { type: 'button', class: 'link', onclick: () => end(one, again) },
            'เลิกดู',
          ),
        ),
      ),
    ),
    proofForm({ title: 'ดูภาษีของอีกบุคคล', onProved: again }),
  );
  return details;
}

async function end(one, again) {
  const sure = await ask({
    title: 'เลิกดูภาษีของบุคคลนี้',
    text: 'ท่านจะไม่เห็นยอดและไม่ได้รับการแจ้งเตือนอีก จะดูใหม่ได้เมื่อยืนยันด้วยหนังสือแจ้งอีกครั้ง',
    buttons: [
      { label: 'เลิกดู', value: true },
      { label: 'ไม่เลิก', value: false, kind: 'button-quiet' },
    ],
  });
  if (!sure) return;
  try {
    await call(`/api/v1/tax-proofs/${one.id}`, { method: 'DELETE' });
  } catch (error) {
    if (error.status !== 404) {
      await ask({
        title: 'ยังเลิกดูไม่สำเร็จ',
        text: 'กรุณาตรวจสอบสัญญาณอินเทอร์เน็ตแล้วลองอีกครั้ง',
        buttons: [{ label: 'ตกลง', value: true }],
      });
      return;
    }
  }
  again((await call('/api/v1/taxes')).body);
}
