// The fault panel: what can go wrong between LINE and the municipality, each in plain words.

import { h } from "./dom.js";

const COUNTED = "counted";
const SWITCHED = "switched";
const DELAY = "delay";
const FAULTS = [
  [COUNTED, "rate_limit", "429 ส่งถี่เกินไป", "LINE ปฏิเสธเพราะเรียกถี่เกินไป ต้องรอแล้วส่งใหม่"],
  [COUNTED, "server_error", "500 LINE ขัดข้อง", "LINE ตอบว่าขัดข้อง และไม่ได้รับข้อความไว้"],
  [COUNTED, "server_error_after_accept", "500 แต่รับไว้แล้ว", "LINE ตอบว่าขัดข้องทั้งที่รับข้อความไว้แล้ว ต้องไม่ถึงผู้ใช้สองครั้ง"],
  [COUNTED, "timeout_after_accept", "รับแล้วแต่ไม่ตอบ", "LINE รับข้อความแล้ว แต่คำตอบหายไป ต้องไม่ถึงผู้ใช้สองครั้ง"],
  [COUNTED, "connection_drop", "สายหลุด", "การเชื่อมต่อขาดก่อน LINE รับข้อความ"],
  [COUNTED, "connection_drop_after_accept", "รับแล้วสายหลุด", "การเชื่อมต่อขาดหลัง LINE รับข้อความแล้ว"],
  [SWITCHED, "webhook_duplicate", "ส่งเหตุการณ์ซ้ำ", "ทุกเหตุการณ์จากผู้ใช้มาถึงระบบสองครั้ง"],
  [DELAY, "webhook_delay_ms", "ส่งเหตุการณ์ช้า", "เหตุการณ์จากผู้ใช้ไปถึงระบบช้ากว่าปกติ"],
  [SWITCHED, "quota_spent", "โควตาเดือนนี้หมด", "ข้อความแบบ push ถูกปฏิเสธ การตอบกลับยังส่งได้"],
  [SWITCHED, "webhook_off", "ปิด webhook", "เหตุการณ์จากผู้ใช้ไม่ไปถึงระบบเลย"],
  [SWITCHED, "webhook_reverse", "สลับลำดับ", "พักเหตุการณ์ไว้ แล้วส่งย้อนลำดับเมื่อปิดสวิตช์"],
  [COUNTED, "unauthorized", "401 กุญแจไม่ถูกต้อง", "access token ใช้ไม่ได้ ต้องหยุดส่งและเตือนเจ้าหน้าที่"],
  [COUNTED, "forbidden", "403 ไม่มีสิทธิ์", "บัญชีไม่มีสิทธิ์เรียก ต้องหยุดส่งและเตือนเจ้าหน้าที่"],
  [COUNTED, "profile_error", "อ่านโปรไฟล์ไม่ได้", "ระบบถามชื่อผู้ใช้แล้ว LINE ขัดข้อง"],
  [COUNTED, "content_not_ready", "รูปยังไม่พร้อม", "LINE ตอบ 202 ตอนขอรูป ต้องขอใหม่ภายหลัง"],
];
const CALM = Object.fromEntries(FAULTS.map(([kind, name]) => [name, kind === SWITCHED ? false : 0]));
const DELAYS = [[0, "ไม่ช้า"], [2_000, "2 วินาที"], [10_000, "10 วินาที"], [60_000, "1 นาที"]];

export class FaultPanel {
  /**
   * @param {HTMLElement} place
   * @param {(changes: Object) => Promise<void>} put writes some of the faults
   */
  constructor(place, put) {
    this.put = put;
    this.faults = {};
    this.drawn = {};
    this.changedAt = 0;
    this.writing = null;
    this.clear = h(
      "button",
      { type: "button", class: "small-button", on: { click: () => this.#clearAll() } },
      "ล้างความขัดข้องทั้งหมด",
    );
    place.replaceChildren(
      ...FAULTS.map(([kind, ...row]) => this.#row(...row, this.#control(kind, ...row))),
      this.clear,
    );
  }

  /**
   * Show what the simulator says it has set.
   * @param {Object} faults
   * @param {number} askedAt `performance.now()` of the question: an answer from before the last
   *   change is old news
   * @returns {boolean} whether any fault is set
   */
  show(faults, askedAt) {
    return askedAt < this.changedAt ? this.#draw(this.faults) : this.#draw(faults);
  }

  #draw(faults) {
    this.faults = faults;
    for (const [name, draw] of Object.entries(this.drawn)) draw(faults[name]);
    const any = Object.values(faults).some(Boolean);
    this.clear.disabled = !any;
    return any;
  }

  #set(changes) {
    this.changedAt = Infinity;
    this.#draw({ ...this.faults, ...changes });
    this.writing = Promise.all([this.writing, this.put(changes)]).finally(() => {
      this.changedAt = performance.now();
    });
    return this.writing;
  }

  #clearAll() {
    return this.#set(CALM);
  }

  #control(kind, name, title) {
    if (kind === COUNTED) return this.#counted(name, title);
    return kind === SWITCHED ? this.#switched(name, title) : this.#delay(name, title);
  }

  #counted(name, title) {
    const count = h("output", { class: "count", "aria-label": `${title}: เหลืออีกกี่ครั้ง` }, "0");
    const none = h(
      "button",
      {
        type: "button", class: "step", "aria-label": `ล้าง ${title}`,
        on: { click: () => this.#set({ [name]: 0 }) },
      },
      "ล้าง",
    );
    this.drawn[name] = (value) => {
      count.textContent = String(value ?? 0);
      count.classList.toggle("on", Boolean(value));
      none.disabled = !value;
    };
    return h(
      "div",
      { class: "fault-control" },
      count, none,
      h(
        "button",
        {
          type: "button", class: "step", "aria-label": `เพิ่ม ${title} อีก 1 ครั้ง`, title: "อีก 1 ครั้ง",
          on: { click: () => this.#set({ [name]: (this.faults[name] ?? 0) + 1 }) },
        },
        "+1",
      ),
    );
  }

  #switched(name, title) {
    const box = h("input", {
      type: "checkbox", role: "switch", "aria-label": title,
      on: { change: () => this.#set({ [name]: box.checked }) },
    });
    this.drawn[name] = (value) => { box.checked = Boolean(value); };
    return h("label", { class: "fault-control switch" }, box, h("i"));
  }

  #delay(name, title) {
    const choice = h(
      "select",
      {
        "aria-label": title,
        on: { change: () => this.#set({ [name]: Number(choice.value) }) },
      },
      DELAYS.map(([value, words]) => h("option", { value }, words)),
    );
    this.drawn[name] = (value = 0) => {
      if (document.activeElement === choice) return;
      if (![...choice.options].some((option) => Number(option.value) === value)) {
        choice.append(h("option", { value }, `${value / 1000} วินาที`));
      }
      choice.value = String(value);
    };
    return choice;
  }

  #row(name, title, explanation, control) {
    return h(
      "div",
      { class: "fault", "data-testid": `fault-${name}` },
      h("div", {}, h("strong", {}, title), h("p", {}, explanation)),
      control,
    );
  }
}
