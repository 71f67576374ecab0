// What was typed outlives a reload and a signing-in, in this tab alone, while nobody has changed
// the notice meanwhile. The server's own answer to a refused form goes before it.

// The filing key goes with what was typed: sent again after an error it is the same payment;
// and months are a household's.
const FIELDS =
  "input[name]:not([type=hidden], [type=file]), textarea[name], select[name], [name=filing_key], [name=household]";
const plain = (form) =>
  [...form.querySelectorAll(FIELDS)].filter((field) => !field.name.startsWith("line_"));

export function keepDraft(form, lines) {
  const key = `pay-draft:${form.dataset.draft}`;
  const version = form.dataset.version;
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  };
  const save = () => {
    const fields = Object.fromEntries(plain(form).map((field) => [field.name, field.value]));
    sessionStorage.setItem(key, JSON.stringify({ version, fields, lines: lines.read() }));
  };
  const draft = read();
  if (draft && form.dataset.fresh) {
    // Saved by this very page: the lines are not the server's to keep before they are confirmed.
    const saved = draft.version === form.dataset.kept && draft.version !== version;
    if (draft.version === version || saved) {
      lines.write(draft.lines);
      for (const field of saved ? [] : plain(form)) {
        const typed = draft.fields[field.name];
        if (typed === undefined) continue;
        // What was typed into a folded part is not to look lost.
        const fold = typed !== field.value && field.closest("details");
        if (fold) fold.open = true;
        field.value = typed;
      }
    } else sessionStorage.removeItem(key);
  }
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  form.querySelector("[data-cancel]")?.addEventListener("click", () => sessionStorage.removeItem(key));
  // A kind or a household that came back has its fields and months too.
  if (draft) form.elements.revenue?.dispatchEvent(new Event("change", { bubbles: true }));
}

// The page of a payment at the counter: what was typed for it has arrived.
export function dropCounterDraft() {
  const page = document.querySelector(".pay-notice[data-counter]");
  if (!page) return;
  const key = `pay-draft:${page.dataset.counter}`;
  if ((sessionStorage.getItem(key) ?? "").includes(`"${page.dataset.filingKey}"`)) {
    sessionStorage.removeItem(key);
  }
}
