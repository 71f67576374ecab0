// Sheets and dialogs inside the phone. While one is open everything under it is inert, Escape
// closes it, and the focus goes back to where it was.

import { h, iconButton } from "./dom.js";
import xSvg from "lucide-static/icons/x.svg";

export class Overlays {
  /**
   * @param {HTMLElement} layer where overlays are put
   * @param {HTMLElement} beneath what becomes inert under them
   */
  constructor(layer, beneath) {
    this.layer = layer;
    this.beneath = beneath;
    this.open = [];
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open.length) return;
      event.preventDefault();
      this.open.at(-1).close();
    });
  }

  /**
   * Show an overlay.
   * @param {HTMLElement} element the dialog itself
   * @param {Object} [options] `onClose`; `dismissable`: a tap beside it closes it
   * @returns {{close: () => void, element: HTMLElement}}
   */
  show(element, { onClose = () => {}, dismissable = true } = {}) {
    const before = document.activeElement;
    const shade = h("div", { class: "shade" }, element);
    const handle = {
      element,
      close: () => {
        if (!this.open.includes(handle)) return;
        this.open = this.open.filter((each) => each !== handle);
        shade.remove();
        this.#refresh();
        if (before?.isConnected) before.focus({ preventScroll: true });
        onClose();
      },
    };
    if (dismissable) {
      shade.addEventListener("click", (event) => {
        if (event.target === shade) handle.close();
      });
    }
    this.open.push(handle);
    this.layer.append(shade);
    this.#refresh();
    const first = element.querySelector("[data-first], button, input, textarea, [tabindex='0']");
    (first ?? element).focus({ preventScroll: true });
    return handle;
  }

  closeAll() {
    for (const handle of [...this.open].reverse()) handle.close();
  }

  #refresh() {
    this.layer.hidden = this.open.length === 0;
    this.beneath.inert = this.open.length > 0;
    this.open.forEach((handle, index) => {
      handle.element.parentElement.inert = index < this.open.length - 1;
    });
  }
}

/** A sheet that comes from the bottom, with a title and a closing cross. */
export function sheet(title, close, ...children) {
  return h(
    "section",
    { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title },
    h(
      "header",
      { class: "sheet-head" },
      h("h2", {}, title),
      iconButton(xSvg, "ปิด", { on: { click: close } }),
    ),
    ...children,
  );
}

/** Show a bottom sheet; `build(close)` gives its content. */
export function showSheet(overlays, title, build, options) {
  let handle = null;
  const close = () => handle?.close();
  const element = sheet(title, close, ...[build(close)].flat());
  handle = overlays.show(element, options);
  return handle;
}

/** Ask a yes-or-no question. @returns {Promise<boolean>} */
export function confirmSheet(overlays, title, explanation, yes) {
  return new Promise((resolve) => {
    let answer = false;
    showSheet(
      overlays,
      title,
      (close) => [
        h("p", { class: "sheet-text" }, explanation),
        h("button", {
          type: "button", class: "wide-button danger",
          on: { click: () => { answer = true; close(); } },
        }, yes),
        h("button", { type: "button", class: "wide-button plain", on: { click: close } }, "ไม่ใช่ตอนนี้"),
      ],
      { onClose: () => resolve(answer) },
    );
  });
}

/** A short note at the bottom of the phone that goes by itself. */
export function toast(place, text) {
  const note = h("div", { class: "toast" }, text);
  place.replaceChildren(note);
  setTimeout(() => note.remove(), 4_000);
}
