// ติดตามสถานะ: all of her cases, or the one that the address names.

import './styles/base.css';
import './styles/form.css';
import './styles/photos.css';
import './styles/track.css';
import { withRetries } from './lib/api.js';
import { $ } from './lib/dom.js';
import { gate } from './lib/gate.js';
import { keepAboveKeyboard } from './lib/keyboard.js';
import { drawCase, drawUnknown, loadCase } from './track/case.js';
import { drawList, loadList } from './track/list.js';
import { numberInAddress } from './track/parts.js';

gate(async () => {
  const root = $('#track');
  const number = numberInAddress('track');
  if (!number) {
    const cases = await withRetries(loadList, { tries: 3 });
    return () => drawList(root, cases);
  }
  try {
    const one = await withRetries(() => loadCase(number), { tries: 3 });
    return () => drawCase(root, one);
  } catch (error) {
    if (error.status !== 404) throw error;
    return () => drawUnknown(root);
  }
});
keepAboveKeyboard();

// Brought back from the browser's memory, the page may tell an old status.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});
