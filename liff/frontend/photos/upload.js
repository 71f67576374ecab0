// One photo on its way to the server: progress, and errors as the API module has them.

import { ApiError, authHeaders, call, NetworkError } from '../lib/api.js';

const STALLED_MS = 60000; // without a byte moving

// Resolves to the server's answer. `onProgress(0…1)`; `signal` stops it.
export async function upload(blob, name, { onProgress, signal }) {
  try {
    return await send(blob, name, onProgress, signal);
  } catch (error) {
    if (error.status !== 401) throw error;
    // Any call of ours signs in anew when the session has ended; then once more.
    await call('/api/v1/me');
    return send(blob, name, onProgress, signal);
  }
}

function send(blob, name, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const end = (settle, value) => {
      clearTimeout(stalled);
      if (signal) signal.removeEventListener('abort', stop);
      settle(value);
    };
    const stop = () => request.abort();
    request.open('POST', '/api/v1/photos');
    request.responseType = 'text';
    request.setRequestHeader('Accept', 'application/json');
    for (const [header, value] of Object.entries(authHeaders())) {
      request.setRequestHeader(header, value);
    }
    request.upload.onprogress = (event) => {
      watch();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch (error) {
        // An error page of something between us and the server.
      }
      if (request.status === 201 && body) return end(resolve, body);
      const retryAfter = Number(request.getResponseHeader('Retry-After')) || 0;
      return end(reject, new ApiError(request.status, body, retryAfter));
    };
    request.onerror = () => end(reject, new NetworkError('upload failed'));
    request.onabort = () => end(reject, new NetworkError('upload stopped'));
    if (signal) signal.addEventListener('abort', stop);
    watch();
    const form = new FormData();
    form.append('file', blob, name);
    request.send(form);
  });
}
