// One case: its map, large photos, the move with its preview, drafts, the national ID shown once.
import "./styles/case.css";
import { sendForms } from "./parts/send.js";
import { isSignedOut, post, signedOut } from "../../bannmae/frontend/session.js";
import { showMap } from "./parts/map.js";

function viewer() {
  const dialog = document.querySelector(".bm-viewer");
  if (!dialog) return;
  const image = dialog.querySelector("img");
  const steps = dialog.querySelectorAll("[data-step]");
  let links = [];
  let here = 0;
  const show = (index) => {
    here = (index + links.length) % links.length;
    image.src = links[here].href;
    image.alt = `ภาพที่ ${here + 1} จาก ${links.length}`;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-large]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    links = [...link.closest("ul").querySelectorAll("a[data-large]")];
    for (const button of steps) button.hidden = links.length < 2;
    show(links.indexOf(link));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) show(here + Number(step.dataset.step));
    else if (event.target === dialog || event.target === image) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(here + step);
  });
}

function reveal() {
  const form = document.querySelector("form[data-reveal]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.parentElement.querySelector(".bm-signed-out")?.remove();
    let answer;
    try {
      answer = await post(form, form.action, () => new FormData(form));
    } catch {
      // Without a connection the browser itself says so.
      return form.submit();
    }
    if (isSignedOut(answer)) return form.after(signedOut());
    if (!answer.ok) return form.submit();
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("[data-id]").textContent = shown.body.textContent.trim();
    form.remove();
  });
}

function preview() {
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const place = document.querySelector(".bm-preview");
  let timer;
  let latest = 0;
  const typed = () => {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "note", "division"]) {
      if (form.elements[name]) body.set(name, form.elements[name].value);
    }
    body.set("to", form.dataset.to);
    return body;
  };
  const ask = async () => {
    const mine = ++latest;
    try {
      const answer = await post(form, form.dataset.preview, typed);
      const html = await answer.text();
      if (mine !== latest) return;
      if (isSignedOut(answer)) place.replaceChildren(signedOut());
      else if (answer.ok) place.innerHTML = html;
    } catch {
      // Without a connection the last preview stays; sending will say so itself.
    }
  };
  form.addEventListener("input", (event) => {
    if (!["note", "division"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
  if (form.elements.note?.value) ask();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "r" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const field =
    document.querySelector("form[data-preview] textarea") ??
    document.querySelector("textarea[name=internal_note]");
  if (field) {
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  }
});

sendForms();
viewer();
reveal();
preview();
showMap();
