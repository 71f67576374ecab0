// One bubble of a conversation, drawn from what the server tells of it.
import { el, icon } from "./dom.js";
import { timeOf } from "./dates.js";

const size = (bytes) =>
  bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// Addresses in a text lead there, in a window of their own.
function words(text) {
  const place = el("p", { class: "ct-text" });
  for (const [index, part] of text.split(/(https?:\/\/[^\s<>"]+)/).entries()) {
    if (index % 2) {
      place.append(el("a", { href: part, target: "_blank", rel: "noreferrer noopener", text: part }));
    } else place.append(part);
  }
  return place;
}

const quote = (text) => el("blockquote", { class: "ct-quote", text });

function picture(url, small, shown = {}) {
  if (!url) return el("p", { class: "ct-file", text: "[รูปภาพ]" });
  return el(
    "a",
    { href: url, "data-large": true, class: "ct-picture" },
    el("img", {
      src: small || url,
      alt: "รูปภาพในแชต",
      loading: "lazy",
      width: shown.width,
      height: shown.height,
    }),
  );
}

function content(bubble) {
  const { kind, content: file } = bubble;
  if (!file.url) {
    return el(
      "p",
      { class: "ct-file ct-missing" },
      icon(file.state === "wanted" ? "hourglass_top" : "broken_image"),
      ` ${NAMES[kind]} · ${file.words}`,
    );
  }
  if (kind === "image") return picture(file.url, file.small, file);
  if (kind === "audio" && /^audio\//.test(file.type)) {
    return el(
      "div",
      { class: "ct-media" },
      el("audio", { controls: true, preload: "none", src: file.url }),
      el("small", { text: `ข้อความเสียง ${minutes(file.seconds)}` }),
    );
  }
  if (kind === "video" && /^video\//.test(file.type)) {
    return el(
      "div",
      { class: "ct-media" },
      el("video", { controls: true, preload: "none", src: file.url, poster: file.small || undefined }),
    );
  }
  return el(
    "a",
    { class: "ct-file", href: file.url, target: "_blank", rel: "noreferrer" },
    icon("description"),
    el("span", {}, el("b", { text: file.name || NAMES[kind] }), el("small", { text: size(file.size) })),
  );
}

const NAMES = { image: "รูปภาพ", video: "วิดีโอ", audio: "ข้อความเสียง", file: "ไฟล์" };

function place(bubble) {
  const { title, address, url } = bubble.place;
  return el(
    "div",
    { class: "ct-place" },
    icon("location_on"),
    el(
      "div",
      {},
      el("b", { text: title || "ตำแหน่ง" }),
      address ? el("p", { text: address }) : null,
      url
        ? el("a", { href: url, target: "_blank", rel: "noreferrer noopener", text: "เปิดแผนที่" })
        : null,
    ),
  );
}

function said(bubble) {
  if (bubble.kind === "unsent") return el("p", { class: "ct-text ct-unsent", text: "ยกเลิกข้อความ" });
  if (bubble.kind === "sticker") {
    return el(
      "p",
      { class: "ct-sticker" },
      icon("sentiment_satisfied"),
      ` สติกเกอร์${bubble.text ? ` “${bubble.text}”` : ""}`,
    );
  }
  if (bubble.kind === "location") return place(bubble);
  if (bubble.content) return content(bubble);
  return words(bubble.text);
}

function incoming(bubble) {
  const tools = el("span", { class: "ct-bubble-tools" });
  if (bubble.quotable) {
    tools.append(
      el(
        "button",
        { type: "button", class: "ct-icon", "data-quote": bubble.pk, title: "ตอบโดยอ้างข้อความนี้" },
        icon("reply"),
      ),
    );
  }
  return el(
    "li",
    { class: "ct-in" },
    el("input", {
      type: "checkbox",
      class: "ct-pick",
      value: bubble.pk,
      "aria-label": "เลือกข้อความนี้",
      disabled: bubble.kind === "unsent",
    }),
    el(
      "div",
      { class: "ct-bubble" },
      bubble.quote ? quote(bubble.quote) : null,
      said(bubble),
    ),
    el("small", { class: "ct-meta" }, el("time", { text: timeOf(bubble.at) }), tools),
  );
}

function card(one) {
  return el(
    "div",
    { class: "ct-card" },
    one.band
      ? el("p", { class: "ct-band", style: one.colour ? `background:${one.colour}` : undefined, text: one.band })
      : null,
    el("b", { text: one.title }),
    ...one.lines.map((line) => el("p", { text: line })),
    ...one.buttons.map((label) => el("span", { class: "ct-card-button", text: label })),
  );
}

function part(one) {
  if (one.type === "image") return picture(one.url, one.small);
  if (one.type === "cards") return el("div", { class: "ct-cards" }, ...one.cards.map(card));
  return words(one.text);
}

const MARKS = { wait: "schedule", held: "pause_circle", sent: "done_all", failed: "error", cancelled: "block" };

function outgoing(bubble) {
  const state = el(
    "span",
    { class: `ct-state ct-${bubble.tone}` },
    icon(MARKS[bubble.tone]),
    bubble.state,
  );
  return el(
    "li",
    { class: `ct-out ${bubble.auto ? "ct-auto" : ""} ${bubble.tone === "failed" ? "ct-bad" : ""}` },
    el(
      "div",
      { class: "ct-group" },
      ...bubble.parts.map((one, index) =>
        el(
          "div",
          { class: `ct-bubble ct-${one.type}` },
          index === 0 && bubble.quote ? quote(bubble.quote) : null,
          part(one),
        ),
      ),
      bubble.quick.length
        ? el("p", { class: "ct-quick" }, ...bubble.quick.map((label) => el("span", { text: label })))
        : null,
    ),
    el(
      "small",
      { class: "ct-meta" },
      el("span", { class: "ct-by", text: bubble.by }),
      el("time", { text: timeOf(bubble.at) }),
      state,
    ),
    bubble.why || bubble.again
      ? el(
          "p",
          { class: "ct-why" },
          bubble.why ? el("span", { text: bubble.why }) : null,
          bubble.again
            ? el("button", { type: "button", class: "bm-button", "data-again": bubble.again, text: "ส่งอีกครั้ง" })
            : null,
        )
      : null,
  );
}

function event(bubble) {
  const who = [bubble.by, timeOf(bubble.at)].filter(Boolean).join(" · ");
  if (bubble.side === "note") {
    return el(
      "li",
      { class: "ct-note" },
      el("p", { class: "ct-note-title" }, icon("sticky_note_2"), `${bubble.title} · ประชาชนไม่เห็น`),
      el("p", { class: "ct-text", text: bubble.text }),
      el("small", { class: "bm-quiet", text: who }),
    );
  }
  return el(
    "li",
    { class: "ct-event" },
    el(
      "span",
      {},
      el("b", { text: bubble.title }),
      bubble.text && bubble.text !== bubble.title ? ` · ${bubble.text}` : "",
      el("small", { text: ` · ${who}` }),
    ),
  );
}

export function draw(bubble) {
  const made =
    bubble.side === "in" ? incoming(bubble) : bubble.side === "out" ? outgoing(bubble) : event(bubble);
  made.dataset.key = bubble.key;
  return made;
}
