// The components of a Flex Message as DOM nodes: box, text, image, button, separator, icon, filler.

import { h, icon as inlineIcon } from "../parts/dom.js";
import playSvg from "lucide-static/icons/play.svg";
import * as units from "./units.js";

const NO_GROW_UNLESS_TOLD = new Set(["separator", "icon"]);

/**
 * Make an element tappable; also by keyboard, with the action's label as its name.
 * @param {HTMLElement} element
 * @param {Object|undefined} action LINE action object
 * @param {(action: Object) => void} tap
 */
export function makeTappable(element, action, tap) {
  if (!action) return element;
  element.classList.add("tappable");
  if (element.tagName !== "BUTTON") {
    element.setAttribute("role", "button");
    element.tabIndex = 0;
    element.addEventListener("keydown", (event) => {
      if (event.target === element && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        element.click();
      }
    });
  }
  if (action.label && element.tagName !== "BUTTON") element.setAttribute("aria-label", action.label);
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    tap(action);
  });
  return element;
}

/** A component of any type; an unknown one becomes a visible grey note. */
export function component(spec, tap) {
  const build = BUILDERS[spec?.type];
  if (!build) return h("div", { class: "fx-unknown" }, `ไม่รู้จักส่วนประกอบ “${spec?.type ?? "?"}”`);
  return build(spec, tap);
}

/** A box with its children laid out as LINE's Flex Message layout page says. */
export function box(spec, tap) {
  const element = h("div", { class: `fx-box fx-${spec.layout ?? "vertical"}` });
  const { style } = element;
  paint(style, spec);
  pad(style, spec);
  set(style, "justify-content", spec.justifyContent);
  set(style, "align-items", spec.alignItems);
  let previous = false;
  for (const child of spec.contents ?? []) {
    const node = component(child, tap);
    const absolute = child.position === "absolute";
    stretch(node.style, child, spec.layout);
    offset(node.style, child);
    const gap = units.space(child.margin) ?? (previous && !absolute ? units.space(spec.spacing) : null);
    if (gap) set(node.style, spec.layout === "vertical" ? "margin-top" : "margin-inline-start", gap);
    if (!absolute) previous = true;
    element.append(node);
  }
  return makeTappable(element, spec.action, tap);
}

/** Padding of a box; what is given for one side outranks `paddingAll`. */
function pad(style, spec) {
  set(style, "padding", units.space(spec.paddingAll));
  set(style, "padding-top", units.space(spec.paddingTop));
  set(style, "padding-bottom", units.space(spec.paddingBottom));
  set(style, "padding-inline-start", units.space(spec.paddingStart));
  set(style, "padding-inline-end", units.space(spec.paddingEnd));
}

function paint(style, spec) {
  set(style, "background-color", units.colour(spec.backgroundColor));
  set(style, "border-radius", units.space(spec.cornerRadius));
  if (spec.cornerRadius) style.overflow = "hidden";
  const width = units.border(spec.borderWidth);
  if (width) {
    set(style, "border", `${width} solid ${units.colour(spec.borderColor) ?? "transparent"}`);
  }
  const gradient = spec.background;
  if (gradient?.type === "linearGradient" && /^\d+(\.\d+)?deg$/.test(gradient.angle ?? "")) {
    const middle = units.colour(gradient.centerColor);
    const stops = [
      units.colour(gradient.startColor),
      middle && `${middle} ${units.length(gradient.centerPosition) ?? "50%"}`,
      units.colour(gradient.endColor),
    ].filter(Boolean);
    if (stops.length > 1) {
      set(style, "background-image", `linear-gradient(${gradient.angle}, ${stops.join(", ")})`);
    }
  }
  if (spec.type === "box") {
    for (const [property, name] of [
      ["width", "width"], ["height", "height"], ["max-width", "maxWidth"], ["max-height", "maxHeight"],
    ]) {
      set(style, property, units.length(spec[name]));
    }
  }
}

/** How a child shares its parent's main axis. */
function stretch(style, child, layout) {
  if (child.position === "absolute") return;
  const sized = child.type === "box" && (child.width || child.height);
  const across = layout === "vertical";
  let share = across || sized || NO_GROW_UNLESS_TOLD.has(child.type) ? 0 : 1;
  if (child.type === "filler") share = 1;
  if (Number.isInteger(child.flex) && child.type !== "separator" && !(sized && !across)) {
    share = child.flex;
  }
  if (share === 0) style.flex = "0 0 auto";
  else style.flex = across ? `${share} 0 auto` : `${share} 0 0`;
}

function offset(style, child) {
  if (child.position === "absolute") style.position = "absolute";
  set(style, "top", units.space(child.offsetTop));
  set(style, "bottom", units.space(child.offsetBottom));
  set(style, "inset-inline-start", units.space(child.offsetStart));
  set(style, "inset-inline-end", units.space(child.offsetEnd));
}

function text(spec, tap) {
  const words = h("div", { class: spec.wrap ? "fx-words fx-wrap" : "fx-words" });
  const { style } = words;
  lettering(style, spec, units.textSize(spec.size));
  set(style, "text-align", spec.align ?? "start");
  const extra = units.length(spec.lineSpacing);
  if (extra?.endsWith("px")) set(style, "line-height", `calc(1.6em + ${extra})`);
  if (spec.wrap && spec.maxLines > 0) {
    words.classList.add("fx-clamped");
    style.setProperty("-webkit-line-clamp", String(spec.maxLines));
  }
  if (Array.isArray(spec.contents) && spec.contents.length) {
    for (const part of spec.contents) {
      const span = h("span", {}, part.text ?? "");
      lettering(span.style, part, part.size ? units.textSize(part.size) : null);
      words.append(span);
    }
  } else {
    words.append(spec.text ?? "");
  }
  const frame = h("div", { class: "fx-text" }, words);
  set(frame.style, "justify-content", units.placing(spec.gravity, "top"));
  return makeTappable(frame, spec.action, tap);
}

const DECORATIONS = new Set(["none", "underline", "line-through"]);

function lettering(style, spec, size) {
  set(style, "font-size", size);
  set(style, "color", units.colour(spec.color));
  if (spec.weight) set(style, "font-weight", spec.weight === "bold" ? "700" : "400");
  if (spec.style) set(style, "font-style", spec.style === "italic" ? "italic" : "normal");
  if (DECORATIONS.has(spec.decoration)) set(style, "text-decoration", spec.decoration);
}

/** An image; `fit` shows all of it in its ratio, `cover` fills the ratio. */
export function image(spec, tap) {
  const picture = h("img", {
    class: "fx-picture", src: spec.url, alt: spec.action?.label ?? "", loading: "eager", draggable: "false",
  });
  picture.addEventListener("error", () => frame.classList.add("fx-broken"));
  set(picture.style, "object-fit", spec.aspectMode === "cover" ? "cover" : "contain");
  const frame = h("div", { class: "fx-frame" }, picture);
  set(frame.style, "width", units.imageWidth(spec.size));
  set(frame.style, "aspect-ratio", units.aspectRatio(spec.aspectRatio));
  set(frame.style, "background-color", units.colour(spec.backgroundColor));
  const holder = h("div", { class: "fx-image" }, frame);
  set(holder.style, "align-items", units.placing(spec.align, "center"));
  set(holder.style, "justify-content", units.placing(spec.gravity, "top"));
  return makeTappable(holder, spec.action, tap);
}

/** A video is drawn as its preview with a play mark. */
export function video(spec, tap) {
  const still = image(
    { url: spec.previewUrl, size: "full", aspectRatio: spec.aspectRatio ?? "20:13", aspectMode: "cover" },
    tap,
  );
  still.classList.add("fx-video");
  still.append(inlineIcon(playSvg));
  return still;
}

function button(spec, tap) {
  const kind = ["primary", "secondary"].includes(spec.style) ? spec.style : "link";
  const face = h(
    "button",
    {
      type: "button",
      class: `fx-button fx-${kind} ${spec.height === "sm" ? "fx-sm" : "fx-md"}`,
    },
    h("span", {}, spec.action?.label ?? ""),
  );
  const hue = units.colour(spec.color);
  if (hue) set(face.style, kind === "link" ? "color" : "background-color", hue);
  makeTappable(face, spec.action, tap);
  const holder = h("div", { class: "fx-button-holder" }, face);
  set(holder.style, "justify-content", units.placing(spec.gravity, "top"));
  return holder;
}

function separator(spec) {
  const line = h("div", { class: "fx-separator", role: "presentation" });
  set(line.style, "background-color", units.colour(spec.color));
  return line;
}

function icon(spec) {
  const size = units.textSize(spec.size);
  const picture = h("img", { class: "fx-icon", src: spec.url, alt: "", draggable: "false" });
  set(picture.style, "height", size);
  set(picture.style, "aspect-ratio", units.aspectRatio(spec.aspectRatio));
  return picture;
}

function filler() {
  return h("div", { class: "fx-filler" });
}

const BUILDERS = { box, text, image, video, button, separator, icon, filler, spacer: filler };

function set(style, property, value) {
  if (value !== null && value !== undefined) style.setProperty(property, value);
}
