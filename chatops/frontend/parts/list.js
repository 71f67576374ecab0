// The list on the left.
import { el, icon } from "./dom.js";
import { longSince, minutesSince, waits } from "./dates.js";

const EMPTY = {
  inbox: "ไม่มีแชตใหม่ เมื่อประชาชนเขียนมาและต้องให้เจ้าหน้าที่ตอบ จะแสดงที่นี่",
  working: "ยังไม่มีแชตที่กำลังดำเนินการ กด “ดำเนินการ” ในแชตใหม่เพื่อรับเรื่อง",
  done: "ยังไม่มีแชตที่เสร็จสิ้น แชตที่กด “ดำเนินการแล้ว” จะย้ายมาที่นี่",
  answered: "ยังไม่มีแชตที่ระบบตอบอัตโนมัติ คำถามที่ระบบตอบให้แล้วจะแสดงที่นี่",
};
const SLOW = 60; // minutes

export class List {
  constructor(root, { onOpen, onTab, hasDraft }) {
    this.place = root.querySelector("#chat-rows");
    this.tabs = [...root.querySelectorAll("[data-tab]")];
    this.onOpen = onOpen;
    this.hasDraft = hasDraft;
    this.rows = [];
    this.here = null;
    this.open = null;
    for (const tab of this.tabs) tab.addEventListener("click", () => onTab(tab.dataset.tab));
    this.place.addEventListener("click", (event) => {
      const row = event.target.closest("[data-pk]");
      if (row && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        onOpen(Number(row.dataset.pk));
      }
    });
    setInterval(() => this.tick(), 20000);
  }

  choose(tab) {
    for (const one of this.tabs) one.setAttribute("aria-selected", String(one.dataset.tab === tab));
  }

  wait() {
    this.place.replaceChildren(
      ...Array.from({ length: 6 }, () => el("li", { class: "ct-skeleton", "aria-hidden": "true" })),
    );
  }

  show(list, { narrowed }) {
    this.choose(list.tab);
    for (const tab of this.tabs) tab.querySelector("b").textContent = list.counts[tab.dataset.tab];
    const focused = this.place.contains(document.activeElement);
    const top = this.place.scrollTop;
    this.rows = list.rows;
    const items = list.rows.map((row) => this.item(row));
    if (!items.length) {
      items.push(
        el("li", {
          class: "ct-nothing",
          text: narrowed ? this.elsewhere(list) : EMPTY[list.tab],
        }),
      );
    }
    if (list.more) {
      const more = el("button", { type: "button", class: "bm-button", text: "แสดงเพิ่ม" });
      more.addEventListener("click", () => this.onMore?.());
      items.push(el("li", { class: "ct-more" }, more));
    }
    this.place.replaceChildren(...items);
    this.place.scrollTop = top;
    if (focused) this.focus();
  }

  // Who looks for a name learns in which tab it is.
  elsewhere(list) {
    const found = this.tabs
      .filter((tab) => list.counts[tab.dataset.tab] !== "0")
      .map((tab) => tab.textContent.trim());
    const words = "ไม่พบแชตตามที่ค้นหาหรือกรองในแท็บนี้";
    return found.length ? `${words} พบในแท็บ ${found.join(" · ")}` : words;
  }

  item(row) {
    const link = el(
      "a",
      {
        href: `?case=${row.pk}`,
        "data-pk": row.pk,
        class: [
          "ct-item",
          row.unread && "ct-unread",
          row.pk === this.open && "ct-on",
          row.urgent && "ct-urgent",
        ]
          .filter(Boolean)
          .join(" "),
        "aria-current": row.pk === this.open ? "true" : undefined,
      },
      el(
        "span",
        { class: "ct-line" },
        row.unread ? el("span", { class: "bm-dot", title: "ยังไม่อ่าน" }) : null,
        el("span", { class: "ct-name bm-cut", text: row.name }),
        this.clock(row),
      ),
      el("span", { class: "ct-last bm-cut", text: row.text || "–" }),
      el(
        "span",
        { class: "ct-line ct-marks" },
        row.urgent ? el("span", { class: "bm-chip bm-late", text: "ฉุกเฉิน" }) : null,
        el(
          "span",
          { class: `bm-chip ${row.restricted ? "bm-late" : ""}`, title: row.division },
          row.restricted ? icon("lock") : null,
          row.topic,
        ),
        ["waiting", "snoozed"].includes(row.state)
          ? el("span", { class: "bm-chip bm-ask", text: row.state_text })
          : null,
        row.blocked ? el("span", { class: "bm-chip bm-warn", text: "บล็อก" }) : null,
        this.hasDraft(row.pk) ? el("span", { class: "ct-draft", text: "มีร่าง" }) : null,
        el("span", { class: "ct-hand bm-cut", text: row.mine ? "ฉัน" : row.assignee }),
      ),
    );
    return el("li", {}, link);
  }

  clock(row) {
    if (row.waiting) {
      const slow = minutesSince(row.waiting) >= SLOW;
      return el("time", {
        class: `ct-clock ${slow ? "bm-late" : "bm-warn"}`,
        "data-waiting": row.waiting,
        text: waits(row.waiting),
      });
    }
    return el("time", { class: "ct-clock", "data-last": row.last, text: longSince(row.last) });
  }

  tick() {
    for (const time of this.place.querySelectorAll("[data-waiting]")) {
      time.textContent = waits(Number(time.dataset.waiting));
    }
    for (const time of this.place.querySelectorAll("[data-last]")) {
      time.textContent = longSince(Number(time.dataset.last));
    }
  }

  mark(pk) {
    this.open = pk;
    this.here = pk ?? this.here;
    for (const link of this.place.querySelectorAll("[data-pk]")) {
      const on = Number(link.dataset.pk) === pk;
      link.classList.toggle("ct-on", on);
      if (on) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  step(by) {
    if (!this.rows.length) return;
    const at = this.rows.findIndex((row) => row.pk === this.here);
    const to = at < 0 ? (by > 0 ? 0 : this.rows.length - 1) : at + by;
    this.here = this.rows[Math.max(0, Math.min(this.rows.length - 1, to))].pk;
    this.focus();
  }

  focus() {
    const link = this.place.querySelector(`[data-pk="${this.here}"]`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }
}
