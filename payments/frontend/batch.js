// Many receipts, a few at a time: a bar shows how far it is, each row what became of it.
import { freshen, isSignedOut, signedOut } from "../../bannmae/frontend/session.js";

const form = document.getElementById("pay-batch");

function counting() {
  const boxes = [...form.querySelectorAll("[name=notice]")];
  const button = form.querySelector("button");
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-count]").textContent = chosen;
    button.disabled = chosen === 0;
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      for (const box of boxes) box.checked = event.target.checked;
    }
    tell();
  });
}

const STATES = { issued: "ออกแล้ว", already: "", refused: "ออกไม่ได้" };

function mark(outcome) {
  const row = form.querySelector(`tr[data-pk="${outcome.pk}"]`);
  const cell = row.querySelector("[data-outcome]");
  cell.textContent = `${STATES[outcome.state]} ${outcome.text} `;
  cell.title = outcome.text;
  cell.className = outcome.state === "refused" ? "bm-error" : "";
  if (outcome.print_url) {
    const link = document.createElement("a");
    link.href = outcome.print_url;
    link.target = "_blank";
    link.className = "bm-link";
    link.textContent = "พิมพ์";
    cell.append(link);
  }
  const box = row.querySelector("[name=notice]");
  box.checked = false;
  box.disabled = true;
}

async function send(values) {
  freshen(form);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const value of values) body.append("notice", value);
  const answer = await fetch(location.href, {
    method: "POST",
    body,
    headers: { "X-Requested-With": "fetch" },
  });
  if (isSignedOut(answer)) return null;
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).outcomes;
}

async function issue() {
  const button = form.querySelector("button");
  const bar = form.querySelector("progress");
  const status = form.querySelector("[data-status]");
  const values = [...form.querySelectorAll("[name=notice]:checked")].map((box) => box.value);
  const chunk = Number(form.dataset.chunk);
  const counted = { issued: 0, already: 0, refused: 0 };
  button.disabled = true;
  bar.max = values.length;
  bar.hidden = false;
  for (let at = 0; at < values.length; at += chunk) {
    let outcomes;
    try {
      outcomes = await send(values.slice(at, at + chunk));
    } catch {
      status.textContent = `หยุดที่ ${at} จาก ${values.length} รายการ: เชื่อมต่อไม่ได้ รายการที่ออกแล้วจะไม่ออกซ้ำ กดอีกครั้งเพื่อทำต่อ`;
      button.disabled = false;
      return;
    }
    if (!outcomes) {
      status.replaceChildren(signedOut());
      button.disabled = false;
      return;
    }
    for (const outcome of outcomes) {
      mark(outcome);
      counted[outcome.state] += 1;
    }
    bar.value = Math.min(at + chunk, values.length);
    status.textContent = `กำลังออกใบเสร็จ ${bar.value} จาก ${values.length} รายการ …`;
  }
  const words = [`ออกใบเสร็จแล้ว ${counted.issued} รายการ`];
  if (counted.already) words.push(`ออกไว้ก่อนแล้ว ${counted.already}`);
  if (counted.refused) words.push(`ออกไม่ได้ ${counted.refused} รายการ เหตุผลอยู่ท้ายแต่ละแถว`);
  status.textContent = words.join(" · ");
  status.className = counted.refused ? "bm-warning" : "";
  form.querySelector("[data-count]").textContent = 0;
}

if (form) {
  counting();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.querySelector("button").disabled) issue();
  });
}
