// Titled lists of what admins see, which hide themselves where the node does not offer them.

import { h, placeholder, reconcile } from "./dom.js";
import { rove } from "./roving.js";
import { tellFailure } from "./talk.js";

/**
 * - ask: gets the records.
 * - make: makes a row of one, and is given what renews the list.
 * - empty: what is said where there are none; `above` and `below` stand around the list.
 * - isLazy: it is there before anything was asked.
 */
export function makeRecords(title, { ask, keyOf, make, empty, above, below, isLazy = false }) {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": title, hidden: true }, rows);
  const nothing = h("div");
  const element = h("section", { hidden: !isLazy },
    h("h3", { class: "list-title" }, title), above, grid, nothing, below);
  rove(grid);
  async function renew() {
    try {
      const records = await ask();
      element.hidden = false;
      reconcile(rows, records, keyOf, (each) => make(each, renew));
      grid.hidden = records.length === 0;
      nothing.replaceChildren(...(records.length ? [] : [placeholder(empty())]));
    } catch (failure) {
      if (failure.isMissing) element.hidden = true;
      else tellFailure(failure);
    }
  }
  return { element, renew };
}

/** A row of a text and buttons. */
export function record(text, actions) {
  return h("div", { role: "row", class: "row record" }, h("div", { role: "gridcell", class: "record-text" }, text),
    h("div", { role: "gridcell", class: "cell-actions" }, actions));
}
