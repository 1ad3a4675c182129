// Making and finding elements. Text always goes in as text, never as markup.

import { isWorded, translate, worded } from "./texts.js";

/**
 * Make an element. `props` are attributes; `on…` functions become listeners, null and false are
 * left out. Children are nodes or texts; null ones are left out. Texts of the page are put into the
 * reader's language; what somebody wrote goes in by `own`.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, isWorded(name) ? worded(String(value)) : value);
  }
  node.append(
    ...children
      .flat()
      .filter((child) => child !== null && child !== undefined && child !== "")
      .map((child) => (typeof child === "string" ? worded(child) : child)),
  );
  return node;
}

/** Make an SVG element with attributes and children. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A copy of a template's content, in the reader's language. */
export function stamp(id) {
  return translate(document.getElementById(id).content.cloneNode(true));
}

/** The part of that name below a node. */
export function part(node, name) {
  return node.querySelector(`[data-part="${name}"]`);
}

/** A list of label and text pairs as a description list; pairs without text are left out. */
export function pairs(rows, className = "pairs") {
  const known = rows.filter(([, text]) => text);
  return el(
    "dl",
    { class: className },
    known.map(([label, text]) => el("div", {}, el("dt", {}, label), el("dd", {}, text))),
  );
}

/** Tell a screen reader, politely or at once. */
export function say(text, urgent = false) {
  const region = document.getElementById(urgent ? "warned" : "said");
  region.textContent = "";
  setTimeout(() => {
    region.textContent = worded(text);
  }, 50);
}

/** Show a sentence of what went wrong in an element of the page, and tell a screen reader. */
export function complain(node, text) {
  node.textContent = worded(text);
  node.hidden = !text;
  if (text) say(text, true);
}

/** Move the focus to a title, or whatever else is no control of its own. */
export function focusOn(node) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
}

/** Ask before something that cannot be undone; resolves to whether it was confirmed. */
export function ask(title, text, yes) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("h2").textContent = worded(title);
  part(dialog, "text").textContent = worded(text);
  part(dialog, "yes").textContent = worded(yes);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
