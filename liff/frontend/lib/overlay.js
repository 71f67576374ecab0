// Things that cover the page (large photo, large map): the phone's back button closes them.

let closeTop = null;

window.addEventListener('popstate', (event) => {
  if (closeTop && !(event.state && event.state.overlay)) {
    const close = closeTop;
    closeTop = null;
    close();
  }
});

export function openOverlay(close) {
  window.history.pushState({ ...window.history.state, overlay: true }, '');
  closeTop = close;
}

export function closeOverlay() {
  if (closeTop) window.history.back();
}
