// The picture of a slip: zoomed, turned and moved by buttons, keys and the mouse.

export function slip(place) {
  if (!place) return null;
  const stage = place.querySelector(".pay-stage");
  const pictures = [...stage.querySelectorAll("[data-picture]")];
  let here = 0;
  let zoom = 1;
  let turn = 0;
  let left = 0;
  let top = 0;

  const draw = () => {
    const image = pictures[here];
    if (image?.tagName !== "IMG") return;
    // On its side a picture fits the stage's width by its height.
    const side = turn % 180 ? Math.min(1, stage.clientWidth / stage.clientHeight) : 1;
    image.style.transform = `translate(${left}px, ${top}px) rotate(${turn}deg) scale(${zoom * side})`;
    stage.classList.toggle("pay-zoomed", zoom > 1);
  };
  const fit = () => {
    zoom = 1;
    left = top = 0;
    draw();
  };
  const show = (index) => {
    here = (index + pictures.length) % pictures.length;
    turn = 0;
    for (const [at, one] of pictures.entries()) one.hidden = at !== here;
    for (const name of ["code", "file"]) {
      for (const one of place.querySelectorAll(`[data-${name}]`)) {
        one.hidden = Number(one.dataset[name]) !== here;
      }
    }
    for (const one of place.querySelectorAll("[data-show]")) {
      one.toggleAttribute("aria-current", Number(one.dataset.show) === here);
    }
    const where = place.querySelector("[data-where]");
    if (where) where.textContent = `${here + 1}/${pictures.length}`;
    fit();
  };
  const acts = {
    in: () => (zoom = Math.min(8, zoom * 1.35)),
    out: () => (zoom = Math.max(0.5, zoom / 1.35)),
    fit,
    left: () => (turn -= 90),
    right: () => (turn += 90),
    next: () => pictures.length > 1 && show(here + 1),
  };
  const act = (name) => {
    acts[name]?.();
    draw();
  };

  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-show]");
    if (!button) return;
    if (button.dataset.do) act(button.dataset.do);
    else show(Number(button.dataset.show));
  });
  stage.addEventListener("dblclick", () => act(zoom > 1 ? "fit" : "in"));
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && zoom === 1) return;
      event.preventDefault();
      act(event.deltaY < 0 ? "in" : "out");
    },
    { passive: false },
  );
  stage.addEventListener("pointerdown", (event) => {
    if (zoom <= 1 || event.button) return;
    stage.setPointerCapture(event.pointerId);
    const [x, y] = [event.clientX - left, event.clientY - top];
    const move = (to) => {
      left = to.clientX - x;
      top = to.clientY - y;
      draw();
    };
    stage.addEventListener("pointermove", move);
    stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), {
      once: true,
    });
  });
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (!step || zoom <= 1) return;
    event.preventDefault();
    left += step[0];
    top += step[1];
    draw();
  });
  return act;
}
