// The containers of a Flex Message: one bubble, or a carousel of bubbles side by side.

import { h } from "../parts/dom.js";
import * as components from "./components.js";
import * as units from "./units.js";

/**
 * Draw the `contents` of a Flex Message.
 * @param {Object} container bubble or carousel
 * @param {(action: Object) => void} tap what to do when something is tapped
 * @returns {HTMLElement|null} null for a container of another type
 */
export function flexContainer(container, tap) {
  if (container?.type === "bubble") return bubble(container, tap);
  if (container?.type === "carousel") {
    return h(
      "div",
      { class: "carousel", role: "group", "aria-label": "การ์ดเลื่อนดูด้านข้าง", tabindex: "0" },
      (container.contents ?? []).map((each) => bubble(each, tap)),
    );
  }
  return null;
}

function bubble(spec, tap) {
  const size = spec.size in units.BUBBLE_WIDTHS ? spec.size : "mega";
  const element = h("div", {
    class: `fx-bubble fx-${size}`,
    dir: spec.direction === "rtl" ? "rtl" : "ltr",
    style: { width: `${units.BUBBLE_WIDTHS[size]}px` },
  });
  for (const name of ["header", "hero", "body", "footer"]) {
    if (spec[name]) element.append(block(name, spec[name], spec.styles?.[name], tap));
  }
  return components.makeTappable(element, spec.action, tap);
}

function block(name, spec, styles = {}, tap) {
  const content = spec.type === "video" ? components.video(spec, tap) : components.component(spec, tap);
  content.classList.add("fx-content");
  const element = h("div", { class: `fx-block fx-${name}` }, content);
  const background = units.colour(styles.backgroundColor);
  if (background) element.style.backgroundColor = background;
  if (styles.separator) {
    element.style.borderTop = `1px solid ${units.colour(styles.separatorColor) ?? "#d4d6da"}`;
  }
  return element;
}
