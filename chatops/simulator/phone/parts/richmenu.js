// The rich menu: the uploaded picture, and over each of its areas an invisible button that can be
// focused and carries the area's label.

import { h } from "./dom.js";

const PICTURE_PATIENCE_MS = 3_000;

export class RichMenu {
  /**
   * @param {HTMLElement} place where the menu is drawn
   * @param {(action: Object) => void} tap
   */
  constructor(place, tap) {
    this.place = place;
    this.tap = tap;
    this.key = null;
  }

  /** Draw a menu; the one before stays until the new picture is there, so that tabs do not flash. */
  async show(menu) {
    const key = JSON.stringify(menu);
    if (key === this.key) return;
    this.key = key;
    if (!menu) {
      this.place.replaceChildren();
      return;
    }
    const picture = h("img", { class: "menu-picture", src: menu.image_url, alt: "", draggable: "false" });
    const loaded = await Promise.race([
      picture.decode().then(() => true, () => false),
      new Promise((resolve) => { setTimeout(resolve, PICTURE_PATIENCE_MS, false); }),
    ]);
    if (key !== this.key) return;
    const before = this.place.contains(document.activeElement)
      ? document.activeElement.getAttribute("aria-label") : null;
    this.place.replaceChildren(this.#draw(menu, picture, loaded));
    if (before) this.place.querySelector(`[aria-label="${CSS.escape(before)}"]`)?.focus();
  }

  #draw(menu, picture, loaded) {
    const { width, height } = menu.size;
    const share = (part, whole) => `${(100 * part) / whole}%`;
    return h(
      "div",
      {
        class: loaded ? "menu" : "menu menu-bare",
        role: "group",
        "aria-label": menu.chat_bar_text,
        "data-testid": "rich-menu",
        "data-rich-menu-id": menu.rich_menu_id,
        style: { "aspect-ratio": `${width} / ${height}` },
      },
      picture,
      menu.areas.map(({ bounds, action }) => {
        const label = areaLabel(action);
        return h(
          "button",
          {
            type: "button",
            class: "menu-area",
            "aria-label": label,
            "data-testid": "rich-menu-area",
            style: {
              left: share(bounds.x, width),
              top: share(bounds.y, height),
              width: share(bounds.width, width),
              height: share(bounds.height, height),
            },
            on: { click: () => this.tap(action) },
          },
          loaded ? null : h("span", {}, label),
        );
      }),
    );
  }
}

/** What an area is called: its label, else the best other word that its action has. */
export function areaLabel(action) {
  return action.label || action.text || action.displayText || action.uri || action.data || action.type;
}
