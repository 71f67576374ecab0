// The emergency numbers over the form: whoever looks at them and comes back has lost nothing.

import { $, show } from '../lib/dom.js';
import { closeOverlay, openOverlay } from '../lib/overlay.js';

export function emergencyOverForm(form) {
  const cover = $('#emergency');
  const link = $('#emergency-link');
  const onKey = (event) => {
    if (event.key === 'Escape') closeOverlay();
  };
  link.addEventListener('click', (event) => {
    event.preventDefault();
    show(cover, true);
    form.inert = true;
    document.body.classList.add('covered');
    document.addEventListener('keydown', onKey);
    $('h2', cover).focus();
    openOverlay(() => {
      show(cover, false);
      form.inert = false;
      document.body.classList.remove('covered');
      document.removeEventListener('keydown', onKey);
      link.focus({ preventScroll: true });
    });
  });
  $('button', cover).addEventListener('click', closeOverlay);
}
