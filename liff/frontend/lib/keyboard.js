// Lifts the bar with the main button above the keyboard where the browser lays it over the page.

export function keepAboveKeyboard() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const update = () => {
    const zoomed = viewport.scale > 1.01;
    const hidden = zoomed ? 0 : window.innerHeight - viewport.height - viewport.offsetTop;
    document.documentElement.style.setProperty('--keyboard', `${Math.max(0, Math.round(hidden))}px`);
  };
  viewport.addEventListener('resize', update);
  viewport.addEventListener('scroll', update);
  update();
}
