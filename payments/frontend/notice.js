// One notice, or a payment at the counter: the slip, the lines, drafts, previews, the keyboard.
import { dropCounterDraft, keepDraft } from "./parts/draft.js";
import { household } from "./parts/household.js";
import { keyboard } from "./parts/keys.js";
import { linesOf } from "./parts/lines.js";
import { previews } from "./parts/previews.js";
import { days } from "./parts/days.js";
import { slip } from "./parts/slip.js";
import { stands } from "./parts/stands.js";
import { walk } from "./parts/walk.js";

const form = document.getElementById("pay-form");
const lines = form?.querySelector("[data-lines]") ? linesOf(form) : null;
if (lines) {
  household(form, lines);
  keepDraft(form, lines);
}
const picture = slip(document.querySelector("[data-slip]"));
dropCounterDraft();
walk();
days();
previews(form);
stands(form);
keyboard(picture);

// One click is one act: the second one of a double click presses nothing.
for (const one of document.querySelectorAll(".pay-notice form, .pay-counter form")) {
  one.addEventListener("submit", (event) => {
    if (one.dataset.sent) return event.preventDefault();
    one.dataset.sent = "1";
    for (const button of one.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });
}
// Going back must not find it sent.
addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("form[data-sent]")) {
    delete one.dataset.sent;
    for (const button of one.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
document.querySelector("#pay-errors, .pay-notice > .bm-errors[tabindex]")?.focus();
// At the counter the next key is at once that of the first field, or of what comes next.
if (document.activeElement === document.body) {
  const first = document.querySelector(".pay-counter [name=revenue]");
  const begun = first?.value && document.querySelector(".pay-counter [name=payer_name]");
  const next = ":is([name=elaas_book], [data-print])";
  (begun || first || document.querySelector(`.pay-notice[data-counter] ${next}`))?.focus();
}
