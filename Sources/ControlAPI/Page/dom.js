// Making and updating elements. Data become text nodes and attributes, never markup.

import { strings } from "./strings.js";

const vector = "http://www.w3.org/2000/svg";

/** Makes an element. `onclick` and its like are listeners; true and false are an attribute's presence. */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(vector, tag), attributes, children);
}

function fill(element, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else if (typeof value === "boolean" && !key.startsWith("aria-")) element.toggleAttribute(key, value);
    else element.setAttribute(key, String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return element;
}

/** Sets text only where it changed, so that what listens to a live region hears it once. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function set(element, name, value) {
  if (value === undefined || value === null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

// Control characters, and those that turn the direction of text: what a stranger calls a file must not pose as another.
const tricks = /[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/** A stranger's text, fit to be shown. */
export function safe(text) {
  return String(text ?? "").replace(tricks, "\uFFFD");
}

/** A stranger's text in an element of its own direction. */
export function foreign(text, properties = {}) {
  const shown = safe(text);
  return h("bdi", { title: shown, ...properties }, shown);
}

/**
 * Brings the children of `list` in line with `items`: elements stay as long as their item does, and keep the focus.
 * `make` gives an element; `renew` brings it up to date.
 */
export function reconcile(list, items, keyOf, make, renew = () => {}) {
  const keys = new Set(items.map((item) => String(keyOf(item))));
  for (const child of Array.from(list.children)) if (!keys.has(child.dataset.key)) child.remove();
  const old = new Map(Array.from(list.children, (child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const element = old.get(key) ?? make(item);
    element.dataset.key = key;
    renew(element, item);
    if (element === place) place = place.nextElementSibling;
    // Where the browser can move without taking the focus away, it does.
    else if (element.isConnected && list.moveBefore) list.moveBefore(element, place);
    else list.insertBefore(element, place);
  }
}

/** A drawing of icons.js, hidden from who does not see it. */
export function icon(path, className = "icon") {
  return svg("svg", { class: className, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: path }));
}

/** A button with a drawing; `label` is what is read out where the words alone would not say which. */
export function button(words, { path, label, kind = "plain", isBare = false, ...properties }, action) {
  const inside = [path ? icon(path) : null, h("span", { class: isBare ? "unseen" : "words" }, words)];
  return h("button", {
    type: "button", class: `button ${kind}${isBare ? " bare" : ""}`, "aria-label": label,
    title: isBare ? (label ?? words) : null, onclick: action, ...properties,
  }, inside);
}

/** What stands where there is nothing to list. */
export function placeholder(title, text, ...more) {
  return h("div", { class: "placeholder" }, h("h3", {}, title), text ? h("p", {}, text) : null, ...more);
}

export function loading() {
  return h("p", { class: "loading", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }),
    strings.common.loading);
}

let fields = 0;

/** A labelled field. */
export function field(label, input, { hint, unit } = {}) {
  input.id ||= `field-${fields += 1}`;
  const about = hint ? h("small", { id: `${input.id}-hint` }, hint) : null;
  if (about) input.setAttribute("aria-describedby", about.id);
  return h("div", { class: "field" }, h("label", { for: input.id }, label),
    unit ? h("span", { class: "with-unit" }, input, h("span", { class: "unit" }, unit)) : input, about);
}
