// The control API of the simulator process: the only module that knows its addresses.

/** The simulator process did not answer at all. */
export class Unreachable extends Error {}

/** The simulator answered, but refused. `status` is the HTTP status. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const STATE_TIMEOUT_MS = 5_000;
const SEND_TIMEOUT_MS = 30_000;

export class SimulatorClient {
  /** @param {string} origin address of the simulator process, without a trailing slash */
  constructor(origin) {
    this.origin = origin.replace(/\/+$/, "");
  }

  /** Everything that changed for `residentId` since the change numbered `after`. */
  state(residentId, after, signal) {
    const query = new URLSearchParams({ resident: residentId ?? "", after: String(after) });
    return this.#call("GET", `/_sim/state?${query}`, { signal, timeout: STATE_TIMEOUT_MS });
  }

  addResident(displayName) {
    return this.#call("POST", "/_sim/residents", { json: { display_name: displayName } });
  }

  sendText(residentId, text, quotedMessageId) {
    const json = { text };
    if (quotedMessageId) json.quoted_message_id = quotedMessageId;
    return this.#resident(residentId, "text", { json });
  }

  /** One or several photos; several make one image set, as LINE's picker does. */
  sendImages(residentId, files) {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    return this.#resident(residentId, "image", { form });
  }

  sendLocation(residentId, place) {
    return this.#resident(residentId, "location", { json: place });
  }

  sendSticker(residentId, packageId, stickerId) {
    return this.#resident(residentId, "sticker", {
      json: { package_id: packageId, sticker_id: stickerId },
    });
  }

  /** What tapping `action` does on LINE's side; `params` is the pick of a date picker. */
  tap(residentId, action, params) {
    return this.#resident(residentId, "action", { json: params ? { action, params } : { action } });
  }

  follow(residentId) {
    return this.#resident(residentId, "follow", { json: { unblocked: false } });
  }

  block(residentId) {
    return this.#resident(residentId, "block", { json: {} });
  }

  unblock(residentId) {
    return this.#resident(residentId, "unblock", { json: {} });
  }

  unsend(residentId, messageId) {
    return this.#resident(residentId, "unsend", { json: { message_id: messageId } });
  }

  /** The address that LINE's own browser would load for a LIFF link. */
  openLiff(residentId, uri) {
    return this.#resident(residentId, "liff", { json: { uri } });
  }

  putFaults(changes) {
    return this.#call("PUT", "/_sim/faults", { json: changes });
  }

  requests(after) {
    return this.#call("GET", `/_sim/requests?after=${after}`, { timeout: STATE_TIMEOUT_MS });
  }

  reset() {
    return this.#call("POST", "/_sim/reset", { json: {} });
  }

  /** Address of a photo that a resident sent. */
  contentUrl(messageId) {
    return `${this.origin}/_sim/content/${encodeURIComponent(messageId)}`;
  }

  #resident(residentId, what, options) {
    return this.#call("POST", `/_sim/residents/${encodeURIComponent(residentId)}/${what}`, options);
  }

  async #call(method, path, { json, form, signal, timeout = SEND_TIMEOUT_MS } = {}) {
    const clock = AbortSignal.timeout(timeout);
    const init = { method, cache: "no-store", signal: signal ? AbortSignal.any([signal, clock]) : clock };
    if (json !== undefined) {
      init.headers = { "Content-Type": "application/json" };
      init.body = JSON.stringify(json);
    } else if (form) {
      init.body = form;
    }
    let response;
    let text;
    try {
      response = await fetch(this.origin + path, init);
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable(`${method} ${path}`, { cause: error });
    }
    const body = parse(text);
    if (!response.ok) {
      throw new Refused(response.status, body?.message ?? body?.detail ?? `HTTP ${response.status}`);
    }
    return body;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
