// แจ้งชำระเงิน: where to pay, telling of a payment step by step, and what became of each; or the
// one payment that the address names.

import './styles/base.css';
import './styles/form.css';
import './styles/photos.css';
import './styles/track.css';
import './styles/payment.css';
import { call, withRetries } from './lib/api.js';
import { $, show } from './lib/dom.js';
import { gate } from './lib/gate.js';
import { keepAboveKeyboard } from './lib/keyboard.js';
import { Draft } from './form/draft.js';
import { PaymentForm } from './payment/form.js';
import { showMine } from './payment/list.js';
import { drawAsked, loadAsked } from './payment/asked.js';
import { beginningOf } from './payment/beginning.js';
import { drawNotice, drawUnknown, loadNotice } from './payment/notice.js';
import { numberInAddress } from './track/parts.js';

const number = numberInAddress('payment');
const query = new URLSearchParams(number ? '' : window.location.search);
const taxId = query.get('assessment') || '';
const askedNumber = query.get('request') || '';
const revenues = number
  ? Promise.resolve([])
  : withRetries(async () => (await call('/api/v1/revenues', { renew: false })).body, { tries: 3 });
revenues.catch(() => {}); // told at the gate

async function loadRevenues() {
  try {
    return await revenues;
  } catch (error) {
    return (await call('/api/v1/revenues')).body;
  }
}

// What she came to pay from ภาษีของฉัน; null where it is not hers, or cannot be told just now.
async function taxOf(id) {
  if (!id) return null;
  try {
    const { proofs, taxes } = (await call('/api/v1/taxes')).body;
    const tax = taxes.find((known) => String(known.id) === id);
    const proof = tax && proofs.find((known) => known.id === tax.proof);
    return tax ? { ...tax, payer_name: proof ? proof.name : '' } : null;
  } catch (error) {
    return null;
  }
}

async function one() {
  const root = $('#notice');
  show(root, true);
  try {
    const notice = await withRetries(() => loadNotice(number), { tries: 3 });
    return () => drawNotice(root, notice);
  } catch (error) {
    if (error.status !== 404) throw error;
    return () => drawUnknown(root);
  }
}

gate(async ({ sub }) => {
  if (number) return one();
  const kinds = await loadRevenues();
  const element = $('#payment');
  const form = new PaymentForm(element, { draft: new Draft('payment', sub), revenues: kinds });
  const [tax, asked] = await Promise.all([taxOf(taxId), loadAsked(askedNumber)]);
  show(element, true);
  return async () => {
    const wanted = beginningOf({ tax, asked });
    if (asked && asked.gone) form.dropAsked(askedNumber);
    const isBegun = !wanted || (await form.begin(wanted));
    drawAsked($('#asked'), asked, { isBegun });
    form.open();
    showMine($('#mine'), { onNewest: (newest) => form.learn(newest) });
  };
});
keepAboveKeyboard();

// Brought back from the browser's memory, the page may tell an old status.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});
