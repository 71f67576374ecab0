// What the payer will read while it is typed, and the receipt before it is issued.
import { isSignedOut, post, signedOut } from "../../../bannmae/frontend/session.js";

async function show(form, place, fields) {
  const answer = await post(form, form.dataset.preview, fields);
  if (isSignedOut(answer)) place.replaceChildren(signedOut());
  else if (answer.ok) place.innerHTML = await answer.text();
  return answer.ok && !isSignedOut(answer);
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

function beforeIssuing(form) {
  const dialog = document.querySelector("[data-dialog]");
  const button = form.querySelector("[data-issue]");
  if (!dialog || !button) return;
  const kinds = JSON.parse(document.getElementById("pay-kinds").textContent);
  const place = dialog.querySelector("[data-shows=receipt]");
  let sure = false;
  button.addEventListener("click", async (event) => {
    // e-LAAS makes the receipt itself; what is not complete the server tells.
    const mode = kinds[form.elements.revenue.value]?.mode;
    const complete =
      form.elements.payer_name.value.trim() &&
      form.elements.money_seen_on.value &&
      [...form.querySelectorAll("[name=line_amount]")].some((field) => field.value.trim()) &&
      (!form.elements.duplicate_reason || form.elements.duplicate_reason.value.trim());
    if (sure || mode !== "own" || !complete) return;
    event.preventDefault();
    const body = () => {
      const data = new FormData(form);
      data.set("about", "receipt");
      return data;
    };
    try {
      if (!(await show(form, place, body))) throw new Error();
      dialog.showModal();
      dialog.querySelector("[data-go]").focus();
    } catch {
      sure = true;
      form.requestSubmit(button);
    }
  });
  dialog.querySelector("[data-go]").addEventListener("click", () => {
    sure = true;
    dialog.close();
    form.requestSubmit(button);
  });
  dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (!sure) button.focus();
  });
}

export function previews(form) {
  for (const one of document.querySelectorAll("form[data-preview]")) {
    typing(one, "ask", one.elements.ask_text);
    typing(one, "reject", one.elements.reason);
  }
  if (form?.dataset.preview) beforeIssuing(form);
}
