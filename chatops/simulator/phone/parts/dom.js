// Small helpers for building DOM nodes. Text always goes in as text nodes: nothing that a message
// carries is ever parsed as HTML.

/**
 * Make an element.
 * @param {string} tag
 * @param {Object} [attributes] `class`, `data-*`, `aria-*` …; `on` holds listeners, `style` an
 *   object of CSS properties (custom ones too); null, undefined and false leave an attribute out.
 * @param {...(Node|string|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === "style") {
      for (const [property, setting] of Object.entries(value)) {
        if (setting !== null && setting !== undefined) element.style.setProperty(property, setting);
      }
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.append(child);
  }
}

/** Put `nodes` into `parent` in this order, moving only what stands elsewhere. */
export function arrange(parent, nodes) {
  let cursor = parent.firstChild;
  for (const node of nodes) {
    if (node === cursor) {
      cursor = cursor.nextSibling;
    } else {
      parent.insertBefore(node, cursor);
    }
  }
  while (cursor) {
    const next = cursor.nextSibling;
    cursor.remove();
    cursor = next;
  }
}

/** An inline picture from Lucide's SVG text; decoration only. */
export function icon(svg) {
  const holder = h("span", { class: "icon", "aria-hidden": "true" });
  holder.innerHTML = svg;
  return holder;
}

/** A button that shows a picture and says `label`. */
export function iconButton(svg, label, attributes = {}) {
  const { class: extra = "", ...rest } = attributes;
  return h(
    "button",
    { type: "button", class: `icon-button ${extra}`.trim(), "aria-label": label, title: label, ...rest },
    icon(svg),
  );
}

/** Fill every `<span data-icon="name">` below `root` from a map of SVG texts. */
export function fillIcons(root, svgs) {
  for (const place of root.querySelectorAll("[data-icon]")) {
    place.classList.add("icon");
    place.setAttribute("aria-hidden", "true");
    place.innerHTML = svgs[place.dataset.icon];
  }
}
