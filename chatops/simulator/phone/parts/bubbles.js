// What one message shows inside its row: one function for each type of message.

import { h, icon } from "./dom.js";
import { flexContainer } from "../flex/containers.js";
import { linkify } from "./linkify.js";
import { postbackText } from "./conversation.js";
import { templateCard } from "./templates.js";
import mapPinSvg from "lucide-static/icons/map-pin.svg";
import stickerSvg from "lucide-static/icons/sticker.svg";

/**
 * @typedef {Object} Surroundings
 * @property {(action: Object) => void} tap a tapped LINE action
 * @property {(uri: string) => void} openUri a tapped link in a text
 * @property {(src: string, name: string) => void} enlarge a tapped picture
 * @property {(messageId: string) => string} contentUrl address of a resident's own photo
 * @property {(messageId: string) => string|null} quotedText words of a quoted message
 */

/**
 * Draw the content of a chat entry.
 * @param {Object} entry chat entry of the simulator
 * @param {Surroundings} around
 * @returns {{node: HTMLElement, wide: boolean}} `wide`: it may use the whole width of the chat
 */
export function content(entry, around) {
  const { message } = entry;
  const draw = DRAWERS[message.type];
  const drawn = draw ? draw(message, around, entry) : null;
  return drawn ?? { node: unknown(message), wide: false };
}

const DRAWERS = {
  text: (message, around) => ({ node: bubble(words(withEmojis(message), around), message, around), wide: false }),
  textV2: (message, around) => ({
    node: bubble(words(substituted(message), around), message, around), wide: false,
  }),
  postback: (message, around) => ({
    node: bubble(words(postbackText(message), around), message, around), wide: false,
  }),
  image: (message, around, entry) => ({ node: photo(message, around, entry), wide: false }),
  sticker: (message) => ({ node: sticker(message), wide: false }),
  location: (message, around) => ({ node: location(message, around), wide: false }),
  video: (message, around, entry) => ({
    node: h("video", {
      class: "photo", src: message.originalContentUrl ?? around.contentUrl(entry.id),
      poster: message.previewImageUrl, controls: true, preload: "none",
    }),
    wide: false,
  }),
  audio: (message, around, entry) => ({
    node: h("audio", {
      class: "audio", src: message.originalContentUrl ?? around.contentUrl(entry.id), controls: true,
      preload: "none",
    }),
    wide: false,
  }),
  file: (message) => ({
    node: h("div", { class: "bubble" }, h("p", { class: "words" }, message.fileName ?? "ไฟล์")), wide: false,
  }),
  flex: (message, around) => card(flexContainer(message.contents, around.tap), message),
  template: (message, around) => card(templateCard(message.template, around.tap), message),
};

function card(node, message) {
  if (!node) return null;
  const wide = node.classList.contains("carousel");
  return {
    node: h("div", { class: wide ? "card card-wide" : "card", role: "group", "aria-label": message.altText }, node),
    wide,
  };
}

function bubble(contents, message, around) {
  const quoted = message.quotedMessageId ? around.quotedText(message.quotedMessageId) : null;
  return h(
    "div",
    { class: "bubble" },
    quoted ? h("blockquote", { class: "quote" }, quoted) : null,
    h("p", { class: "words" }, contents),
  );
}

function words(text, around) {
  return linkify(text).map((piece) => {
    if (!piece.uri) return piece.text;
    return h(
      "a",
      {
        href: piece.uri,
        on: {
          click: (event) => {
            event.preventDefault();
            around.openUri(piece.uri);
          },
        },
      },
      piece.text,
    );
  });
}

/** A text whose `$` places stand for LINE's own emojis, which only LINE can draw. */
function withEmojis(message) {
  const units = (message.text ?? "").split("");
  for (const { index } of message.emojis ?? []) if (units[index] === "$") units[index] = "☺";
  return units.join("");
}

/** textV2 with its `{name}` places filled by what stands for them. */
function substituted(message) {
  return (message.text ?? "").replace(/\{\{|\}\}|\{(\w+)\}/g, (found, name) => {
    if (found === "{{") return "{";
    if (found === "}}") return "}";
    const type = message.substitution?.[name]?.type;
    if (type === "mention") return "@ทุกคน";
    return type === "emoji" ? "☺" : found;
  });
}

function photo(message, around, entry) {
  // Her own photo lies in the simulator; one that a LIFF page shared in her name has an address.
  const large = message.originalContentUrl ?? around.contentUrl(entry.id);
  const small = message.previewImageUrl ?? large;
  const name = entry.from === "resident" ? "รูปที่ส่ง" : "รูปจากบัญชีทางการ";
  const picture = h("img", { src: small, alt: name, draggable: "false" });
  const face = h(
    "button",
    {
      type: "button", class: "photo photo-button", "aria-label": `ดู${name}ขนาดใหญ่`,
      on: { click: () => around.enlarge(large, name) },
    },
    picture,
  );
  picture.addEventListener("error", () => face.replaceChildren(
    h("span", { class: "photo-broken" }, "โหลดรูปไม่ได้"),
  ));
  return face;
}

function sticker(message) {
  return h(
    "div",
    { class: "sticker-box" },
    icon(stickerSvg),
    h("strong", {}, "สติกเกอร์"),
    h("span", {}, `${message.packageId} / ${message.stickerId}`),
  );
}

function location(message, around) {
  const position = `${message.latitude},${message.longitude}`;
  const uri = `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(position)}`;
  return h(
    "button",
    {
      type: "button", class: "place", "aria-label": `เปิดแผนที่ ${message.title ?? "ตำแหน่งที่ตั้ง"}`,
      on: { click: () => around.openUri(uri) },
    },
    h("span", { class: "place-map" }, icon(mapPinSvg)),
    h(
      "span",
      { class: "place-words" },
      h("strong", {}, message.title || "ตำแหน่งที่ตั้ง"),
      message.address ? h("span", {}, message.address) : null,
      h("small", {}, `${Number(message.latitude).toFixed(5)}, ${Number(message.longitude).toFixed(5)}`),
    ),
  );
}

function unknown(message) {
  return h(
    "div",
    { class: "unknown", "data-testid": "unknown-message" },
    h("strong", {}, `ข้อความชนิด “${message.type}” (เครื่องจำลองยังไม่วาด)`),
    message.altText ? h("span", {}, message.altText) : null,
  );
}
