// The bottom of the chat: rich menu or keyboard row, quick replies, and the drafts, which are kept
// for each resident in this tab.

import { arrange, h } from "./dom.js";
import { RichMenu } from "./richmenu.js";

const DRAFTS = "phone.drafts";

export class Composer {
  /**
   * @param {HTMLElement} root the phone's bottom part
   * @param {Object} act `sendText(text, quoted)`, `sendImages(files)`, `askLocation()`,
   *   `pickSticker()`, `tap(action)`, `unblock()`
   */
  constructor(root, act) {
    this.act = act;
    this.resident = null;
    this.menu = null;
    this.menuShown = false;
    this.typing = false;
    this.quoted = null;
    this.drafts = JSON.parse(sessionStorage.getItem(DRAFTS) ?? "{}");
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries([
      "bar", "menu-bar", "input", "send", "extra", "extras", "files", "photos", "to-menu", "to-keyboard",
      "menu-toggle", "menu-text", "menu-place", "quick-replies", "quote", "quote-text", "quote-off",
      "blocked", "unblock", "place", "sticker",
    ].map((name) => [name, find(name)]));
    this.richMenu = new RichMenu(this.parts["menu-place"], act.tap);
    this.#listen();
  }

  #listen() {
    const { parts } = this;
    parts.bar.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    parts.input.addEventListener("input", () => this.#noteDraft());
    parts.input.addEventListener("keydown", (event) => {
      // Enter also ends a composition (Thai and Japanese input methods): that one does not send.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    });
    parts.extra.addEventListener("click", () => this.#showExtras(parts.extras.hidden));
    parts.photos.addEventListener("click", () => this.pickPhotos());
    parts.files.addEventListener("change", () => {
      const files = [...parts.files.files];
      parts.files.value = "";
      if (files.length) this.act.sendImages(files);
    });
    parts.place.addEventListener("click", () => this.act.askLocation());
    parts.sticker.addEventListener("click", () => this.act.pickSticker());
    parts["to-keyboard"].addEventListener("click", () => {
      this.typing = true;
      this.#refresh();
      parts.input.focus();
    });
    parts["to-menu"].addEventListener("click", () => {
      this.typing = false;
      this.menuShown = true;
      this.#refresh();
      parts["menu-toggle"].focus();
    });
    parts["menu-toggle"].addEventListener("click", () => this.openMenu(!this.menuShown));
    parts["quote-off"].addEventListener("click", () => this.setQuote(null));
    parts.unblock.addEventListener("click", () => this.act.unblock());
  }

  /** Show the bottom part for this resident, with what she had begun to type. */
  setResident(residentId) {
    if (residentId === this.resident) return;
    this.resident = residentId;
    this.menu = null;
    this.menuShown = false;
    this.typing = false;
    this.setQuote(null);
    this.parts.input.value = this.drafts[residentId] ?? "";
    this.#grow();
    this.#showExtras(false);
    this.#refresh();
  }

  /** Take in the resident's menu and whether she blocked the account. */
  setState(menu, blocked) {
    const first = menu && !this.menu;
    this.menu = menu;
    if (first) {
      this.menuShown = Boolean(menu.selected);
      this.typing = this.parts.input.value !== "" || this.parts.input === document.activeElement;
    }
    if (!menu) this.menuShown = false;
    this.richMenu.show(menu);
    this.blocked = blocked;
    this.#refresh();
  }

  /** Quick replies of the newest message; an empty list takes the row away. */
  setQuickReplies(items) {
    const row = this.parts["quick-replies"];
    const key = JSON.stringify(items);
    if (row.dataset.key === key) return;
    row.dataset.key = key;
    row.hidden = items.length === 0;
    row.scrollLeft = 0;
    arrange(row, items.map((item) => h(
      "button",
      { type: "button", class: "quick-reply", on: { click: () => this.act.tap(item.action) } },
      item.imageUrl ? h("img", { src: item.imageUrl, alt: "" }) : null,
      item.action?.label ?? "",
    )));
  }

  /** Quote a message with the next text; null ends it. */
  setQuote(quote) {
    this.quoted = quote;
    this.parts.quote.hidden = !quote;
    this.parts["quote-text"].textContent = quote?.text ?? "";
    if (quote) this.showKeyboard();
  }

  showKeyboard() {
    this.typing = true;
    this.#refresh();
    this.parts.input.focus();
  }

  /** Put words into the input, as a postback's `fillInText` does; typed words are not lost. */
  fillIn(text) {
    if (text && !this.parts.input.value) this.parts.input.value = text;
    this.#noteDraft();
    this.showKeyboard();
  }

  openMenu(open) {
    if (!this.menu) return;
    this.menuShown = open;
    this.typing = false;
    this.#refresh();
  }

  pickPhotos() {
    this.parts.files.click();
  }

  forgetDrafts() {
    this.drafts = {};
    sessionStorage.removeItem(DRAFTS);
    this.parts.input.value = "";
    this.#grow();
    this.#refresh();
  }

  #send() {
    const text = this.parts.input.value;
    if (!text.trim()) return;
    this.act.sendText(text, this.quoted);
    this.setQuote(null);
    this.parts.input.value = "";
    this.#noteDraft();
  }

  #noteDraft() {
    const { value } = this.parts.input;
    if (value) this.drafts[this.resident] = value;
    else delete this.drafts[this.resident];
    sessionStorage.setItem(DRAFTS, JSON.stringify(this.drafts));
    this.#grow();
    this.#refresh();
  }

  #grow() {
    const { input } = this.parts;
    input.style.height = "";
    // While the row is hidden nothing can be measured; it grows when it is shown.
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
  }

  #showExtras(open) {
    this.parts.extras.hidden = !open;
    this.parts.extra.setAttribute("aria-expanded", String(open));
  }

  #refresh() {
    const { parts } = this;
    const withMenu = Boolean(this.menu);
    const keyboard = this.typing || !withMenu;
    parts.blocked.hidden = !this.blocked;
    parts.bar.hidden = this.blocked || !keyboard;
    parts["menu-bar"].hidden = this.blocked || keyboard;
    parts["to-menu"].hidden = !withMenu;
    if (!keyboard || this.blocked) parts.extras.hidden = true;
    const shown = !keyboard && this.menuShown && !this.blocked;
    parts["menu-place"].hidden = !shown;
    parts["menu-toggle"].setAttribute("aria-expanded", String(shown));
    parts["menu-text"].textContent = this.menu?.chat_bar_text ?? "เมนู";
    parts.send.disabled = !parts.input.value.trim();
    if (!parts.input.style.height) this.#grow();
  }
}
