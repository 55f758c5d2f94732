// Search as one types.

import * as api from "./api.js";
import { button, h, icon, loading, placeholder, reconcile, safe, say } from "./dom.js";
import { icons } from "./icons.js";
import { keyOf, makeListing } from "./listing.js";
import { on } from "./live.js";
import { browse } from "./members.js";
import { enter, rove } from "./roving.js";
import { strings } from "./strings.js";
import { broken } from "./talk.js";

const words = strings.search;
/** Milliseconds without a key after which it is asked. */
const rest = 180;
const sorts = {
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  size: (a, b) => (b.size ?? -1) - (a.size ?? -1),
  owners: (a, b) => b.owners.length - a.owners.length,
};

/** What the directory is to sort by, so that the first ones are those that are shown first. */
const orders = { name: "sort=name", size: "sort=size&reversed=true", owners: "sort=holders" };

/** Words in any order; what stands in quotes is one. */
function inQuery(text) {
  const parts = [...text.matchAll(/"([^"]+)"|([^\s"]+)/g)].map(([, quoted, word]) => quoted ?? word);
  return ["anycase=true", ...parts.slice(0, 16).map((part) => `q=${api.part(part)}`)].join("&");
}

export function makeSearch() {
  const input = h("input", {
    type: "search", id: "query", placeholder: words.placeholder, "aria-label": words.label, autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", enterkeyhint: "search", "aria-controls": "results",
    "aria-keyshortcuts": "/",
  });
  const summary = h("p", { class: "summary", role: "status" });
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "grid card", role: "grid", id: "results", "aria-label": words.title, hidden: true });
  const nothing = h("div");
  let sort = "name";
  let listings = [];
  let isComplete = true;
  let asked = null;
  let timer = null;

  const heads = [["name", strings.common.name], ["size", strings.common.size], ["owners", strings.common.owner]].map(
    ([column, title]) => h("div", { role: "columnheader", class: `cell-${column}` },
      h("button", { type: "button", class: "sort", title: words.sort(title), "data-sort": column, onclick: () => {
        sort = column;
        // Others than those that came may be first.
        if (isComplete) draw();
        else ask();
      } }, title, icon(icons.chevron))));
  grid.append(h("div", { role: "rowgroup" }, h("div", { role: "row", class: "row head listing" }, heads,
    h("div", { role: "columnheader", class: "cell-actions" },
      h("span", { class: "unseen" }, strings.common.actions)))), rows);
  rove(grid);

  function draw() {
    for (const head of heads) {
      const isSorted = head.firstElementChild.dataset.sort === sort;
      head.setAttribute("aria-sort", !isSorted ? "none" : sort === "name" ? "ascending" : "descending");
    }
    const names = new Map();
    for (const listing of listings) names.set(listing.name, (names.get(listing.name) ?? 0) + 1);
    const ordered = [...listings].sort((a, b) => sorts[sort](a, b) || sorts.name(a, b));
    reconcile(rows, ordered,
      (listing) => `${keyOf(listing)}\u0000${listing.owners.join()}\u0000${names.get(listing.name)}`,
      (listing) => makeListing(listing, {
        isAmbiguous: names.get(listing.name) > 1, look: (folder) => browse(folder.owners[0], folder.name),
      }));
    grid.hidden = listings.length === 0;
  }

  async function ask() {
    const query = input.value.trim();
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const slow = setTimeout(() => {
      say(summary, words.searching);
      if (listings.length === 0) nothing.replaceChildren(loading());
    }, 400);
    try {
      const found = await api.get(`/listings?${inQuery(query)}&${orders[sort]}`, { signal });
      ({ listings, isComplete } = found);
      draw();
      grid.dataset.query = query;
      say(summary, !listings.length ? "" : !found.isComplete ? words.more(listings.length)
        : query ? words.found(listings.length) : words.all(listings.length));
      nothing.replaceChildren(...(listings.length ? [] : [
        query ? placeholder(words.noneTitle(safe(query)), words.noneText)
          : placeholder(words.emptyTitle, words.emptyText),
      ]));
    } catch (failure) {
      if (failure.name === "AbortError") return;
      listings = [];
      draw();
      say(summary, "");
      nothing.replaceChildren(broken(failure, ask));
    } finally {
      clearTimeout(slow);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, rest);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && listings.length) {
      event.preventDefault();
      enter(grid);
    } else if (event.key === "Enter") {
      clearTimeout(timer);
      ask();
    } else if (event.key === "Escape" && input.value) {
      input.value = "";
      ask();
    }
  });
  for (const change of ["transfers", "asks"]) {
    on(change, () => {
      for (const row of rows.children) row.renew();
    });
  }

  const element = h("div", {}, h("div", { class: "search-box", role: "search" }, icon(icons.search), input,
    h("kbd", { "aria-hidden": "true" }, "/")), summary, grid, nothing);
  return { element, show: ask, focus: () => input.select() || input.focus() };
}
