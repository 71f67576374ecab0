// The LIFF browser: a LIFF page in a frame over the chat, with a title bar and a closing cross.

import { h, iconButton } from "./dom.js";
import { isLiff } from "./actions.js";
import xSvg from "lucide-static/icons/x.svg";

export class LiffBrowser {
  /**
   * @param {import("./overlays.js").Overlays} overlays
   * @param {Object} phone `resolve(uri)` gives `{url}`; `openUri(uri)`; `toast(text)`
   */
  constructor(overlays, phone) {
    this.overlays = overlays;
    this.phone = phone;
    this.window = null;
    window.addEventListener("message", (event) => this.#hear(event));
  }

  /** Open a LIFF link; one that is open already gives way. */
  async open(uri) {
    this.close();
    const title = h("span", { class: "liff-title" }, "กำลังเปิด…");
    const waiting = h("div", { class: "liff-waiting" }, h("span", { class: "spinner" }), "กำลังเปิดหน้า…");
    const frame = h("iframe", {
      class: "liff-frame",
      title: "หน้า LIFF",
      name: "liff",
      allow: "geolocation; camera; clipboard-write",
      "data-testid": "liff-frame",
    });
    const element = h(
      "section",
      {
        class: "liff", role: "dialog", "aria-modal": "true", "aria-label": "หน้าใน LINE",
        "data-testid": "liff-sheet", tabindex: "-1",
      },
      h(
        "header",
        { class: "liff-bar" },
        h("div", { class: "liff-names" }, title, h("small", {}, new URL(uri).hostname)),
        iconButton(xSvg, "ปิดหน้า", { on: { click: () => this.close() } }),
      ),
      h("div", { class: "liff-body" }, waiting, frame),
    );
    const opened = { frame };
    opened.handle = this.overlays.show(element, {
      dismissable: false,
      onClose: () => {
        if (this.window === opened) this.window = null;
      },
    });
    this.window = opened;
    frame.addEventListener("load", () => {
      if (!frame.src) return;
      waiting.remove();
      const page = readable(frame);
      title.textContent = page?.title || "บริการของเทศบาล";
      page?.addEventListener("click", (event) => this.#followLink(event));
    });
    try {
      const { url } = await this.phone.resolve(uri);
      if (this.window === opened) frame.src = url;
    } catch (error) {
      opened.handle.close();
      this.phone.toast(error.status === 404
        ? "ไม่รู้จัก LIFF นี้ ตรวจ LIFF_ID ในการตั้งค่า" : "เปิดหน้าไม่ได้ ติดต่อเครื่องจำลองไม่ได้");
    }
  }

  close() {
    this.window?.handle.close();
  }

  /** LINE, not the page, opens the dialler and other LIFF apps. */
  #followLink(event) {
    const uri = event.target.closest?.("a[href]")?.href;
    if (event.defaultPrevented || !uri || !(uri.startsWith("tel:") || isLiff(uri))) return;
    event.preventDefault();
    this.phone.openUri(uri);
  }

  #hear(event) {
    const opened = this.window;
    if (!opened || event.source !== opened.frame.contentWindow) return;
    const { type, url, external } = event.data ?? {};
    if (type === "liff.closeWindow") {
      opened.handle.close();
    } else if (type === "liff.openWindow" && typeof url === "string") {
      if (isLiff(url) && !external) this.open(url);
      else this.phone.openUri(url);
    }
  }
}

/** The page in the frame, which can be read only when it comes from this page's origin. */
function readable(frame) {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}
