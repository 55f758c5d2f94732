// Who is online, and what each shares.

import * as api from "./api.js";
import { button, foreign, h, loading, placeholder, reconcile, say, set } from "./dom.js";
import { makeFilter } from "./filter.js";
import { icons } from "./icons.js";
import { keyOf, makeListing } from "./listing.js";
import { on } from "./live.js";
import { enter, rove } from "./roving.js";
import { strings } from "./strings.js";

const words = strings.members;
/** Milliseconds between looks at who is there. */
const pace = 5_000;

export function makeMembers() {
  const count = h("p", { class: "summary", role: "status" });
  const people = h("div", { class: "rows", role: "rowgroup" });
  const list = h("div", { class: "card grid people", role: "grid", "aria-label": words.list, hidden: true }, people);
  const nothing = h("div", {}, loading());
  const side = h("section", { class: "shared", "aria-live": "polite" }, h("p", { class: "hint faint" }, words.choose));
  const element = h("div", {}, count, nothing, h("div", { class: "two" }, list, side));
  rove(list);
  let chosen = null;
  let timer = null;

  async function renew() {
    clearTimeout(timer);
    try {
      const { peers } = await api.get("/peers");
      list.hidden = peers.length === 0;
      side.hidden = peers.length === 0 && chosen === null;
      say(count, peers.length ? words.online(peers.length) : "");
      nothing.replaceChildren(...(peers.length ? [] : [placeholder(words.emptyTitle, words.emptyText)]));
      reconcile(people, peers, (peer) => peer, (peer) => makePerson(peer, choose), (row, peer) => row.renew(peer === chosen));
      timer = setTimeout(renew, pace);
    } catch (failure) {
      if (list.hidden) nothing.replaceChildren(placeholder(failure.message, null, button(strings.common.retry, {}, renew)));
      timer = setTimeout(renew, pace);
    }
  }

  function choose(member) {
    chosen = member;
    for (const row of people.children) row.renew(row.dataset.key === member);
    element.classList.toggle("has-chosen", member !== null);
    if (member === null) side.replaceChildren(h("p", { class: "hint faint" }, words.choose));
    else showShared(side, member, () => {
      choose(null);
      enter(list);
    });
  }

  on("transfers", () => {
    for (const row of side.querySelectorAll(".listing")) row.renew?.();
  });
  return { element, show: renew, hide: () => clearTimeout(timer) };
}

function makePerson(member, choose) {
  const name = foreign(member);
  const open = h("button", { type: "button", class: "person", onclick: () => choose(member) },
    avatar(member), name, h("span", { class: "dot here", "aria-hidden": "true" }));
  const row = h("div", { role: "row", class: "row" }, h("div", { role: "gridcell" }, open));
  row.renew = (isChosen) => set(open, "aria-pressed", isChosen);
  return row;
}

/** The first letter of a name, in one of six hues that follows from the name. */
function avatar(member) {
  const hue = Array.from(member).reduce((sum, character) => sum * 31 + character.codePointAt(0) >>> 0, 7) % 6;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, foreign(member).textContent.slice(0, 1).toUpperCase());
}

async function showShared(side, member, back) {
  const name = foreign(member).textContent;
  const title = h("h3", { tabindex: "-1" }, words.shares(name));
  const facts = h("span", { class: "faint number" });
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.shares(name), hidden: true }, rows);
  const nothing = h("div", {}, loading());
  let listings = [];
  const filter = makeFilter(() => draw());
  rove(grid);
  side.replaceChildren(h("div", { class: "shared-head" },
    button(words.back, { path: icons.back, kind: "plain back" }, back), title, facts, filter.input), grid, filter.note, nothing);
  function draw() {
    const shown = filter.pick(listings);
    reconcile(rows, shown, keyOf, (listing) => makeListing(listing, { withOwners: false, isAmbiguous: true }));
    grid.hidden = shown.length === 0;
  }
  try {
    ({ listings } = await api.get(`/peers/${api.part(member)}/publications`));
    nothing.replaceChildren(...(listings.length ? [] : [placeholder(words.nothing(name))]));
    say(facts, words.publications(listings.length));
    draw();
    if (matchMedia("(max-width: 760px)").matches) title.focus();
  } catch (failure) {
    const text = failure.kind === "notFound" ? words.gone(name) : failure.message;
    nothing.replaceChildren(placeholder(text, null, button(strings.common.retry, {}, () => showShared(side, member, back))));
  }
}
