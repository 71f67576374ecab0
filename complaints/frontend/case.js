// One case: its map, large photos, the move with its preview, drafts, the national ID shown once.
import "./styles/case.css";
import { sendForms } from "./parts/send.js";
import { showMap } from "./parts/map.js";

function viewer() {
  const dialog = document.querySelector(".bm-viewer");
  if (!dialog) return;
  const image = dialog.querySelector("img");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-large]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    image.src = link.href;
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === image) dialog.close();
  });
}

function reveal() {
  const form = document.querySelector("form[data-reveal]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
    });
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
  const ask = async () => {
    const mine = ++latest;
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "note", "division"]) {
      if (form.elements[name]) body.set(name, form.elements[name].value);
    }
    body.set("to", form.dataset.to);
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body });
      const html = await answer.text();
      if (answer.ok && mine === latest) place.innerHTML = html;
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
    document.querySelector("form[data-draft] textarea") ??
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
