// The side panels: always there on a wide screen, drawers behind small buttons on a narrow one.

export class Panels {
  /** @param {HTMLElement} root the page's main element */
  constructor(root) {
    this.root = root;
    this.shade = root.querySelector("[data-part=shade]");
    this.openers = [...root.querySelectorAll("[data-opens]")];
    this.unread = root.querySelector("[data-part=unread]");
    this.alarm = root.querySelector("[data-part=alarm]");
    for (const button of this.openers) {
      button.addEventListener("click", () => this.open(button.dataset.opens, button));
    }
    for (const button of root.querySelectorAll("[data-closes]")) {
      button.addEventListener("click", () => this.close());
    }
    this.shade.addEventListener("click", () => this.close());
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** Open one panel; where it always stands it only gets the focus. */
  open(name, opener) {
    const panel = this.root.querySelector(`[data-panel="${name}"]`);
    this.opener = opener;
    this.root.dataset.open = name;
    panel.querySelector("[aria-pressed=true], button, input")?.focus();
  }

  close() {
    if (!this.root.dataset.open) return;
    delete this.root.dataset.open;
    this.opener?.focus({ preventScroll: true });
  }

  /** How many messages wait for the residents who are not picked. */
  setUnread(count) {
    this.unread.hidden = count === 0;
    this.unread.textContent = String(count);
  }

  /** Whether some fault is set. */
  setAlarm(on) {
    this.alarm.hidden = !on;
  }
}
