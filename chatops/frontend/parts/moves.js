// What can be done with a case: the staff manual's moves, their windows, topic and mode.
import { el, icon } from "./dom.js";
import { get, post } from "./net.js";
import { show } from "./dialogs.js";

// What mostly comes next stands first and in colour.
const USUAL = {
  inbox: "take",
  answered: "take",
  working: "finish",
  waiting: "finish",
  snoozed: "finish",
  done: "back_to_inbox",
};
// Seldom made: in the menu behind ⋯, so that the words have the room.
const RARE = { give_back: "undo", snooze: "snooze", topic: "sell" };

export class Moves {
  constructor(root, { url, drafts, onMoved, onRefused }) {
    this.place = root.querySelector(".ct-moves");
    this.url = url;
    this.drafts = drafts;
    this.onMoved = onMoved;
    this.onRefused = onRefused;
    this.modePlace = root.querySelector(".ct-mode-place");
    this.rare = root.querySelector(".ct-rare");
    for (const place of [this.place, this.rare]) {
      place.addEventListener("click", (event) => {
        const button = event.target.closest("[data-move]");
        if (button) this.press(button.dataset.move, button);
      });
    }
    document.addEventListener("click", (event) => {
      if (!this.menu?.contains(event.target) || event.target.closest(".ct-menu li")) this.fold();
    });
    this.rare.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.menu?.open) return;
      this.fold();
      this.menu.querySelector("summary").focus();
    });
    root.querySelector(".ct-under").addEventListener("click", (event) => {
      if (event.target.closest("[data-topic]")) this.topic();
    });
  }

  // `tools` are more lines of the menu.
  show(head, tools) {
    this.head = head;
    const usual =
      head.state === "working" && !head.mine && head.moves.some((move) => move.key === "take")
        ? "take"
        : USUAL[head.state];
    const moves = head.moves
      .filter((move) => move.key !== "mode")
      .sort((one, other) => (other.key === usual) - (one.key === usual));
    const button = (move, look, ...sign) =>
      el("button", { type: "button", class: look, "data-move": move.key }, ...sign, move.label);
    const isRare = (move) => move.key in RARE && move.key !== usual;
    this.place.replaceChildren(
      ...moves
        .filter((move) => !isRare(move))
        .map((move) => button(move, `bm-button ${move.key === usual ? "bm-primary" : ""}`)),
    );
    this.mode();
    const lines = [
      ...moves.filter(isRare).map((move) => button(move, "", icon(RARE[move.key]))),
      ...head.prints.map((print) =>
        el("a", { href: print.url, target: "_blank" }, icon("print"), `พิมพ์${print.title}`),
      ),
      ...tools,
    ];
    this.menu = el(
      "details",
      { class: "ct-menu" },
      el("summary", { class: "ct-icon", title: "เพิ่มเติม", "aria-label": "เพิ่มเติม" }, icon("more_horiz")),
      el("ul", {}, ...lines.map((line) => el("li", {}, line))),
    );
    this.rare.replaceChildren(...(lines.length ? [this.menu] : []));
  }

  fold() {
    if (this.menu) this.menu.open = false;
  }

  clear() {
    this.drawn = "";
    for (const place of [this.place, this.modePlace, this.rare]) place.replaceChildren();
  }

  mode() {
    const { head } = this;
    const items = [];
    if (head.moves.some((move) => move.key === "mode")) {
      const select = el("select", { class: "bm-input ct-mode", "aria-label": "โหมดตอบ", title: "โหมดตอบ" });
      for (const [value, title] of head.modes) select.append(new Option(title, value));
      select.value = head.mode;
      select.addEventListener("change", () => this.make("mode", { mode: select.value }, select));
      items.push(select);
    }
    this.modePlace.replaceChildren(...items);
  }

  press(move, button) {
    if (move === "hand_over") this.handOver();
    else if (move === "snooze") this.snooze();
    else if (move === "topic") this.topic();
    else this.make(move, {}, button);
  }

  // Throws what the server refused; `make` tells it in the page instead.
  async send(move, fields) {
    const { pk, version } = this.head;
    try {
      const told = await post(`${this.url}${pk}/move/${move}/`, { ...fields, version });
      this.onMoved(told, move);
    } catch (error) {
      if (error.data?.case || error.data?.gone) this.onMoved(error.data, "");
      throw error;
    }
  }

  async make(move, fields, control) {
    if (control) control.disabled = true;
    try {
      await this.send(move, fields);
    } catch (error) {
      this.onRefused(error);
      if (control?.matches("select")) control.value = this.head.mode;
    } finally {
      if (control) control.disabled = false;
    }
  }

  async choices() {
    try {
      return await get(`${this.url}${this.head.pk}/choices/`);
    } catch (error) {
      this.onRefused(error);
      return null;
    }
  }

  async handOver() {
    const choices = await this.choices();
    if (!choices) return;
    const to = el("select", { name: "to", class: "bm-input", required: true, "aria-label": "ส่งต่อถึง" });
    to.append(new Option("เลือกกอง/งานหรือเพื่อนร่วมงาน …", ""));
    const divisions = el("optgroup", { label: "กอง/งาน" });
    for (const one of choices.divisions) {
      if (!one.here) divisions.append(new Option(one.name, `division:${one.pk}`));
    }
    const people = el("optgroup", { label: "เพื่อนร่วมงาน" });
    for (const one of choices.colleagues) {
      people.append(new Option(`${one.name} (${one.division})`, `colleague:${one.pk}`));
    }
    if (divisions.children.length) to.append(divisions);
    if (people.children.length) to.append(people);
    const { pk: open } = this.head;
    const note = el("textarea", { name: "note", rows: 3, maxlength: 2000, class: "bm-input" });
    note.value = this.drafts.load(open, "hand-over").text;
    note.addEventListener("input", () => this.drafts.save(open, "hand-over", { text: note.value }));
    show(
      "ส่งต่อ",
      [
        el("label", { class: "ct-field" }, "ส่งต่อถึง", to),
        el("label", { class: "ct-field" }, "บันทึกถึงผู้รับ (ประชาชนไม่เห็น)", note),
        el("p", {
          class: "bm-quiet",
          text: "ผู้รับจะเห็นเป็นแชตใหม่ ถ้าเปลี่ยนกอง/งาน ประชาชนจะได้รับข้อความว่ากอง/งานใดจะตอบและเมื่อใด",
        }),
      ],
      {
        button: "ส่งต่อ",
        act: async (data) => {
          const [kind, pk] = String(data.get("to")).split(":");
          await this.send("hand_over", { [kind]: pk, note: data.get("note") });
          this.drafts.save(open, "hand-over", { text: "" });
        },
      },
    );
  }

  async snooze() {
    const choices = await this.choices();
    if (!choices) return;
    const until = el("input", {
      type: "datetime-local",
      name: "until",
      class: "bm-input",
      required: true,
      "aria-label": "วันและเวลา",
      value: choices.snoozes[0].until,
    });
    show(
      "พักไว้ถึง …",
      [
        el("p", { class: "bm-quiet", text: "เมื่อครบเวลา หรือประชาชนเขียนมาก่อน แชตจะกลับมาที่ดำเนินการเอง" }),
        el(
          "div",
          { class: "ct-choices" },
          ...choices.snoozes.map((one) =>
            el("button", {
              type: "button",
              class: "bm-button",
              text: one.title,
              onclick: () => (until.value = one.until),
            }),
          ),
        ),
        el("label", { class: "ct-field" }, "วันที่และเวลา", until),
      ],
      { button: "พักไว้", act: (data) => this.send("snooze", { until: data.get("until") }) },
    );
  }

  async topic() {
    if (!this.head.moves.some((move) => move.key === "topic")) return;
    const choices = await this.choices();
    if (!choices) return;
    const select = el("select", { name: "topic", class: "bm-input", "aria-label": "หัวข้อ" });
    for (const one of choices.topics) {
      const lock = one.restricted ? " 🔒" : "";
      select.append(new Option(`${one.name}${lock} · ${one.division}`, one.pk));
    }
    select.value = this.head.topic_pk;
    show(
      "เปลี่ยนหัวข้อ",
      [
        el("label", { class: "ct-field" }, "หัวข้อ", select),
        el("p", {
          class: "bm-quiet",
          text: "ถ้าหัวข้อเป็นของกอง/งานอื่น แชตจะไปอยู่ในอินบ็อกซ์ของกอง/งานนั้น หัวข้อที่มี 🔒 เห็นเฉพาะผู้ที่ระบุชื่อ",
        }),
        ...(this.head.restricted
          ? [
              el(
                "label",
                { class: "ct-check" },
                el("input", { type: "checkbox", name: "opens", value: "1" }),
                " ยืนยันให้ทั้งกอง/งานของหัวข้อใหม่อ่านแชตนี้ได้ทั้งหมด",
              ),
            ]
          : []),
      ],
      {
        button: "เปลี่ยนหัวข้อ",
        act: (data) => this.send("topic", { topic: data.get("topic"), opens: data.get("opens") || "" }),
      },
    );
  }
}
