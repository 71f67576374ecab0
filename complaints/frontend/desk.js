// Every page of the staff desk: its styles, and the keyboard in the list.
import "./styles/desk.css";
import { freshen } from "../../bannmae/frontend/session.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

const LAST_LIST = "bm-last-list";

// A case's way back leads to the list as this window last showed it. Whoever signs in next
// begins with a list of his own.
function returnToList(bar) {
  if (bar?.matches(".bm-bar")) sessionStorage.setItem(LAST_LIST, location.search);
  else if (document.getElementById("login-form")) sessionStorage.removeItem(LAST_LIST);
  const back = document.querySelector(".bm-back");
  if (back) back.search = sessionStorage.getItem(LAST_LIST) ?? "";
}

function ready() {
  // The theme writes the file's name into a text field beside it, which ours have not; it
  // passes over those that bear this mark.
  for (const field of document.querySelectorAll(".bm-form input[type=file], .bm-file input")) {
    field.hasChangeListener = true;
  }

  const bar = document.getElementById("changelist-search");
  if (bar) {
    bar.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=date]")) bar.requestSubmit();
    });
    // An empty field has no place in the address.
    bar.addEventListener("submit", () => {
      for (const field of bar.querySelectorAll("input, select")) {
        if (!field.value) field.disabled = true;
      }
    });
    // Going back must not find them disabled.
    addEventListener("pageshow", () => {
      for (const field of bar.querySelectorAll("[disabled]")) field.disabled = false;
    });
  }

  returnToList(bar);

  const rows = [...document.querySelectorAll("#result_list tr[data-url]")];
  let here = -1;
  const go = (step) => {
    if (!rows.length) return;
    rows[here]?.classList.remove("bm-here");
    here = Math.max(0, Math.min(rows.length - 1, here + step));
    rows[here].classList.add("bm-here");
    rows[here].querySelector(".bm-what a").focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  };
  for (const row of rows) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("a, input, button, label") && !String(getSelection())) {
        location.href = row.dataset.url;
      }
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.getElementById("searchbar");
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "j") go(1);
    else if (event.key === "k") go(here < 0 ? 1 : -1);
    else if (event.key === "x" && here >= 0) rows[here].querySelector("input").click();
  });
}

// A paper takes seconds: it comes in a window of its own, which says so meanwhile.
function printApart(form) {
  const isList = form.id === "changelist-form";
  const printing = isList
    ? form.elements.action?.value.startsWith("print_")
    : /^(_blank|paper-)/.test(form.target);
  if (!printing) {
    if (isList) form.removeAttribute("target");
    return;
  }
  form.target = `paper-${Date.now()}`;
  const paper = window.open("", form.target);
  if (!paper) return;
  paper.document.title = "กำลังจัดทำเอกสาร …";
  const words = paper.document.createElement("p");
  words.textContent = "กำลังจัดทำเอกสาร … โปรดรอสักครู่ หลายเรื่องอาจใช้เวลาราว 10 วินาที";
  words.style.cssText = "font: 1.2rem/1.8 Sarabun, sans-serif; text-align: center; margin-top: 20vh";
  paper.document.body.append(words);
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.method === "post") freshen(event.target);
  },
  true,
);
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) printApart(event.target);
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
else ready();
