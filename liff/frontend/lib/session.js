// Start-up: LIFF, then our own session. Ends with who is there, or with a Problem that tells
// what to do. https://developers.line.biz/en/docs/liff/developing-liff-apps/

import { ApiError, call, NetworkError, onSignedOut, useBearer } from './api.js';
import { config } from './config.js';
import { onceInWindow } from './store.js';

const SDK_TIMEOUT_MS = 15000;
const INIT_TIMEOUT_MS = 15000;
const CLOCK_TOLERANCE_MS = 3 * 60 * 1000;
const LOGIN_TRIED = 'bannmae.login';
// What LINE's login adds to the address that it comes back to. The SDK reads it and leaves it there.
const OF_LOGIN = [
  'code',
  'state',
  'liffClientId',
  'liffRedirectUri',
  'error',
  'error_description',
  'liffOAuth2Error',
];

// What went wrong, in words for the person at the phone.
export class Problem extends Error {
  constructor(title, advice, { code = '', canRetry = true, canClose = false } = {}) {
    super(title);
    this.advice = advice;
    this.code = code;
    this.canRetry = canRetry;
    this.canClose = canClose;
  }
}

const OFFLINE = () =>
  new Problem(
    'ติดต่อระบบไม่ได้',
    'กรุณาตรวจสอบสัญญาณอินเทอร์เน็ต แล้วกด “ลองอีกครั้ง”',
    { code: 'network' },
  );
const WRONG_CLOCK = () =>
  new Problem(
    'เวลาในเครื่องไม่ตรง',
    'กรุณาตรวจสอบนาฬิกาในเครื่อง โดยตั้งวันที่และเวลาเป็น “อัตโนมัติ” แล้วกด “ลองอีกครั้ง”',
    { code: 'clock' },
  );

// Loads the SDK, initialises LIFF. On LINE's first redirect the SDK itself leaves the page.
export async function startLiff() {
  const liff = await sdk();
  try {
    await within(liff.init({ liffId: config.liffId }), INIT_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Another try must not find the old answer of LINE's login again.
    tidyAddress();
    throw await initProblem(error);
  }
  tidyAddress();
  // The SDK turns every page light; ours know both.
  document.documentElement.style.removeProperty('color-scheme');
  return liff;
}

// Drops what LINE's login left in the address, once the SDK is done with it: the next login would
// bring it back twice, which the SDK then takes for a forged token. What the SDK itself adds on
// Android (liffIsEscapedFromApp) stays: without it a reload of the page has it wait for ever.
function tidyAddress() {
  const here = new URL(window.location.href);
  if (!OF_LOGIN.some((name) => here.searchParams.has(name))) return;
  OF_LOGIN.forEach((name) => here.searchParams.delete(name));
  window.history.replaceState(window.history.state, '', here);
}

// Signs the resident in. Returns {liff, sub, name}; does not return when LINE's login opens.
export async function signIn() {
  const liff = await startLiff();
  if (!liff.isLoggedIn()) return login(liff);
  const person = await exchange(liff);
  onSignedOut(() => renew(liff, person));
  onceInWindow.clear(LOGIN_TRIED);
  return person;
}

async function exchange(liff) {
  const token = liff.getIDToken();
  const claims = liff.getDecodedIDToken();
  if (!token || !claims) return login(liff);
  try {
    await call('/api/v1/session', { method: 'POST', json: { id_token: token }, renew: false });
  } catch (error) {
    if (error instanceof NetworkError) throw OFFLINE();
    if (error instanceof ApiError && !error.permanent) throw busy(error);
    // The token is old, or the server does not take it: LINE makes a new one.
    if (await clockIsWrong()) throw WRONG_CLOCK();
    return login(liff, { again: true });
  }
  return { liff, sub: claims.sub, name: claims.name || '', token };
}

// The session ended while the page was open. True when the call is worth another try.
async function renew(liff, person) {
  const token = liff.getIDToken();
  const claims = liff.getDecodedIDToken();
  if (!token || !claims || claims.sub !== person.sub) return false;
  try {
    await call('/api/v1/session', { method: 'POST', json: { id_token: token }, renew: false });
    const kept = await fetch('/api/v1/me', { credentials: 'same-origin', cache: 'no-store' });
    if (kept.status === 401) useBearer(token);
    return true;
  } catch (error) {
    return false;
  }
}

// Leaves for LINE's login, and back to this very address; once, so that it never turns in circles.
async function login(liff, { again = false } = {}) {
  if (onceInWindow.seen(LOGIN_TRIED, 60000)) {
    onceInWindow.clear(LOGIN_TRIED);
    throw new Problem(
      'เข้าสู่ระบบด้วย LINE ไม่สำเร็จ',
      'กรุณาปิดหน้านี้ แล้วเปิดใหม่จากเมนูในแชต หากยังไม่ได้ โปรดติดต่อเทศบาล',
      { code: 'login', canClose: liff.isInClient() },
    );
  }
  onceInWindow.mark(LOGIN_TRIED);
  if (again) liff.logout();
  if (liff.isInClient()) window.location.reload();
  else liff.login({ redirectUri: window.location.href.split('#')[0] });
  return new Promise(() => {});
}

async function initProblem(error) {
  const code = error && error.code ? String(error.code) : '';
  if (/^access_denied/i.test(error && error.message)) {
    onceInWindow.clear(LOGIN_TRIED); // she was asked and said no: that was no turn in a circle
    return new Problem(
      'ยังไม่ได้เข้าสู่ระบบด้วย LINE',
      'หน้านี้ใช้ได้เมื่อเข้าสู่ระบบแล้วเท่านั้น กรุณากด “ลองอีกครั้ง” แล้วกดอนุญาต',
      { code: 'denied' },
    );
  }
  if (await clockIsWrong()) return WRONG_CLOCK();
  if (!navigator.onLine || /failed to fetch|network|load failed/i.test(String(error))) {
    return OFFLINE();
  }
  return new Problem(
    'เปิดหน้านี้ใน LINE ไม่สำเร็จ',
    'กรุณากด “ลองอีกครั้ง” หรือปิดหน้านี้แล้วเปิดใหม่จากเมนูในแชต',
    { code },
  );
}

function busy(error) {
  return new Problem(
    'ระบบมีผู้ใช้งานมากหรือกำลังปรับปรุง',
    'กรุณารอสักครู่ แล้วกด “ลองอีกครั้ง”',
    { code: String(error.status) },
  );
}

// Compares the phone's clock with the Date that our own server puts on every answer.
async function clockIsWrong() {
  try {
    const answer = await fetch('/healthz', { cache: 'no-store' });
    const server = Date.parse(answer.headers.get('Date') || '');
    return Math.abs(Date.now() - server) > CLOCK_TOLERANCE_MS;
  } catch (error) {
    return false;
  }
}

// The template asks for the SDK; when that failed (a tunnel, a lift), a retry asks again.
function sdk() {
  if (window.liff) return Promise.resolve(window.liff);
  return within(
    new Promise((resolve, reject) => {
      const arrived = () => (window.liff ? resolve(window.liff) : reject(OFFLINE()));
      const first = document.getElementById('liff-sdk');
      if (first && !first.dataset.waited && !loadFinished(first)) {
        first.dataset.waited = 'yes';
        first.addEventListener('load', arrived);
        first.addEventListener('error', () => inject(arrived, () => reject(OFFLINE())));
      } else {
        inject(arrived, () => reject(OFFLINE()));
      }
    }),
    SDK_TIMEOUT_MS,
  );
}

// Our deferred script may run after the SDK's tag has failed already.
function loadFinished(script) {
  const entries = performance.getEntriesByName ? performance.getEntriesByName(script.src) : [];
  return entries.length > 0;
}

function inject(onload, onerror) {
  const script = document.createElement('script');
  script.src = config.sdkUrl;
  script.charset = 'utf-8';
  script.onload = onload;
  script.onerror = onerror;
  document.head.append(script);
}

function within(promise, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new Problem(
            'LINE ตอบช้ากว่าปกติ',
            'สัญญาณอินเทอร์เน็ตอาจไม่ดี กรุณากด “ลองอีกครั้ง” หรือปิดหน้านี้แล้วเปิดใหม่จากเมนูในแชต',
            { code: 'timeout' },
          ),
        ),
      ms,
    );
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
