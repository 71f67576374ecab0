// Small windows over the page: choosing, writing a note to it, one button that does it.
import { el } from "./dom.js";
import { signedOut } from "../../../bannmae/frontend/session.js";
import { SignedOut } from "./net.js";

const dialog = () => document.getElementById("chat-dialog");

export function close() {
  dialog().close();
}

// `act` does it; what it throws is told in the window, which stays with what was typed.
export function show(title, body, { button, act }) {
  const place = dialog();
  const errors = el("div", { class: "ct-error", role: "alert" });
  const submit = el("button", { class: "bm-button bm-primary", text: button ?? "ตกลง" });
  const form = el(
    "form",
    { method: "dialog", class: "ct-form" },
    el(
      "header",
      {},
      el("h2", { text: title }),
      el("button", { type: "button", class: "ct-icon", "aria-label": "ปิด", onclick: close, text: "✕" }),
    ),
    el("div", { class: "ct-body" }, ...body),
    errors,
    button
      ? el(
          "footer",
          {},
          el("button", { type: "button", class: "bm-button", onclick: close, text: "ยกเลิก" }),
          submit,
        )
      : null,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    errors.replaceChildren();
    try {
      await act(new FormData(form));
      close();
    } catch (error) {
      errors.replaceChildren(error instanceof SignedOut ? signedOut() : error.message);
    } finally {
      submit.disabled = false;
    }
  });
  place.replaceChildren(form);
  if (!place.open) place.showModal();
  form.querySelector("[autofocus], .ct-body input, .ct-body select, .ct-body textarea")?.focus();
  return form;
}

export function closesByBackdrop(place) {
  place.addEventListener("click", (event) => {
    if (event.target === place) place.close();
  });
}
