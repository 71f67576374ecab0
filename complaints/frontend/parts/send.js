// Sends a form with its files and shows how far it is; refused, it stays as it was typed.

import { drop, restore, save, showKept } from "./drafts.js";
import { freshen, isSignedOut, signInLink, SIGNED_OUT } from "../../../bannmae/frontend/session.js";

const UNREACHED = "เชื่อมต่อไม่ได้ ข้อความที่พิมพ์ยังอยู่ โปรดลองอีกครั้ง";
const ANSWERS = {
  403: "บัญชีนี้ไม่มีสิทธิ์บันทึก หรือเบราว์เซอร์ปิดคุกกี้ไว้ ข้อความที่พิมพ์ยังอยู่",
  404: "ท่านไม่เห็นเรื่องนี้แล้ว จึงยังไม่ได้บันทึก ข้อความที่พิมพ์ยังอยู่",
  413: "ไฟล์ใหญ่เกินไป",
};

function boxOf(form) {
  const found = form.parentElement.querySelector(".bm-errors");
  if (found) return found;
  const box = document.createElement("div");
  box.className = "bm-errors";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  form.before(box);
  return box;
}

function clear(form) {
  for (const old of form.querySelectorAll(".bm-error")) old.remove();
  for (const old of form.querySelectorAll(".bm-wrong")) old.classList.remove("bm-wrong");
}

function tell(form, errors, overtaken) {
  clear(form);
  const box = boxOf(form);
  const list = document.createElement("ul");
  for (const [name, messages] of Object.entries(errors)) {
    const place = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    for (const message of messages) {
      const item = document.createElement("li");
      const label = place?.querySelector("label")?.firstChild?.textContent?.trim();
      item.textContent = label ? `${label}: ${message}` : message;
      list.append(item);
      if (place) {
        const error = document.createElement("p");
        error.className = "bm-error";
        error.textContent = message;
        place.classList.add("bm-wrong");
        place.append(error);
      }
    }
  }
  const title = document.createElement("strong");
  title.textContent = overtaken
    ? "ยังไม่ได้บันทึก: มีผู้ดำเนินการเรื่องนี้ไปก่อนท่าน"
    : "ยังไม่ได้บันทึก โปรดตรวจสอบ";
  box.replaceChildren(title, list);
  if (overtaken) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "bm-button";
    again.textContent = "ดูสถานะล่าสุด (ข้อความที่พิมพ์ไว้ยังอยู่)";
    again.addEventListener("click", () => location.reload());
    box.append(again);
  }
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
  (form.querySelector(".bm-wrong input, .bm-wrong textarea, .bm-wrong select") ?? box).focus({
    preventScroll: true,
  });
}

function send(form, again = false) {
  const button = form.querySelector("button:not([type=button])");
  const bar = form.querySelector("progress");
  const request = new XMLHttpRequest();
  const rest = () => {
    button.disabled = false;
    if (bar) bar.hidden = true;
  };
  const failed = (message) => {
    rest();
    tell(form, { "": [message] }, false);
  };
  const signedOut = () => {
    failed(SIGNED_OUT);
    boxOf(form).append(signInLink());
  };
  // The token may be older than the last signing-in: asking for the page brings the one of now.
  const renewed = async () => {
    try {
      if (isSignedOut(await fetch(location.href))) signedOut();
      else send(form, true);
    } catch {
      failed(UNREACHED);
    }
  };
  button.disabled = true;
  freshen(form);
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "fetch");
  request.upload.addEventListener("progress", (event) => {
    if (!bar || !event.lengthComputable || event.total < 200000) return;
    bar.hidden = false;
    bar.value = (100 * event.loaded) / event.total;
  });
  request.addEventListener("load", () => {
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      if (request.responseURL.split("#")[0] !== form.action.split("#")[0]) signedOut();
      else if (request.status === 403 && !again) renewed();
      else failed(ANSWERS[request.status] ?? "ระบบไม่ตอบตามปกติ ข้อความที่พิมพ์ยังอยู่ โปรดลองอีกครั้ง");
      return;
    }
    if (answer.url) {
      drop(form);
      location.href = answer.url;
      return;
    }
    rest();
    for (const [name, value] of Object.entries(answer.values ?? {})) {
      form.elements[name].value = value;
    }
    save(form);
    tell(form, answer.errors, answer.overtaken);
  });
  request.addEventListener("error", () => failed(UNREACHED));
  request.send(new FormData(form));
}

// The names of the picked files, and pictures of them; the browser's own words are not Thai.
function picks(form) {
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const place = event.target.closest("[data-field]").querySelector(".bm-picked");
    place.replaceChildren();
    for (const file of event.target.files) {
      const item = document.createElement("span");
      if (/^image\/(jpeg|png|webp)$/.test(file.type)) {
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        image.addEventListener("load", () => URL.revokeObjectURL(image.src));
        item.append(image);
      } else item.textContent = file.name;
      place.append(item);
    }
  });
}

export function sendForms() {
  for (const form of document.querySelectorAll("form[data-send]")) {
    restore(form);
    picks(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  showKept();
}
