// Whose bin it is: found by house number or name; the months that are paid make the lines.

export function household(form, lines) {
  const place = form.querySelector("[data-household]");
  const kinds = JSON.parse(document.getElementById("pay-kinds")?.textContent ?? "{}");
  const kind = form.elements.revenue;
  const hidden = form.elements.household;
  const search = place.querySelector("input[type=search]");
  const list = place.querySelector("[role=listbox]");
  const chosen = place.querySelector("[data-chosen]");
  const months = place.querySelector("[data-months]");
  const none = place.querySelector("[data-none]");
  const wrong = place.querySelector("[data-household-error]");
  let before = kinds[kind.value];
  // What the household that was chosen last has put into the form.
  const filled = {};
  let asked = 0;

  const ask = async (query) => {
    const answer = await fetch(`${place.dataset.url}?${new URLSearchParams(query)}`, {
      headers: { "X-Requested-With": "fetch" },
    });
    if (!answer.ok || answer.redirected) throw new Error();
    return answer.json();
  };
  const tell = (text) => {
    wrong.textContent = text;
    wrong.hidden = !text;
  };
  const close = () => {
    list.hidden = true;
    search.setAttribute("aria-expanded", "false");
  };
  const fill = async (query) => {
    try {
      const answer = await ask({ household: hidden.value, revenue: kind.value, ...query });
      tell(answer.error ?? "");
      if (answer.lines) lines.write(answer.lines);
    } catch {
      tell("เชื่อมต่อไม่ได้ โปรดลองอีกครั้ง");
    }
  };
  const offer = async () => {
    months.hidden = true;
    none.hidden = Boolean(hidden.value);
    if (!hidden.value || place.hidden) return;
    let answer;
    try {
      answer = await ask({ household: hidden.value, revenue: kind.value });
    } catch {
      return tell("เชื่อมต่อไม่ได้ โปรดลองอีกครั้ง");
    }
    chosen.querySelector("b").textContent = answer.label;
    chosen.hidden = false;
    search.parentElement.hidden = true;
    if (!answer.months.length) return tell("ครัวเรือนนี้ไม่มีเดือนที่ชำระได้");
    const select = document.createElement("select");
    select.className = "bm-input";
    select.setAttribute("aria-label", "ชำระถึงเดือน");
    let sum = 0;
    select.append(new Option("– ชำระถึงเดือน –", ""));
    for (const [at, one] of answer.months.entries()) {
      sum += Math.round(Number(one.amount) * 100);
      const words = `${one.words} (${at + 1} เดือน ${(sum / 100).toFixed(2)} บาท)`;
      select.append(new Option(one.arrears ? `${words} ค้างชำระ` : words, at + 1));
    }
    select.addEventListener("change", () => select.value && fill({ count: select.value }));
    const owed = document.createElement("span");
    owed.textContent = answer.owed ? `ค้าง ${answer.owed} เดือน เก่าสุดก่อน ` : "ไม่มีเดือนค้าง ";
    months.replaceChildren(owed, select);
    months.hidden = false;
    for (const [name, value] of [["payer_name", answer.owner], ["payer_address", answer.address]]) {
      const field = form.elements[name];
      if (!field || (field.value && field.value !== filled[name])) continue;
      field.value = value;
      filled[name] = value;
    }
  };
  const choose = (one) => {
    // Months, and the lines that name a house, are of the house that was chosen before.
    if (lines.rows().some((row) => lines.field(row, "months").value)) {
      lines.write([{ text: kinds[kind.value]?.name ?? "" }]);
    }
    hidden.value = one.id;
    chosen.querySelector("b").textContent = one.label;
    chosen.hidden = false;
    search.parentElement.hidden = true;
    close();
    offer();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const look = async () => {
    const mine = ++asked;
    let answer;
    try {
      answer = await ask({ q: search.value });
    } catch {
      return tell("เชื่อมต่อไม่ได้ โปรดลองอีกครั้ง");
    }
    if (mine !== asked) return;
    list.replaceChildren();
    for (const one of answer.households) {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "option");
      button.textContent = `${one.label} · ${one.owed}`;
      button.addEventListener("click", () => choose(one));
      item.append(button);
      list.append(item);
    }
    if (!answer.households.length) list.textContent = "ไม่พบครัวเรือน เพิ่มได้ในทะเบียนครัวเรือน";
    list.hidden = false;
    search.setAttribute("aria-expanded", "true");
  };
  let timer;
  search.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(look, 250);
  });
  // What she says of her house is looked for as soon as the clerk comes here.
  search.addEventListener("focus", () => {
    const said = form.elements.reference?.value.trim();
    if (search.value || !said) return;
    search.value = said;
    search.select();
    look();
  });
  place.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      buttons[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    } else if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      buttons[0]?.click();
    }
  });
  place.querySelector("[data-change]").addEventListener("click", () => {
    hidden.value = "";
    chosen.hidden = true;
    months.hidden = true;
    none.hidden = false;
    search.parentElement.hidden = false;
    search.focus();
  });
  const follow = () => {
    const now = kinds[kind.value];
    place.hidden = !now?.households;
    for (const label of form.querySelectorAll("[data-field=reference] label")) {
      label.textContent = now?.reference || "เลขอ้างอิง";
    }
    if (now) lines.rename(before, now);
    before = now ?? before;
    offer();
  };
  kind.addEventListener("change", follow);
  follow();
}
