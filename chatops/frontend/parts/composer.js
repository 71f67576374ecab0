// Writing: text, pictures, cards, internal notes. What was typed stays until it is sent.
import { el, icon } from "./dom.js";
import { get, post, SignedOut } from "./net.js";
import { show, close } from "./dialogs.js";
import { signedOut } from "../../../bannmae/frontend/session.js";

const TYPING = 4000; // ms after the last key

const newKey = () =>
  crypto.randomUUID
    ? crypto.randomUUID()
    : // Without https (in the office's own network) browsers keep randomUUID back.
      "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
        (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
      );

export class Composer {
  constructor(root, { url, config, drafts, onSent, quoteOf }) {
    this.form = root.querySelector(".ct-compose");
    this.text = this.form.querySelector("textarea");
    this.error = this.form.querySelector(".ct-error");
    this.count = this.form.querySelector(".ct-count");
    this.send = this.form.querySelector(".ct-send");
    this.attached = this.form.querySelector(".ct-attached");
    this.quoting = this.form.querySelector(".ct-quoting");
    this.file = this.form.querySelector("input[type=file]");
    // The theme writes the file's name into a field that ours has not, unless this is set.
    this.file.hasChangeListener = true;
    this.noteButton = this.form.querySelector("[data-note]");
    Object.assign(this, { url, config, drafts, onSent, quoteOf });
    this.pk = null;
    this.pictures = [];
    this.reset();

    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.submit();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.file.addEventListener("change", () => {
      this.attach(this.file.files);
      this.file.value = "";
    });
    this.text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
      if (files.length) {
        event.preventDefault();
        this.attach(files);
      }
    });
    this.form.addEventListener("click", (event) => {
      if (event.target.closest("[data-canned]")) this.canned();
      else if (event.target.closest("[data-links]")) this.links();
      else if (event.target.closest("[data-note]")) this.switch(this.kind === "note" ? "answer" : "note");
      else if (event.target.closest("[data-unquote]")) this.quote(null);
      else {
        const off = event.target.closest("[data-off]");
        if (off) this.detach(Number(off.dataset.off));
      }
    });
  }

  reset() {
    this.key = newKey();
    this.tried = false;
    this.typedAt = 0;
  }

  isTyping() {
    return this.kind === "answer" && Date.now() - this.typedAt < TYPING;
  }

  about(head) {
    this.head = head;
    this.hint();
  }

  hint() {
    const { blocked, state } = this.head ?? {};
    this.text.placeholder =
      this.kind === "note"
        ? "บันทึกภายใน ประชาชนไม่เห็น …"
        : blocked
          ? "ผู้ใช้บล็อกบัญชีนี้ ข้อความจะส่งไม่ถึงจนกว่าจะเลิกบล็อก"
          : state === "done"
            ? "เรื่องนี้เสร็จสิ้นแล้ว ส่งข้อความเพิ่มได้โดยไม่เปิดเรื่องอีก …"
            : "พิมพ์ข้อความถึงประชาชน …";
  }

  open(head, facts) {
    this.pk = head.pk;
    this.head = head;
    this.facts = facts;
    this.form.hidden = !head.may_answer;
    this.pictures = [];
    this.reset();
    this.switch("answer", true);
  }

  close() {
    this.pk = null;
    this.form.hidden = true;
  }

  // What was typed so far belongs to the kind that it was typed for.
  switch(kind, opening = false) {
    if (!opening) this.save();
    this.kind = kind;
    const draft = this.drafts.load(this.pk, kind);
    const isNote = kind === "note";
    this.form.classList.toggle("ct-noting", isNote);
    this.noteButton.setAttribute("aria-pressed", String(isNote));
    this.hint();
    this.text.setAttribute("aria-label", isNote ? "บันทึกภายใน" : "ข้อความถึงประชาชน");
    this.send.textContent = isNote ? "บันทึก" : "ส่ง";
    this.text.value = draft.text;
    if (!isNote && draft.key) this.key = draft.key;
    this.tried = Boolean(!isNote && draft.tried);
    this.quote(isNote ? null : (draft.quote ?? null));
    this.tell("");
    this.showAttached();
    this.fit();
    if (!opening) this.text.focus();
  }

  save() {
    if (!this.pk) return;
    const { key, tried, quoted: quote } = this;
    this.drafts.save(this.pk, this.kind, { text: this.text.value, key, tried, quote });
  }

  typed() {
    this.typedAt = this.text.value ? Date.now() : 0;
    // Other words are another message; the same ones sent twice are one.
    if (this.tried) this.reset();
    this.typedAt = this.text.value ? Date.now() : 0;
    this.save();
    this.fit();
    this.tell("");
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, innerHeight * 0.3)}px`;
    const length = this.text.value.trim().length;
    const over = this.kind === "answer" && length > this.config.max_text;
    this.count.textContent =
      length > this.config.max_text * 0.8
        ? `${length.toLocaleString()} / ${this.config.max_text.toLocaleString()}`
        : "";
    this.count.classList.toggle("ct-over", over);
  }

  tell(words) {
    this.error.replaceChildren(words);
  }

  quote(pk) {
    this.quoted = pk;
    const words = pk ? this.quoteOf(pk) : "";
    this.quoting.hidden = !words;
    this.quoting.querySelector("span").textContent = words ? `อ้างถึง: ${words}` : "";
    if (!words) this.quoted = null;
    if (pk) this.text.focus();
  }

  attach(files) {
    for (const file of files) {
      if (this.pictures.length >= this.config.max_pictures - 1) {
        this.tell(`แนบรูปภาพได้ครั้งละไม่เกิน ${this.config.max_pictures - 1} รูป`);
        break;
      }
      this.pictures.push(file);
    }
    if (this.tried) this.reset();
    this.showAttached();
  }

  detach(index) {
    this.pictures.splice(index, 1);
    if (this.tried) this.reset();
    this.showAttached();
  }

  showAttached() {
    this.attached.replaceChildren(
      ...(this.kind === "note" ? [] : this.pictures).map((file, index) => {
        const image = el("img", { alt: file.name });
        image.src = URL.createObjectURL(file);
        image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
        // HEIC is no picture to most browsers.
        image.addEventListener("error", () => image.replaceWith(el("span", { text: file.name })));
        return el(
          "span",
          { class: "ct-thumb" },
          image,
          el("button", { type: "button", "data-off": index, "aria-label": `เอา ${file.name} ออก`, text: "✕" }),
        );
      }),
    );
  }

  // The poll shows what arrived although its answer was lost.
  arrived(hasSent) {
    if (this.tried && !this.sending && hasSent(this.key)) this.sent();
  }

  sent() {
    this.text.value = "";
    this.pictures = [];
    this.reset();
    this.quote(null);
    this.save();
    this.showAttached();
    this.tell("");
    this.fit();
  }

  async submit(link = "") {
    if (this.sending || !this.pk) return;
    const pk = this.pk;
    const isNote = this.kind === "note" && !link;
    const text = link ? "" : this.text.value.trim();
    const pictures = link ? [] : isNote ? [] : this.pictures;
    if (!text && !pictures.length && !link) return this.text.focus();
    const key = link ? newKey() : this.key;
    this.sending = true;
    this.send.disabled = true;
    this.text.readOnly = true;
    this.tell("");
    if (!link) {
      this.tried = !isNote;
      this.save();
    }
    const slow = setTimeout(() => this.tell("กำลังส่ง …"), 1000);
    try {
      const told = isNote
        ? await post(`${this.url}${pk}/note/`, { text })
        : await post(`${this.url}${pk}/answer/`, {
            key,
            text,
            link,
            quote: this.quoted && !link ? this.quoted : "",
            pictures,
          });
      clearTimeout(slow);
      if (!link) {
        this.drafts.save(pk, isNote ? "note" : "answer", { text: "" });
        if (this.pk === pk) {
          this.sent();
          if (isNote) this.switch("answer");
        }
      }
      this.onSent(told);
    } catch (error) {
      clearTimeout(slow);
      if (this.pk === pk) this.tell(error instanceof SignedOut ? signedOut() : error.message);
      if (link) throw error;
      if (error.data?.case || error.data?.gone) this.onSent(error.data);
    } finally {
      clearTimeout(slow);
      this.sending = false;
      this.send.disabled = false;
      this.text.readOnly = false;
      if (this.error.textContent === "กำลังส่ง …") this.tell("");
    }
  }

  // -- canned replies and links --------------------------------------------------------------

  fill(text) {
    const facts = this.facts ?? {};
    // A telephone that nobody has written down takes its label with it.
    return text.replace(/((?:\s*โทร\.?)?\s*)\{(\w+)\}/g, (whole, label, name) => {
      if (!(name in facts)) return whole;
      return facts[name] ? label + facts[name] : "";
    });
  }

  insert(text) {
    if (this.kind === "note") this.switch("answer");
    const { selectionStart: start, selectionEnd: end, value } = this.text;
    const gap = start && !/\s$/.test(value.slice(0, start)) ? "\n" : "";
    this.text.setRangeText(gap + text, start, end, "end");
    this.typed();
    this.text.focus();
  }

  async canned() {
    let replies;
    try {
      ({ replies } = await get(`${this.url}canned/`));
    } catch (error) {
      return this.tell(error instanceof SignedOut ? signedOut() : error.message);
    }
    const search = el("input", {
      type: "search",
      class: "bm-input",
      placeholder: "ค้นหาข้อความสำเร็จรูป",
      "aria-label": "ค้นหาข้อความสำเร็จรูป",
      autocomplete: "off",
      autofocus: true,
    });
    const list = el("ul", { class: "ct-canned" });
    const fill = () => {
      const wanted = search.value.normalize("NFC").toLocaleLowerCase("th").split(/\s+/).filter(Boolean);
      const found = replies.filter((one) => {
        const words = `${one.title} ${one.text}`.normalize("NFC").toLocaleLowerCase("th");
        return wanted.every((word) => words.includes(word));
      });
      list.replaceChildren(
        ...found.map((one) =>
          el(
            "li",
            {},
            el(
              "button",
              {
                type: "button",
                onclick: () => {
                  close();
                  this.insert(this.fill(one.text));
                },
              },
              el("b", { text: one.title }),
              one.division ? el("span", { class: "bm-tag", text: one.division }) : null,
              el("span", { text: this.fill(one.text) }),
            ),
          ),
        ),
      );
      if (!found.length) {
        list.append(
          el("li", {
            class: "bm-quiet",
            text: replies.length ? "ไม่พบข้อความที่ค้นหา" : "ยังไม่มีข้อความสำเร็จรูป เพิ่มได้ในเมนู “ข้อความสำเร็จรูป”",
          }),
        );
      }
    };
    search.addEventListener("input", fill);
    search.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")];
      if (event.key === "Enter") {
        event.preventDefault();
        buttons[0]?.click();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        buttons[0]?.focus();
      }
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = [...list.querySelectorAll("button")];
      const next = buttons.indexOf(document.activeElement) + step;
      (buttons[next] ?? search).focus();
    });
    fill();
    const foot = document.getElementById("chat-canned-foot")?.content.cloneNode(true);
    show("ข้อความสำเร็จรูป", [search, list, foot ?? ""], {});
  }

  links() {
    const chosen = this.config.links.map((link, index) =>
      el(
        "label",
        { class: "ct-choice" },
        el("input", { type: "radio", name: "link", value: link.key, required: true, checked: index === 0 }),
        link.title,
      ),
    );
    show("แทรกแบบฟอร์ม/ลิงก์", [el("p", { class: "bm-quiet", text: "ส่งเป็นการ์ดพร้อมปุ่มให้ประชาชนกด" }), ...chosen], {
      button: "ส่งการ์ด",
      act: (data) => this.submit(String(data.get("link"))),
    });
  }
}
