// Who is online, and what each shares.

import * as api from "./api.js";
import { button, foreign, h, loading, placeholder, reconcile, say, set } from "./dom.js";
import { makeWhy } from "./examination.js";
import { makeFilter } from "./filter.js";
import { icons } from "./icons.js";
import { keyOf, makeListing } from "./listing.js";
import { on } from "./live.js";
import { enter, rove } from "./roving.js";
import { strings } from "./strings.js";
import { broken } from "./talk.js";

const words = strings.members;
/** Milliseconds between looks at who is there. */
const pace = 5_000;

let chooseIn = null;

/** Goes to what a member has in a folder that he shares. */
export function browse(member, folder) {
  location.hash = "#members";
  chooseIn(member, folder);
}

export function makeMembers() {
  const count = h("p", { class: "summary", role: "status" });
  const people = h("div", { class: "rows", role: "rowgroup" });
  const list = h("div", { class: "card grid people", role: "grid", "aria-label": words.list, hidden: true }, people);
  const nothing = h("div", {}, loading());
  const side = h("section", { class: "shared", "aria-live": "polite" });
  const element = h("div", {}, count, nothing, h("div", { class: "two" }, list, side));
  rove(list);
  let chosen = null;
  let timer = null;

  async function renew() {
    clearTimeout(timer);
    try {
      const [{ peers }, { links }] = await Promise.all([api.get("/peers"), api.get("/links")]);
      list.hidden = peers.length === 0;
      side.hidden = peers.length === 0 && chosen === null;
      say(count, peers.length ? words.online(peers.length) : "");
      nothing.replaceChildren(...(peers.length ? [] : [placeholder(words.emptyTitle, words.emptyText)]));
      reconcile(people, peers, (peer) => peer, (peer) => makePerson(peer, choose),
        (row, peer) => row.renew(peer === chosen, links.filter(({ member }) => member === peer)));
    } catch (failure) {
      if (list.hidden) nothing.replaceChildren(broken(failure, renew));
    }
    timer = setTimeout(renew, pace);
  }

  function choose(member, folder = null) {
    chosen = member;
    for (const row of people.children) row.choose(row.dataset.key === member);
    element.classList.toggle("has-chosen", member !== null);
    if (member === null) side.replaceChildren(h("p", { class: "hint faint" }, words.choose));
    else {
      showShared(side, member, folder, (other) => choose(member, other), () => {
        choose(null);
        enter(list);
      });
    }
  }

  chooseIn = choose;
  choose(null);
  for (const change of ["transfers", "asks"]) {
    on(change, () => {
      for (const row of side.querySelectorAll(".listing")) row.renew?.();
    });
  }
  return { element, show: renew, hide: () => clearTimeout(timer) };
}

function makePerson(member, choose) {
  const name = foreign(member);
  const path = h("span", { class: "faint" });
  const open = h("button", { type: "button", class: "person", onclick: () => choose(member) },
    avatar(member), name, path, h("span", { class: "dot here", "aria-hidden": "true" }));
  const row = h("div", { role: "row", class: "row" }, h("div", { role: "gridcell" }, open));
  row.choose = (isChosen) => set(open, "aria-pressed", isChosen);
  row.renew = (isChosen, links) => {
    row.choose(isChosen);
    say(path, words.linked(links.map((link) => link.path)));
  };
  return row;
}

/** The first letter of a name, in one of six hues that follows from the name. */
function avatar(member) {
  const hue = Array.from(member).reduce((sum, character) => sum * 31 + character.codePointAt(0) >>> 0, 7) % 6;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" },
    foreign(member).textContent.slice(0, 1).toUpperCase());
}

/** What a member has, at the top or in a folder; `go` goes to another, null for the top, and `back` to all members. */
async function showShared(side, member, folder, go, back) {
  const name = foreign(member).textContent;
  const title = h("h3", { tabindex: "-1" },
    folder === null ? words.shares(name) : foreign(folder.split("/").pop()).textContent);
  const facts = h("span", { class: "faint number" });
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.shares(name), hidden: true }, rows);
  const nothing = h("div", {}, loading());
  let listings = [];
  const filter = makeFilter(() => draw());
  rove(grid);
  const wasInside = side.contains(document.activeElement);
  side.replaceChildren(button(words.back, { path: icons.back, kind: "plain back" }, back),
    folder === null ? "" : crumbs(name, folder, go),
    h("div", { class: "shared-head" }, title, facts, makeWhy(member, strings.examination.way, strings.examination.examineWay(name)), filter.input), grid, filter.note, nothing);
  if (wasInside || matchMedia("(max-width: 760px)").matches) title.focus();

  function draw() {
    const shown = filter.pick(listings);
    reconcile(rows, shown, keyOf,
      (listing) => makeListing(listing, { isInPlace: true, isAmbiguous: true, look: (each) => go(each.name) }));
    grid.hidden = shown.length === 0;
  }
  try {
    const query = folder === null ? "" : `?folder=${api.part(folder)}`;
    const found = await api.get(`/peers/${api.part(member)}/publications${query}`);
    ({ listings } = found);
    nothing.replaceChildren(...(listings.length
      ? [] : [placeholder(folder === null ? words.nothing(name) : words.nothingIn(title.textContent))]));
    say(facts, folder === null ? words.publications(listings.length) : words.items(listings.length));
    draw();
    if (found.isComplete === false) nothing.replaceChildren(h("p", { class: "faint note" }, words.incomplete));
  } catch (failure) {
    nothing.replaceChildren(broken(failure, () => go(folder)));
  }
}

/** The way from the member down to a folder. */
function crumbs(name, folder, go) {
  const path = folder.split("/");
  const steps = [[name, null], ...path.slice(0, -1).map((each, index) => [each, path.slice(0, index + 1).join("/")])];
  return h("nav", { class: "crumbs", "aria-label": words.path }, h("ol", {}, steps.map(([title, place]) =>
    h("li", {}, h("button", { type: "button", class: "crumb", onclick: () => go(place) }, foreign(title))))));
}
