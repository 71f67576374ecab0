// What a colleague has put into a field meanwhile is taken over by one press.

export function stands(form) {
  form?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const field = button.closest("[data-field]").querySelector("input, select, textarea");
    const { take } = button.dataset;
    const choices = field.options && Array.from(field.options, (one) => one.value);
    // Not among the choices of the page: what was chosen stays, and so does the note.
    if (choices && !choices.includes(take)) return button.remove();
    field.value = take;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    button.closest(".pay-stands").remove();
    field.focus();
  });
}
