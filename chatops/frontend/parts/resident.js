// The resident on the right: a piece of page from the server, its small forms over fetch.
import { el } from "./dom.js";
import { getHtml, post, SignedOut } from "./net.js";
import { signedOut } from "../../../bannmae/frontend/session.js";

export class ResidentPane {
  constructor(root, { url, drafts, onOpen }) {
    this.place = root.querySelector("#chat-resident");
    this.url = url;
    this.drafts = drafts;
    this.pk = null;
    this.place.addEventListener("input", (event) => {
      if (event.target.matches("[data-note-form] textarea")) {
        this.drafts.save(this.pk, "resident", { text: event.target.value });
      }
    });
    this.place.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      if (form.matches("[data-note-form]")) this.note(form);
      else if (form.matches("[data-label-form]")) this.label(form);
    });
    this.place.addEventListener("click", (event) => {
      const off = event.target.closest("[data-label-off]");
      if (off) this.act("label", { label: off.dataset.labelOff, off: "1" });
      const chat = event.target.closest("a[href*='?case=']");
      if (chat && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        onOpen(Number(new URL(chat.href).searchParams.get("case")));
      }
    });
  }

  async open(pk) {
    this.pk = pk;
    this.place.replaceChildren(el("p", { class: "ct-panel bm-quiet", text: "กำลังโหลด …" }));
    await this.load();
  }

  clear() {
    this.pk = null;
    this.place.replaceChildren();
  }

  async load() {
    const pk = this.pk;
    try {
      const html = await getHtml(`${this.url}${pk}/resident/`);
      if (pk !== this.pk) return;
      this.place.innerHTML = html;
      const note = this.place.querySelector("[data-note-form] textarea");
      if (note) note.value = this.drafts.load(pk, "resident").text;
    } catch (error) {
      if (pk === this.pk) this.tell(error);
    }
  }

  tell(error) {
    this.place.querySelector(".ct-error")?.remove();
    const words = error instanceof SignedOut ? signedOut() : error.message;
    this.place.prepend(el("div", { class: "ct-error ct-panel", role: "alert" }, words));
  }

  async act(what, fields) {
    const { pk } = this;
    try {
      await post(`${this.url}${pk}/${what}/`, fields);
      if (what === "resident-note") this.drafts.save(pk, "resident", { text: "" });
      await this.load();
      return true;
    } catch (error) {
      this.tell(error);
      return false;
    }
  }

  note(form) {
    const text = form.elements.text.value.trim();
    if (text) this.act("resident-note", { text });
  }

  label(form) {
    const name = form.elements.name.value.trim();
    if (!name) return;
    const known = [...form.querySelectorAll("option")].find((one) => one.value === name);
    this.act("label", known ? { label: known.dataset.pk } : { name });
  }
}
