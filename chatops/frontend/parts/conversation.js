// The conversation in the middle: bubbles in their order, days between them, older ones above.
import { el } from "./dom.js";
import { dayKey, dayOf } from "./dates.js";
import { draw } from "./bubbles.js";

const NEAR = 90; // px from an end that counts as being there

const before = (one, other) =>
  one.at - other.at || one.order - other.order || one.key.localeCompare(other.key, "en", { numeric: true });

export class Conversation {
  constructor(root, { onOlder }) {
    this.scroll = root.querySelector(".ct-scroll");
    this.place = root.querySelector(".ct-bubbles");
    this.older = root.querySelector(".ct-older");
    this.down = root.querySelector(".ct-down");
    this.onOlder = onOlder;
    this.clear();
    this.scroll.addEventListener("scroll", () => {
      if (this.scroll.scrollTop < NEAR) this.wantOlder();
      // A picture that has just come moves the end away: that is nobody's scrolling.
      const moved = this.measure();
      if (!moved && this.atEnd()) this.down.hidden = true;
    });
    this.down.addEventListener("click", () => this.toEnd());
    // What comes late must not push the newest words out of sight.
    const watch = new ResizeObserver(() => {
      this.measure();
      if (this.sticky) this.toEnd();
    });
    watch.observe(this.place);
    // The field below grows with what is typed.
    watch.observe(this.scroll);
  }

  clear() {
    this.known = new Map();
    this.sorted = [];
    this.more = false;
    this.loading = false;
    this.sticky = true;
    this.place.replaceChildren();
    this.older.hidden = true;
    this.down.hidden = true;
  }

  // Whether words came or the window changed since the last look.
  measure() {
    const { scrollHeight, clientHeight } = this.scroll;
    const was = this.measured;
    this.measured = `${scrollHeight} ${clientHeight}`;
    return this.measured !== was;
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    this.sticky = scrollHeight - scrollTop - clientHeight < NEAR;
    return this.sticky;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.sticky = true;
    this.down.hidden = true;
  }

  start(bubbles, more) {
    this.clear();
    this.more = more;
    this.put(bubbles);
    this.older.hidden = !more;
    this.toEnd();
  }

  // New ones and changed ones, as often as they come.
  update(bubbles) {
    const end = this.sticky || this.atEnd();
    const oldest = this.sorted[0];
    const fits = bubbles.filter((one) => !this.more || !oldest || one.at >= oldest.at || this.known.has(one.key));
    const fresh = this.put(fits);
    if (end) this.toEnd();
    else if (fresh.some((one) => one.side === "in" || one.side === "out")) this.down.hidden = false;
    return fresh;
  }

  // Puts each where it belongs; returns those that were not there.
  put(bubbles) {
    const fresh = [];
    for (const bubble of bubbles) {
      const text = JSON.stringify(bubble);
      const known = this.known.get(bubble.key);
      if (known?.text === text) continue;
      const made = draw(bubble);
      if (known) {
        const pick = known.made.querySelector(".ct-pick");
        if (pick?.checked && made.querySelector(".ct-pick")) made.querySelector(".ct-pick").checked = true;
        known.made.replaceWith(made);
        this.sorted[this.sorted.indexOf(known.bubble)] = bubble;
      } else {
        let at = this.sorted.length;
        while (at > 0 && before(bubble, this.sorted[at - 1]) < 0) at -= 1;
        const next = this.sorted[at];
        this.place.insertBefore(made, next ? this.known.get(next.key).made : null);
        this.sorted.splice(at, 0, bubble);
        fresh.push(bubble);
      }
      this.known.set(bubble.key, { bubble, made, text });
    }
    if (fresh.length) this.days();
    return fresh;
  }

  days() {
    for (const day of this.place.querySelectorAll(".ct-day")) day.remove();
    let last = "";
    for (const bubble of this.sorted) {
      const key = dayKey(bubble.at);
      if (key !== last) {
        const made = this.known.get(bubble.key).made;
        made.before(el("li", { class: "ct-day" }, el("span", { text: dayOf(bubble.at) })));
      }
      last = key;
    }
    if (!this.sorted.length) {
      this.place.replaceChildren(el("li", { class: "ct-day" }, el("span", { text: "ยังไม่มีข้อความในเรื่องนี้" })));
    }
  }

  async wantOlder() {
    if (!this.more || this.loading || !this.sorted.length) return;
    this.loading = true;
    const known = this.known;
    const found = await this.onOlder(this.sorted[0].at);
    this.loading = false;
    if (!found || known !== this.known) return;
    const { scrollHeight, scrollTop } = this.scroll;
    this.more = found.more;
    this.older.hidden = !found.more;
    this.put(found.bubbles);
    this.scroll.scrollTop = scrollTop + this.scroll.scrollHeight - scrollHeight;
  }

  bubbleOf(key) {
    return this.known.get(key)?.bubble;
  }

  // The newest of her messages, by the order in which they came to us.
  last() {
    return Math.max(0, ...this.sorted.map((one) => one.pk ?? 0));
  }

  hasSent(key) {
    return this.sorted.some((one) => one.sent_key === key);
  }
}
