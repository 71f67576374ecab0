// The LIFF endpoint: lets the SDK carry on to the page that a link named, else shows the services.

import './styles/base.css';
import { gate } from './lib/gate.js';
import { startLiff } from './lib/session.js';

const SDK_LEAVES_MS = 4000;

// '/track/69-0042' of ?liff.state=…, '' when the link named no page.
function namedPage() {
  const state = new URLSearchParams(window.location.search).get('liff.state') || '';
  return /^\/[^/]/.test(state) ? state : '';
}

gate(async () => {
  const page = namedPage();
  if (page) {
    // The SDK leaves by itself once init has ended; if it does not, we do.
    await new Promise((resolve) => setTimeout(resolve, SDK_LEAVES_MS));
    window.location.replace(`/liff${page}`);
    await new Promise(() => {});
  }
  return () => {};
}, startLiff);
