// The list of residents to be, and the form that adds one.

import { arrange, h } from "./dom.js";
import { initial } from "./chat.js";

export class ResidentList {
  /**
   * @param {HTMLElement} list
   * @param {HTMLFormElement} form
   * @param {(residentId: string) => void} choose
   * @param {(name: string) => Promise<void>} add
   */
  constructor(list, form, choose, add) {
    this.list = list;
    this.choose = choose;
    this.items = new Map();
    const input = form.querySelector("input");
    const note = form.querySelector("[role=status]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const name = input.value.trim();
      if (!name) return;
      try {
        await add(name);
        input.value = "";
        note.textContent = "";
      } catch (error) {
        note.textContent = `เพิ่มผู้ใช้ไม่ได้ (${error.message})`;
      }
    });
  }

  /** Show the residents; the picked one has no unread count. */
  show(residents, pickedId) {
    const nodes = residents.map((resident) => {
      const picked = resident.user_id === pickedId;
      const unread = picked ? 0 : resident.unread ?? 0;
      const state = JSON.stringify([resident.display_name, resident.picture_url, resident.blocked, unread, picked]);
      const known = this.items.get(resident.user_id);
      if (known?.state === state) return known.node;
      const hadFocus = known?.node.contains(document.activeElement);
      const node = this.#draw(resident, picked, unread);
      this.items.set(resident.user_id, { state, node });
      if (hadFocus) queueMicrotask(() => node.querySelector("button").focus());
      return node;
    });
    arrange(this.list, nodes);
  }

  #draw(resident, picked, unread) {
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "resident",
          "aria-label": resident.display_name,
          "aria-pressed": String(picked),
          "aria-describedby": unread || resident.blocked ? `about-${resident.user_id}` : null,
          "data-testid": "resident",
          "data-user-id": resident.user_id,
          on: { click: () => this.choose(resident.user_id) },
        },
        h(
          "span",
          { class: "avatar" },
          resident.picture_url ? h("img", { src: resident.picture_url, alt: "" }) : initial(resident.display_name),
        ),
        h("span", { class: "resident-name" }, resident.display_name),
        h(
          "span",
          { class: "resident-state", id: `about-${resident.user_id}` },
          resident.blocked ? h("span", { class: "chip" }, "บล็อกอยู่") : null,
          unread ? h(
            "span",
            { class: "badge", "data-testid": "unread" },
            String(unread), h("span", { class: "visually-hidden" }, " ข้อความใหม่"),
          ) : null,
        ),
      ),
    );
  }
}
