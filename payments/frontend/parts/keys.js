// The keyboard of a notice: letters act while nobody types; Escape leaves a field.

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

export function keyboard(picture) {
  const page = document.querySelector(".pay-notice");
  if (!page) return;
  const press = (selector) => {
    const button = document.querySelector(selector);
    if (button && !button.disabled) button.click();
  };
  const go = (url) => {
    if (url) location.href = url;
  };
  const open = (name) => {
    const panel = document.querySelector(`[data-panel=${name}]`);
    if (!panel) return;
    panel.open = true;
    const field = panel.querySelector("textarea");
    field.focus();
    field.scrollIntoView({ block: "center" });
  };
  const acts = {
    j: () => go(page.dataset.next),
    k: () => go(page.dataset.previous),
    c: () => press("#pay-form button[value=confirm]"),
    i: () => {
      // A receipt is for good: what is confirmed already is issued by a second key.
      const now = document.querySelector("[data-issue-now]");
      if (now) now.focus();
      else press("[data-issue]");
    },
    r: () => open("ask"),
    e: () => {
      const first = document.querySelector("#pay-form [name=payer_name], #pay-form [name=elaas_book]");
      first?.focus();
      first?.select?.();
    },
    "/": () => go(`${page.dataset.list}#searchbar`),
    "+": () => picture?.("in"),
    "=": () => picture?.("in"),
    "-": () => picture?.("out"),
    0: () => picture?.("fit"),
    "[": () => picture?.("left"),
    "]": () => picture?.("right"),
    n: () => picture?.("next"),
  };
  // The same keys on a Thai layout: a clerk types Thai all day.
  const thai = { "่": "j", "า": "k", "แ": "c", "ร": "i", "พ": "r", "ำ": "e", "ฝ": "/", "ื": "n", "บ": "[", "ล": "]", "ข": "-", "ช": "=", "จ": "0" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = acts[event.key] ?? acts[thai[event.key]];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  });
}
