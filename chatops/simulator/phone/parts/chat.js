// The chat: rows in order of time, date separators, read marks, and a scroll position that only
// follows new messages when the reader is at the bottom.

import { arrange, h, iconButton } from "./dom.js";
import { content } from "./bubbles.js";
import { isInvisible } from "./conversation.js";
import { dayKey, dayName, timeOfDay } from "./wording.js";
import ellipsisSvg from "lucide-static/icons/ellipsis.svg";

const NEAR_BOTTOM_PX = 48;
const FIRST_ROWS = 150;
const MORE_ROWS = 150;
const LONG_PRESS_MS = 500;

export class ChatView {
  /**
   * @param {HTMLElement} log the scrolling list
   * @param {HTMLElement} pill button that says that there is something new below
   * @param {Object} account `{name, iconUrl}` of the official account
   * @param {Object} around see `bubbles.js`, and `openMenu(entry, anchor)`, `retry(pending)`,
   *   `discard(pending)`
   */
  constructor(log, pill, account, around) {
    this.log = log;
    this.pill = pill;
    this.account = account;
    this.around = around;
    this.rows = new Map();
    this.following = true;
    this.lastTop = 0;
    this.limit = FIRST_ROWS;
    this.list = h("div", { class: "rows" });
    this.dots = h(
      "div",
      { class: "row theirs first", "data-testid": "loading-animation", hidden: true },
      this.#avatar(account),
      h("div", { class: "bubble dots", "aria-label": "กำลังพิมพ์" }, h("i"), h("i"), h("i")),
    );
    this.more = h(
      "button",
      { type: "button", class: "older", hidden: true, on: { click: () => this.#showOlder() } },
      "ดูข้อความก่อนหน้า",
    );
    this.nothing = h("p", { class: "nothing", hidden: true }, "ยังไม่มีข้อความ แตะเมนูหรือพิมพ์ข้อความเพื่อเริ่มคุย");
    log.replaceChildren(this.more, this.nothing, this.list, this.dots);
    log.addEventListener("scroll", () => this.#noteScroll(), { passive: true });
    pill.addEventListener("click", () => this.toBottom());
    const watcher = new ResizeObserver(() => this.#keepBottom());
    watcher.observe(log);
    watcher.observe(this.list);
    watcher.observe(this.dots);
  }

  /** Forget the rows: another resident's chat comes. */
  clear() {
    this.rows.clear();
    this.limit = FIRST_ROWS;
    this.following = true;
    this.lastTop = 0;
    this.pill.hidden = true;
    this.nothing.hidden = true;
    this.list.replaceChildren();
  }

  /**
   * Show a chat.
   * @param {Array} entries in order of time
   * @param {Array} pending what is on its way, or failed to go
   * @param {number|null} readUntil the account has read what the resident sent up to here
   * @param {boolean} loaded false before the simulator has told what is in the chat
   */
  show(entries, pending, readUntil, loaded) {
    const visible = entries.filter((entry) => !isInvisible(entry));
    const shown = visible.slice(-this.limit);
    this.more.hidden = shown.length === visible.length;
    this.nothing.hidden = !loaded || visible.length + pending.length > 0;
    const nodes = [];
    const used = new Set();
    let previous = null;
    for (const entry of shown) {
      if (!previous || dayKey(previous.at) !== dayKey(entry.at)) {
        nodes.push(this.#separator(entry.at, used));
        previous = null;
      }
      nodes.push(this.#row(entry, previous, readUntil, used));
      previous = entry;
    }
    for (const item of pending) nodes.push(this.#pendingRow(item, used));
    for (const key of this.rows.keys()) if (!used.has(key)) this.rows.delete(key);
    arrange(this.list, nodes);
    this.#keepBottom();
  }

  /** New messages arrived: say so when the reader is not at the bottom. */
  announce() {
    if (!this.following) this.pill.hidden = false;
  }

  setTyping(on) {
    this.dots.hidden = !on;
  }

  toBottom() {
    this.following = true;
    this.pill.hidden = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  #noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    const atBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    // A picture that loads also makes the bottom run away; only the reader scrolls upwards.
    if (atBottom) this.following = true;
    else if (scrollTop < this.lastTop) this.following = false;
    this.lastTop = scrollTop;
    if (this.following) this.pill.hidden = true;
  }

  #keepBottom() {
    if (this.following) this.log.scrollTop = this.log.scrollHeight;
  }

  #showOlder() {
    const below = this.log.scrollHeight - this.log.scrollTop;
    this.limit += MORE_ROWS;
    this.following = false;
    this.around.refresh();
    this.log.scrollTop = this.log.scrollHeight - below;
  }

  #remember(key, state, used, build) {
    used.add(key);
    const known = this.rows.get(key);
    if (known?.state === state) return known.node;
    const node = build();
    this.rows.set(key, { state, node });
    return node;
  }

  #separator(at, used) {
    const name = dayName(at);
    return this.#remember(`day ${dayKey(at)}`, name, used, () => h(
      "div", { class: "day", "data-testid": "date-separator" }, h("span", {}, name),
    ));
  }

  #row(entry, previous, readUntil, used) {
    const own = entry.from === "resident";
    const read = own && readUntil !== null && entry.at <= readUntil;
    const first = !previous || previous.from !== entry.from || previous.unsent
      || timeOfDay(previous.at) !== timeOfDay(entry.at)
      || (previous.sender?.name ?? "") !== (entry.sender?.name ?? "");
    const state = `${entry.seq} ${read} ${first}`;
    return this.#remember(`entry ${entry.key}`, state, used, () => this.#draw(entry, own, read, first));
  }

  #draw(entry, own, read, first) {
    if (entry.unsent) {
      return h(
        "div",
        { class: "day unsent", "data-testid": "message", "data-message-id": entry.id, "data-unsent": "true" },
        h("span", {}, own ? "คุณยกเลิกข้อความแล้ว" : "ข้อความถูกยกเลิก"),
      );
    }
    const { node, wide } = content(entry, this.around);
    const sender = entry.sender ?? {};
    const more = iconButton(ellipsisSvg, "ตัวเลือกของข้อความ", {
      class: "more", "aria-haspopup": "menu",
      on: { click: () => this.around.openMenu(entry, more) },
    });
    const meta = h(
      "div",
      { class: "meta" },
      own && read ? h("span", { "data-testid": "read-mark" }, "อ่านแล้ว") : null,
      h("time", { datetime: new Date(entry.at).toISOString() }, timeOfDay(entry.at)),
    );
    const row = h(
      "article",
      {
        class: `row ${own ? "ours" : "theirs"} ${first ? "first" : ""} ${wide ? "wide" : ""}`,
        "data-testid": "message",
        "data-message-id": entry.id,
        "data-from": entry.from,
        "data-type": entry.message.type,
        "data-via": entry.via,
        "aria-label": `${own ? "คุณ" : sender.name || this.account.name} ${timeOfDay(entry.at)}`,
      },
      own ? null : this.#avatar({ name: sender.name || this.account.name, iconUrl: sender.iconUrl }),
      h(
        "div",
        { class: "stack" },
        own || !first ? null : this.#senderLine(sender),
        h("div", { class: "line" }, node, h("div", { class: "aside" }, more, meta)),
      ),
    );
    this.#listenForLongPress(row, entry, more);
    return row;
  }

  #senderLine(sender) {
    return h(
      "div",
      { class: "sender", "data-testid": "sender-name" },
      sender.name || this.account.name,
      sender.name ? h("small", {}, ` จาก ${this.account.name}`) : null,
    );
  }

  #avatar({ name, iconUrl }) {
    const disc = h("div", { class: "avatar", "aria-hidden": "true" }, initial(name));
    if (iconUrl) {
      const picture = h("img", { src: iconUrl, alt: "", draggable: "false" });
      picture.addEventListener("load", () => disc.replaceChildren(picture));
    }
    return disc;
  }

  #listenForLongPress(row, entry, anchor) {
    row.addEventListener("contextmenu", (event) => {
      if (event.target.closest("a")) return;
      event.preventDefault();
      this.around.openMenu(entry, anchor);
    });
    let timer = null;
    const stop = () => clearTimeout(timer);
    row.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      timer = setTimeout(() => this.around.openMenu(entry, anchor), LONG_PRESS_MS);
    });
    for (const name of ["pointerup", "pointercancel", "pointermove", "pointerleave"]) {
      row.addEventListener(name, stop);
    }
  }

  #pendingRow(item, used) {
    return this.#remember(`pending ${item.id}`, item.status, used, () => {
      const failed = item.status === "failed";
      return h(
        "article",
        { class: "row ours first pending", "data-testid": "pending-message", "data-status": item.status },
        h(
          "div",
          { class: "stack" },
          h(
            "div",
            { class: "line" },
            h("div", { class: "bubble" }, h("p", { class: "words" }, item.caption)),
            h("div", { class: "aside" }, h("div", { class: "meta" }, failed ? "ส่งไม่สำเร็จ" : "กำลังส่ง…")),
          ),
          failed ? h(
            "div",
            { class: "pending-actions" },
            item.reason ? h("span", {}, item.reason) : null,
            h("button", { type: "button", on: { click: () => this.around.retry(item) } }, "ส่งอีกครั้ง"),
            h("button", { type: "button", on: { click: () => this.around.discard(item) } }, "ลบ"),
          ) : null,
        ),
      );
    });
  }
}

/** First letter to show in a disc: a Thai leading vowel is skipped for the consonant after it. */
export function initial(name) {
  const letters = [...(name ?? "").replace(/^(นางสาว|นาง|นาย|เทศบาลตำบล|อุ๊ย|ตำบล)\s*/, "").trim()];
  return letters.find((letter) => !/[\u0E30-\u0E4E]/.test(letter)) ?? "?";
}
