// Elements without markup in strings: what residents write is text and nothing else.

export function el(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const icon = (name) =>
  el("span", { class: "material-symbols-outlined", "aria-hidden": "true", text: name });

export const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
