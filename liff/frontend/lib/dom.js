// Small helpers for building and finding elements.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));

// h('p', {class: 'hint', onclick: f, hidden: true}, 'text', node, [more], null)
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'svg') element.innerHTML = value; // our own bundled icons only
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

// Numbers and dates are not torn apart at the end of a line.
export function whole(text) {
  return h('span', { class: 'nowrap' }, text);
}

export function fill(element, ...children) {
  element.textContent = '';
  append(element, children);
  return element;
}

export function show(element, visible = true) {
  element.hidden = !visible;
}

// Puts bundled icons where a template asks for them: <span data-icon="camera"></span>
export function putIcons(icons, root = document) {
  for (const element of $$('[data-icon]', root)) {
    element.innerHTML = icons[element.dataset.icon] || '';
    element.setAttribute('aria-hidden', 'true');
  }
}

// An element that moves focus without being a control: headings, summaries.
export function focusOn(element, options) {
  if (!element.hasAttribute('tabindex')) element.setAttribute('tabindex', '-1');
  element.focus(options);
}
