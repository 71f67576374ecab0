// The form ร้องเรียน/ร้องทุกข์ และขอรับบริการต่างๆ.

import './styles/base.css';
import './styles/form.css';
import './styles/photos.css';
import './styles/map.css';
import { call, withRetries } from './lib/api.js';
import { $ } from './lib/dom.js';
import { gate } from './lib/gate.js';
import { keepAboveKeyboard } from './lib/keyboard.js';
import { Draft } from './form/draft.js';
import { ComplaintForm } from './form/form.js';

const categories = withRetries(() => call('/api/v1/categories', { renew: false }), { tries: 3 });
categories.catch(() => {}); // told at the gate

async function loadCategories() {
  try {
    return (await categories).body;
  } catch (error) {
    return (await call('/api/v1/categories')).body;
  }
}

async function loadReporter() {
  try {
    return (await call('/api/v1/me')).body.reporter || {};
  } catch (error) {
    return {}; // only a convenience: she can type it
  }
}

gate(async ({ sub }) => {
  const [list, reporter] = await Promise.all([loadCategories(), loadReporter()]);
  const draft = new Draft('complaint', sub);
  const form = new ComplaintForm($('#complaint'), { draft, categories: list, reporter });
  return () => form.open();
});
keepAboveKeyboard();
