// What the page says by itself, and what it asks before it does something.

import { button, h, icon, placeholder, safe } from "./dom.js";
import { icons } from "./icons.js";
import { enter, placeOf } from "./roving.js";
import { strings } from "./strings.js";

const most = 4;
const stay = 6_000;

/** Shows a sentence for a while; a failure stays until it is dismissed. */
export function tell(text, { isFailure = false } = {}) {
  const place = document.getElementById(isFailure ? "failures" : "news");
  for (const same of place.querySelectorAll(".toast")) if (same.dataset.text === text) same.remove();
  const toast = h("div", { class: `toast${isFailure ? " failed" : ""}`, "data-text": text },
    icon(isFailure ? icons.warning : icons.check), h("p", {}, text),
    button(strings.common.dismiss, { path: icons.close, isBare: true }, () => toast.remove()));
  place.append(toast);
  while (place.children.length > most) place.firstElementChild.remove();
  if (!isFailure) setTimeout(() => toast.remove(), stay);
}

/** Says why a call failed, but not that it was broken off. */
export function tellFailure(failure) {
  if (failure.name === "AbortError" || failure.status === 401) return;
  // Not one of ours: a fault of this page.
  if (failure.status === undefined) reportError(failure);
  // The bar at the top says already that the node is away.
  if (failure.status === 0 && !failure.kind) return;
  tell(failure.message, { isFailure: true });
}

/** What stands in place of a list that could not be had. */
export function broken(failure, again) {
  if (failure.status === undefined) reportError(failure);
  return placeholder(failure.message, null, button(strings.common.retry, {}, again));
}

/** Does what a button is for, which cannot be pressed meanwhile. */
export async function during(element, action) {
  // Of a button that is disabled neither the focus nor the place is known any more.
  const hadFocus = document.activeElement === element || document.activeElement === document.body;
  const [grid, place, view] = [element.closest("[role=grid]"), placeOf(element), element.closest(".view")];
  element.setAttribute("aria-busy", "true");
  element.disabled = true;
  try {
    return await action();
  } catch (failure) {
    tellFailure(failure);
    return undefined;
  } finally {
    element.removeAttribute("aria-busy");
    element.disabled = false;
    // What was pressed may be gone, with its row: then the focus goes to the next one.
    if (hadFocus && document.activeElement === document.body && !view?.hidden) {
      if (element.isConnected && !element.hidden) element.focus();
      else if (grid) enter(grid, place);
      if (document.activeElement === document.body) view?.querySelector(".view-title").focus();
    }
  }
}

/** Shows a dialog until it closes, and then gives what `settle` says. */
export function openDialog(dialog, settle) {
  const before = document.activeElement;
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(settle());
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.showModal();
  });
}

let titles = 0;

export function makeDialog(title, ...content) {
  titles += 1;
  return h("dialog", { class: "dialog", "aria-labelledby": `dialog-${titles}` },
    h("div", { class: "dialog-body" }, h("h2", { id: `dialog-${titles}` }, title), ...content));
}

/** Asks whether to do something that cannot be undone. */
export function confirm(title, text, { yes, no = strings.common.cancel }) {
  let answer = false;
  const dialog = makeDialog(title, h("p", {}, text), h("div", { class: "dialog-buttons" },
    button(no, { autofocus: true }, () => dialog.close()),
    button(yes, { kind: "danger" }, () => {
      answer = true;
      dialog.close();
    })));
  return openDialog(dialog, () => answer);
}

/** Lets one of several be chosen: `options` have `title`, `detail` and `value`; null for none. */
export function choose(title, text, options) {
  let answer = null;
  const dialog = makeDialog(title, h("p", {}, text), h("ul", { class: "options" }, options.map((option) =>
    h("li", {}, h("button", { type: "button", class: "option", onclick: () => {
      answer = option.value;
      dialog.close();
    } }, h("strong", {}, safe(option.title)), h("span", {}, safe(option.detail)))))),
  h("div", { class: "dialog-buttons" }, button(strings.common.cancel, {}, () => dialog.close())));
  return openDialog(dialog, () => answer);
}

/** Asks for a new password; null for none. */
export function askPassword(title) {
  let answer = null;
  const input = h("input", { type: "password", autocomplete: "new-password", required: true, id: "asked-password" });
  const dialog = makeDialog(title, h("form", { onsubmit: (event) => {
    event.preventDefault();
    answer = input.value;
    dialog.close();
  } }, h("div", { class: "field" }, h("label", { for: "asked-password" }, strings.settings.fresh), input),
  h("div", { class: "dialog-buttons" }, button(strings.common.cancel, {}, () => dialog.close()),
    h("button", { type: "submit", class: "button primary" }, strings.common.save))));
  return openDialog(dialog, () => answer);
}
