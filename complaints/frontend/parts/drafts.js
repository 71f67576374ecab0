// What was typed outlives a reload and a signing-in, in this tab alone.

const FIELDS =
  "textarea, select, input:not([type=hidden], [type=file], [type=radio]), [name=filing_key]";
const keyOf = (form) => `draft:${form.dataset.draft}`;
const plain = (text) => (text ?? "").normalize("NFC").replace(/\r\n?/g, "\n").trim();

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}");
  } catch {
    sessionStorage.removeItem(key);
    return {};
  }
}

const byDefault = (field) => {
  if (field.type === "checkbox") return field.defaultChecked;
  if (field.matches("select")) {
    return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value;
  }
  // A hidden field's default follows its value; it belongs to every draft.
  return field.type === "hidden" ? null : field.defaultValue;
};
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);

function draftOf(form) {
  const never = (form.dataset.draftNever ?? "").split(" ");
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || !field.matches(FIELDS) || never.includes(field.name)) continue;
    if (valueOf(field) !== byDefault(field)) fields[field.name] = valueOf(field);
  }
  return { to: form.dataset.to, fields };
}

// True for what the server has already: its answer was lost on the way.
function isSaved(draft, name) {
  const saved = JSON.parse(document.getElementById("own-words")?.textContent ?? "{}")[name];
  if (!saved) return false;
  const { note, internal_note: internal } = draft.fields ?? {};
  return (
    saved.to === (draft.to ?? "") &&
    saved.note === plain(note) &&
    saved.internal_note === plain(internal)
  );
}

export function save(form) {
  if (form.dataset.draft) sessionStorage.setItem(keyOf(form), JSON.stringify(draftOf(form)));
}

export function drop(form) {
  if (form.dataset.draft) sessionStorage.removeItem(keyOf(form));
}

export function restore(form) {
  if (!form.dataset.draft) return;
  const draft = read(keyOf(form));
  if (isSaved(draft, form.dataset.to ? "move" : "note")) drop(form);
  else {
    for (const [name, value] of Object.entries(draft.fields ?? {})) {
      const field = form.elements[name];
      if (!field) continue;
      if (field.type === "checkbox") field.checked = value;
      else field.value = value;
    }
  }
  form.addEventListener("input", () => save(form));
  form.querySelector("[data-cancel]")?.addEventListener("click", () => drop(form));
}

// What was typed for a move that is not possible any more is shown, to be copied.
export function showKept() {
  const place = document.querySelector(".bm-kept");
  const page = document.querySelector(".bm-case");
  if (!place || !page || document.querySelector("form[data-preview]")) return;
  const key = `draft:${page.dataset.case}`;
  const draft = read(key);
  sessionStorage.removeItem(key);
  const words = [draft.fields?.note, draft.fields?.internal_note].filter(Boolean);
  if (!words.length || isSaved(draft, "move")) return;
  place.querySelector("p").textContent = words.join("\n\n");
  place.hidden = false;
}
