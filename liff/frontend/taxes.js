// ภาษีของฉัน: what is hers to pay until when, once she has proved that it is hers.

import './styles/base.css';
import './styles/form.css';
import './styles/track.css';
import './styles/taxes.css';
import { call, withRetries } from './lib/api.js';
import { $ } from './lib/dom.js';
import { gate } from './lib/gate.js';
import { keepAboveKeyboard } from './lib/keyboard.js';
import { draw } from './taxes/list.js';

gate(async () => {
  const { body } = await withRetries(() => call('/api/v1/taxes'), { tries: 3 });
  return () => draw($('#taxes'), body);
});
keepAboveKeyboard();

// Brought back from the browser's memory, the page may tell of what is paid by now.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});
