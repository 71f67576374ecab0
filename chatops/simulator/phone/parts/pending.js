// What the resident sent and the simulator has not confirmed yet. Texts survive a reload of the tab;
// photos cannot, since the browser does not keep a picked file.

import { Refused } from "./api.js";

const STORE = "phone.pending";

export class PendingMessages {
  /**
   * @param {(item: Object) => Promise<{message_id: string}>} deliver sends one item
   * @param {() => void} changed called whenever something here changed
   */
  constructor(deliver, changed) {
    this.deliver = deliver;
    this.changed = changed;
    this.items = readStored();
    this.queue = Promise.resolve();
  }

  /** What to show below a resident's chat: not what already came back as a message. */
  of(residentId, conversation) {
    this.items = this.items.filter((item) => !(item.messageId && conversation.has(item.messageId)
      && item.resident === residentId));
    return this.items.filter((item) => item.resident === residentId);
  }

  /** Put something in the queue; items go one by one, in this order. */
  add(item) {
    const entry = { id: `${Date.now()}-${this.items.length}-${Math.random()}`, status: "sending", ...item };
    this.items.push(entry);
    this.#send(entry);
  }

  retry(item) {
    item.status = "sending";
    this.#send(item);
  }

  discard(item) {
    this.items = this.items.filter((each) => each !== item);
    this.#store();
    this.changed();
  }

  clear() {
    this.items = [];
    this.#store();
  }

  #send(item) {
    this.#store();
    this.changed();
    this.queue = this.queue.then(async () => {
      try {
        const answer = await this.deliver(item);
        item.status = "sent";
        item.messageId = String(answer?.message_id ?? "");
        if (!item.messageId) this.items = this.items.filter((each) => each !== item);
      } catch (error) {
        item.status = "failed";
        item.reason = error instanceof Refused ? error.message : "ติดต่อเครื่องจำลองไม่ได้";
      }
      this.#store();
      this.changed();
    });
  }

  #store() {
    const keep = this.items
      .filter((item) => item.kind === "text" && item.status !== "sent")
      .map(({ id, kind, resident, text, caption, quoted }) => ({ id, kind, resident, text, caption, quoted }));
    sessionStorage.setItem(STORE, JSON.stringify(keep));
  }
}

function readStored() {
  const items = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  return items.map((item) => ({ ...item, status: "failed", reason: "หน้าถูกโหลดใหม่ก่อนส่งเสร็จ" }));
}
