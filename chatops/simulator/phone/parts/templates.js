// Template messages: buttons, confirm, carousel, image carousel.

import { h } from "./dom.js";
import { makeTappable } from "../flex/components.js";
import { colour } from "../flex/units.js";

/**
 * Draw the `template` of a template message.
 * @param {Object} template
 * @param {(action: Object) => void} tap
 * @returns {HTMLElement|null} null for a template of another type
 */
export function templateCard(template, tap) {
  switch (template?.type) {
    case "buttons":
      return card(template, template, template.actions, tap);
    case "confirm":
      return h(
        "div",
        { class: "template-card" },
        h("p", { class: "template-text" }, template.text),
        h("div", { class: "template-pair" }, choices(template.actions, tap)),
      );
    case "carousel":
      return row((template.columns ?? []).map((column) => card(column, template, column.actions, tap)));
    case "image_carousel":
      return row((template.columns ?? []).map((column) => {
        const face = h(
          "button",
          { type: "button", class: "template-tile", "aria-label": column.action?.label },
          h("img", { src: column.imageUrl, alt: "", draggable: "false" }),
          column.action?.label ? h("span", {}, column.action.label) : null,
        );
        return makeTappable(face, column.action, tap);
      }));
    default:
      return null;
  }
}

function row(cards) {
  return h(
    "div",
    { class: "carousel", role: "group", "aria-label": "การ์ดเลื่อนดูด้านข้าง", tabindex: "0" },
    cards,
  );
}

/** `shape` holds the picture's ratio and fit, which a carousel gives once for all columns. */
function card(spec, shape, actions, tap) {
  const element = h("div", { class: "template-card" });
  if (spec.thumbnailImageUrl) {
    const picture = h("img", {
      class: `template-picture ${shape.imageAspectRatio === "square" ? "square" : ""}`,
      src: spec.thumbnailImageUrl, alt: "", draggable: "false",
      style: {
        "object-fit": shape.imageSize === "contain" ? "contain" : "cover",
        "background-color": colour(spec.imageBackgroundColor) ?? "#fff",
      },
    });
    element.append(spec.defaultAction
      ? makeTappable(h("div", {}, picture), spec.defaultAction, tap)
      : picture);
  }
  const words = h(
    "div",
    { class: "template-words" },
    spec.title ? h("p", { class: "template-title" }, spec.title) : null,
    h("p", { class: "template-text" }, spec.text),
  );
  element.append(spec.defaultAction ? makeTappable(words, spec.defaultAction, tap) : words);
  element.append(h("div", { class: "template-stack" }, choices(actions, tap)));
  return element;
}

function choices(actions = [], tap) {
  return actions.map((action) => makeTappable(
    h("button", { type: "button", class: "template-button" }, action.label ?? ""), action, tap,
  ));
}
