// The newest calls of the Messaging API that the simulator received, newest first.

import { arrange, h } from "./dom.js";
import { timeWithSeconds } from "./wording.js";

const KEEP = 40;

export class CallLog {
  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} empty what to show while there are no calls
   */
  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
    this.clear();
  }

  clear() {
    this.after = 0;
    this.nodes = [];
    this.#refresh();
  }

  /** Take in new calls, oldest first. */
  add(calls) {
    if (!calls.length) return;
    for (const call of calls) {
      this.after = Math.max(this.after, call.n);
      this.nodes.unshift(draw(call));
    }
    this.nodes.length = Math.min(this.nodes.length, KEEP);
    this.#refresh();
  }

  #refresh() {
    arrange(this.list, this.nodes);
    this.empty.hidden = this.nodes.length > 0;
  }
}

function draw(call) {
  const good = call.status >= 200 && call.status < 300;
  return h(
    "li",
    { "data-testid": "api-call" },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("time", {}, timeWithSeconds(call.at)),
        h("span", { class: "call-path" }, `${call.method} ${call.path.replace(/^\/v2\/bot/, "")}`),
        h("span", { class: good ? "status good" : "status bad" }, String(call.status ?? "–")),
      ),
      call.retry_key ? h("p", { class: "call-key" }, `X-Line-Retry-Key: ${call.retry_key}`) : null,
      h("pre", { tabindex: "0" }, pretty(call.body)),
    ),
  );
}

function pretty(body) {
  if (body === null || body === undefined || body === "") return "(ไม่มีเนื้อความ)";
  let value = body;
  if (typeof body === "string") {
    try {
      value = JSON.parse(body);
    } catch {
      return body;
    }
  }
  return JSON.stringify(value, null, 2);
}
