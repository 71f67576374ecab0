// The JSON API: CSRF, time-outs, one error class for each thing that a page does differently.

export class ApiError extends Error {
  constructor(status, body, retryAfter) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter; // seconds, or 0
  }

  get permanent() {
    if (this.retryAfter > LONGEST_WAIT_S) return true;
    return this.status < 500 && this.status !== 429 && this.status !== 408;
  }

  // The server's own words, when it said something to everybody rather than to a field.
  get detail() {
    return this.body && typeof this.body.detail === 'string' ? this.body.detail : '';
  }
}

export class NetworkError extends Error {
  get permanent() {
    return false;
  }
}

const TIMEOUT_MS = 30000;
// Nobody waits longer with the page open: an answer that asks for more is told instead.
const LONGEST_WAIT_S = 60;
// Set by session.js: signs in anew, true when the call is worth another try.
let renewSession = async () => false;
let bearer = null;

export function onSignedOut(renew) {
  renewSession = renew;
}

// Where the browser keeps no cookie for us, every call carries the ID token instead.
export function useBearer(token) {
  bearer = token;
}

export function authHeaders() {
  if (bearer) return { Authorization: `Bearer ${bearer}` };
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? { 'X-CSRFToken': decodeURIComponent(cookie[1]) } : {};
}

export async function call(path, { method = 'GET', json, headers = {}, renew = true } = {}) {
  const response = await send(path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...authHeaders(),
      ...headers,
    },
    body: json === undefined ? undefined : JSON.stringify(json),
    credentials: 'same-origin',
    cache: 'no-store',
  });
  if (response.status === 401 && renew && (await renewSession())) {
    return call(path, { method, json, headers, renew: false });
  }
  const body = await bodyOf(response);
  if (!response.ok) {
    throw new ApiError(response.status, body, Number(response.headers.get('Retry-After')) || 0);
  }
  return { status: response.status, body };
}

async function send(path, options) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { ...options, signal: control.signal });
  } catch (error) {
    throw new NetworkError(error.message);
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (response.ok && response.status !== 204) throw new NetworkError('The answer was cut off');
    return null;
  }
}

// Runs `task` until it answers, or fails for good. Waits double, and end early when the phone
// is back online. `onWait(attempt)` is told before each wait.
export async function withRetries(task, { tries = 5, firstMs = 1000, onWait = () => {} } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      if (error.permanent !== false || attempt >= tries) throw error;
      onWait(attempt, error);
      const jitter = 0.75 + Math.random() / 2;
      const backOff = firstMs * 2 ** (attempt - 1) * jitter;
      await wait(Math.max(backOff, (error.retryAfter || 0) * 1000));
    }
  }
}

export function wait(ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
  });
}
