// A large file takes a while: the button that was pressed says so, and is pressed once.

document.querySelectorAll('form[data-waits]').forEach((form) => {
  form.addEventListener('submit', () => {
    const button = form.querySelector('button:not([type="button"])');
    // After the browser has taken the form: a disabled button would not be part of it.
    setTimeout(() => {
      button.disabled = true;
      button.textContent = form.dataset.waits;
    });
  });
});

// Brought back from the browser's memory, nothing is on its way any more.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});
