// The small dialogs of the phone: dialler, location, sticker, date picker, large picture, message menu.

import { h, icon, iconButton } from "./dom.js";
import { showSheet } from "./overlays.js";
import phoneSvg from "lucide-static/icons/phone.svg";
import locateSvg from "lucide-static/icons/locate-fixed.svg";
import xSvg from "lucide-static/icons/x.svg";

/** The municipality's office at Ban Mae: where the pin stands to begin with. */
export const HOME = { latitude: 18.6137, longitude: 98.8936 };

/** Stickers that LINE's list of sendable stickers has for every bot. */
const STICKERS = [
  ["446", "1988"], ["446", "1989"], ["446", "1993"], ["446", "2003"],
  ["789", "10855"], ["789", "10856"], ["6136", "10551376"], ["11537", "52002734"],
];

/** The phone's dialler, instead of leaving the page. */
export function dialler(overlays, uri) {
  const number = decodeURIComponent(uri.replace(/^tel:/i, ""));
  showSheet(overlays, "โทรออก", (close) => [
    h("p", { class: "dial-number", "data-testid": "dial-number" }, number),
    h(
      "button",
      { type: "button", class: "wide-button call", "data-first": true, on: { click: close } },
      icon(phoneSvg), `โทร ${number}`,
    ),
    h("p", { class: "sheet-note" }, "เครื่องจำลองไม่โทรออกจริง"),
    h("button", { type: "button", class: "wide-button plain", on: { click: close } }, "ยกเลิก"),
  ]);
}

/** Ask for a position to share. `send` gets `{title, address, latitude, longitude}`. */
export function locationDialog(overlays, send) {
  const field = (name, label, value, extra = {}) => {
    const input = h("input", { name, value, autocomplete: "off", ...extra });
    return [h("label", { class: "field" }, h("span", {}, label), input), input];
  };
  const number = { type: "number", step: "any", required: true, inputmode: "decimal" };
  const [titleField, title] = field("title", "ชื่อสถานที่", "ตำแหน่งที่ตั้ง", { maxlength: 100 });
  const [addressField, address] = field("address", "ที่อยู่", "ตำบลบ้านแม อำเภอสันป่าตอง เชียงใหม่", { maxlength: 100 });
  const [latitudeField, latitude] = field("latitude", "ละติจูด", String(HOME.latitude), { ...number, min: -90, max: 90 });
  const [longitudeField, longitude] = field("longitude", "ลองจิจูด", String(HOME.longitude), { ...number, min: -180, max: 180 });
  const note = h("p", { class: "sheet-note", role: "status" });
  const here = h(
    "button",
    {
      type: "button", class: "wide-button plain",
      on: {
        click: () => {
          note.textContent = "กำลังหาตำแหน่งของเครื่องนี้…";
          navigator.geolocation.getCurrentPosition(
            ({ coords }) => {
              latitude.value = coords.latitude.toFixed(6);
              longitude.value = coords.longitude.toFixed(6);
              note.textContent = `แม่นยำประมาณ ${Math.round(coords.accuracy)} เมตร`;
            },
            () => { note.textContent = "หาตำแหน่งของเครื่องนี้ไม่ได้ พิมพ์พิกัดแทนได้"; },
            { timeout: 10_000 },
          );
        },
      },
    },
    icon(locateSvg), "ใช้ตำแหน่งของเครื่องนี้",
  );
  showSheet(overlays, "ส่งตำแหน่งที่ตั้ง", (close) => h(
    "form",
    {
      class: "sheet-form",
      on: {
        submit: (event) => {
          event.preventDefault();
          close();
          send({
            title: title.value.trim(), address: address.value.trim(),
            latitude: latitude.valueAsNumber, longitude: longitude.valueAsNumber,
          });
        },
      },
    },
    titleField, addressField, h("div", { class: "field-pair" }, latitudeField, longitudeField),
    "geolocation" in navigator ? here : null, note,
    h("button", { type: "submit", class: "wide-button" }, "ส่งตำแหน่ง"),
  ));
}

/** Pick a sticker. `send` gets package and sticker id. */
export function stickerDialog(overlays, send) {
  showSheet(overlays, "สติกเกอร์", (close) => h(
    "div",
    { class: "sticker-grid" },
    STICKERS.map(([packageId, stickerId]) => h(
      "button",
      {
        type: "button", "aria-label": `สติกเกอร์ ${packageId} / ${stickerId}`,
        on: { click: () => { close(); send(packageId, stickerId); } },
      },
      h("strong", {}, packageId), h("span", {}, stickerId),
    )),
  ));
}

const PICKERS = { date: "date", time: "time", datetime: "datetime-local" };
const PICKED = { date: "date", time: "time", datetime: "datetime" };

/** LINE's date picker action. `pick` gets the postback's `params`. */
export function datePicker(overlays, action, pick) {
  const mode = action.mode in PICKERS ? action.mode : "datetime";
  const local = (value) => (value ?? "").replace(/t/i, "T");
  const input = h("input", {
    type: PICKERS[mode], required: true, value: local(action.initial), min: local(action.min) || null,
    max: local(action.max) || null, "aria-label": action.label ?? "วันและเวลา",
  });
  showSheet(overlays, action.label ?? "เลือกวันและเวลา", (close) => h(
    "form",
    {
      class: "sheet-form",
      on: {
        submit: (event) => {
          event.preventDefault();
          close();
          pick({ [PICKED[mode]]: input.value });
        },
      },
    },
    h("label", { class: "field" }, h("span", {}, "เลือก"), input),
    h("button", { type: "submit", class: "wide-button" }, "ตกลง"),
  ));
}

/** A picture as large as the phone. */
export function largePicture(overlays, source, name) {
  let handle = null;
  const viewer = h(
    "section",
    { class: "viewer", role: "dialog", "aria-modal": "true", "aria-label": name },
    iconButton(xSvg, "ปิด", { class: "on-dark", on: { click: () => handle.close() } }),
    h("img", { src: source, alt: name }),
  );
  handle = overlays.show(viewer);
}

/** The menu of one message: `choices` are `{label, run, danger}`. */
export function choiceSheet(overlays, title, choices) {
  showSheet(overlays, title, (close) => h(
    "div",
    { class: "choices", role: "menu" },
    choices.map(({ label, run, danger }) => h(
      "button",
      {
        type: "button", role: "menuitem", class: danger ? "choice danger" : "choice",
        on: { click: () => { close(); run(); } },
      },
      label,
    )),
  ));
}
