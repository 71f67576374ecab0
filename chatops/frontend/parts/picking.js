// Choosing messages of which something is made: each action is a page of another room.
import { el, icon } from "./dom.js";

export class Picking {
  constructor(root, { actions }) {
    this.root = root.querySelector("#chat-open");
    this.bar = root.querySelector(".ct-picking");
    this.actions = actions;
    this.root.addEventListener("change", (event) => {
      if (event.target.matches(".ct-pick")) this.show();
    });
  }

  tools() {
    if (!this.actions.length) return [];
    const words = `เลือกข้อความเพื่อ${this.actions.map((action) => action.title).join(" / ")}`;
    return [
      el(
        "button",
        { type: "button", onclick: () => (this.bar.hidden ? this.start() : this.stop()) },
        icon("checklist"),
        words,
      ),
    ];
  }

  start() {
    this.root.classList.add("ct-picks");
    this.show();
  }

  stop() {
    this.root.classList.remove("ct-picks");
    this.bar.hidden = true;
    for (const pick of this.root.querySelectorAll(".ct-pick:checked")) pick.checked = false;
  }

  open(pk) {
    this.pk = pk;
    this.stop();
  }

  show() {
    const picked = [...this.root.querySelectorAll(".ct-pick:checked")].map((pick) => pick.value);
    this.bar.hidden = false;
    this.bar.replaceChildren(
      el("b", { text: picked.length ? `เลือกแล้ว ${picked.length} ข้อความ` : "ติ๊กข้อความที่ต้องการ" }),
      ...this.actions.map((action) =>
        el("a", {
          class: `bm-button bm-primary ${picked.length ? "" : "ct-off"}`,
          href: picked.length ? `${action.url}?case=${this.pk}&messages=${picked.join(",")}` : undefined,
          "aria-disabled": picked.length ? undefined : "true",
          text: action.title,
        }),
      ),
      el("button", { type: "button", class: "bm-button", text: "ยกเลิก", onclick: () => this.stop() }),
    );
  }
}
