// The lines of a receipt: rows come and go by keyboard, and the total follows.

const DIGITS = "๐๑๒๓๔๕๖๗๘๙";
const GROUPED = /^\d{1,3}(,\d{3})+(\.\d*)?$/;
// Satang as a whole number: sums of fractions would not be exact. What the server would not read
// as an amount ('12,50') counts as none.
export function satang(text) {
  const typed = text
    .replace(/[๐-๙]/g, (one) => DIGITS.indexOf(one))
    .trim()
    .replace(/\s*บาท$/, "");
  if (typed.includes(",") && !GROUPED.test(typed)) return null;
  const plain = typed.replaceAll(",", "");
  if (!/^\d{1,10}(\.\d{0,2})?$/.test(plain)) return null;
  const [baht, rest = ""] = plain.split(".");
  return Number(baht) * 100 + Number(rest.padEnd(2, "0"));
}
export const baht = (sum) =>
  (sum / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const NAMES = ["text", "period", "arrears", "amount", "surcharge", "months"];

export function linesOf(form) {
  const place = form.querySelector("[data-lines]");
  const body = place.querySelector("tbody");
  const total = place.querySelector("[data-total]");
  const template = place.querySelector("template");
  const differs = form.querySelector(".pay-differs");
  const field = (row, name) => row.querySelector(`[name=line_${name}]`);
  const rows = () => [...body.rows];

  const sum = () =>
    rows().reduce(
      (all, row) =>
        all + (satang(field(row, "amount").value) ?? 0) + (satang(field(row, "surcharge").value) ?? 0),
      0,
    );
  const count = () => {
    total.textContent = baht(sum());
    if (differs?.dataset.claimed) {
      differs.hidden = satang(differs.dataset.claimed) === sum() || sum() === 0;
    }
  };
  const changed = () => {
    count();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const add = (values = {}) => {
    if (body.rows.length >= 30) return null;
    body.append(template.content.cloneNode(true));
    const row = body.rows[body.rows.length - 1];
    for (const name of NAMES) if (values[name] !== undefined) field(row, name).value = values[name];
    changed();
    return row;
  };
  const remove = (row) => {
    const at = rows().indexOf(row);
    row.remove();
    if (!body.rows.length) add();
    const near = body.rows[Math.min(at, body.rows.length - 1)];
    field(near, "text").focus();
    changed();
  };
  // The months of a line belong to the amount that they make.
  const loosen = (row) => {
    field(row, "months").value = "";
    row.classList.remove("pay-of-months");
  };

  place.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-line]")) field(add() ?? body.rows[0], "text").focus();
    const gone = event.target.closest("[data-remove-line]");
    if (gone) remove(gone.closest("tr"));
  });
  place.addEventListener("input", (event) => {
    if (event.target.name === "line_amount") loosen(event.target.closest("tr"));
    count();
  });
  place.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row) return;
    if (event.key === "Delete" && event.ctrlKey) {
      event.preventDefault();
      remove(row);
    } else if (event.key === "Enter" && event.target.matches("input, select")) {
      event.preventDefault();
      const fields = [...body.querySelectorAll("input:not([type=hidden]), select")];
      const next = fields[fields.indexOf(event.target) + 1] ?? field(add() ?? row, "text");
      next.focus();
    }
  });
  count();
  return {
    add,
    field,
    rows,
    read: () =>
      rows().map((row) => Object.fromEntries(NAMES.map((name) => [name, field(row, name).value]))),
    write(all) {
      body.replaceChildren();
      for (const values of all.length ? all : [{}]) add(values);
    },
    // The name of a kind, and its period, that nobody has changed follow the chosen kind.
    rename(from, to) {
      for (const row of rows()) {
        const text = field(row, "text");
        const period = field(row, "period");
        if (text.value && text.value !== from?.name) continue;
        text.value = to.name;
        if (to !== from && (from?.period ?? "") === period.value) period.value = to.period ?? "";
      }
    },
  };
}
