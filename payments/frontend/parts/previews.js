// What the payer will read while it is typed, and the receipt before it is issued.
import { isSignedOut, post, signedOut } from "../../../bannmae/frontend/session.js";

async function show(form, place, fields) {
  const answer = await post(form, form.dataset.preview, fields);
  if (isSignedOut(answer)) place.replaceChildren(signedOut());
  else if (answer.ok) place.innerHTML = await answer.text();
  return answer;
}

function typing(form, about, field) {
  const place = form.querySelector(`[data-shows=${about}]`);
  if (!place || !field) return;
  let timer;
  const ask = () => {
    const body = () => {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      data.set("about", about);
      data.set("text", field.value);
      return data;
    };
    // Without a connection the last preview stays; sending will say so itself.
    show(form, place, body).catch(() => {});
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
}

const UNSEEN =
  "แสดงใบเสร็จให้ตรวจไม่ได้ อาจเชื่อมต่อไม่ได้ชั่วขณะ ยังไม่มีอะไรถูกบันทึก กลับไปแล้วกดอีกครั้ง";
const BY_STEPS = " ถ้ายังแสดงไม่ได้ กด “ยืนยัน” ก่อน แล้วเปิดรายการนี้อีกครั้งเพื่อกด “ออกใบเสร็จ”";

function beforeIssuing(form) {
  const dialog = document.querySelector("[data-dialog]");
  const button = form.querySelector("[data-issue]");
  if (!dialog || !button) return;
  const kinds = JSON.parse(document.getElementById("pay-kinds").textContent);
  const place = dialog.querySelector("[data-shows=receipt]");
  const go = dialog.querySelector("[data-go]");
  const usual = go.textContent;
  const words = button.querySelector("[data-own]");
  const name = () => {
    const mode = kinds[form.elements.revenue.value]?.mode ?? "own";
    words.textContent = words.dataset[mode || "unset"];
    for (const note of form.querySelectorAll("[data-of-mode]")) {
      note.hidden = note.dataset.ofMode !== (mode || "unset");
    }
  };
  form.elements.revenue.addEventListener("change", name);
  name();
  let sure = false;
  let asking = false;
  const send = () => {
    sure = true;
    form.requestSubmit(button);
  };
  const open = (issuable) => {
    go.hidden = !issuable;
    go.textContent = place.querySelector("[data-go-words]")?.dataset.goWords ?? usual;
    dialog.showModal();
    (issuable ? go : dialog.querySelector("[data-stay]")).focus();
  };
  const ask = async () => {
    const body = () => {
      const data = new FormData(form);
      data.set("about", "receipt");
      return data;
    };
    try {
      const answer = await show(form, place, body);
      // What is missing or wrong is told by the page that the button leads to.
      if (answer.status === 422) return send();
      if (!answer.ok) throw new Error(answer.status);
      open(!isSignedOut(answer));
    } catch {
      // At the counter there is no such way: money and receipt are one act.
      const bySteps = form.querySelector("[name=act][value=confirm]");
      place.textContent = bySteps ? UNSEEN + BY_STEPS : UNSEEN;
      open(false);
    }
  };
  button.addEventListener("click", async (event) => {
    // e-LAAS makes the receipt itself; without a kind nothing is made.
    if (sure || kinds[form.elements.revenue.value]?.mode !== "own") return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    button.setAttribute("aria-busy", "true");
    await ask();
    // What was sent meanwhile stays busy.
    if (!sure) button.removeAttribute("aria-busy");
    asking = false;
  });
  go.addEventListener("click", () => {
    dialog.close();
    send();
  });
  // Enter that is still held down from the form has not seen the receipt.
  go.addEventListener("keydown", (event) => event.repeat && event.preventDefault());
  dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => sure || button.focus());
  // Going back shows the form again, and the receipt before it is issued too.
  addEventListener("pageshow", () => (sure = false));
}

export function previews(form) {
  for (const one of document.querySelectorAll("form[data-preview]")) {
    typing(one, "ask", one.elements.ask_text);
    typing(one, "reject", one.elements.reason);
  }
  if (form?.dataset.preview) beforeIssuing(form);
}
