// Puts the page together: sections, keys, and what is said of the connection.

import * as api from "./api.js";
import { h, icon, say, set, svg } from "./dom.js";
import { rate } from "./format.js";
import { icons } from "./icons.js";
import { makeLibrary } from "./library.js";
import * as state from "./live.js";
import { makeMembers } from "./members.js";
import { makeNetwork } from "./network.js";
import { setUpPlayer } from "./player.js";
import { makeSearch } from "./search.js";
import { makeSettings } from "./settings.js";
import { language, strings } from "./strings.js";
import { tell } from "./talk.js";
import { makeTransfers } from "./transfers.js";

const views = [
  { id: "search", drawing: icons.search, make: makeSearch },
  { id: "downloads", drawing: icons.download, make: makeTransfers },
  { id: "library", drawing: icons.library, make: makeLibrary },
  { id: "members", drawing: icons.members, make: makeMembers },
  { id: "network", drawing: icons.network, make: makeNetwork },
  { id: "settings", drawing: icons.settings, make: makeSettings },
];
/** Notices that stay until they are dismissed. */
const grave = ["downloadFailed", "expelled", "networkReplaced", "recordSetAside"];
const byId = (id) => document.getElementById(id);
let current = null;

function mark() {
  return svg("svg", { class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { class: "mark-drop",
      d: "M12 2.5c3.6 4.7 6.5 8 6.5 11.5a6.5 6.5 0 0 1-13 0C5.5 10.5 8.4 7.2 12 2.5z" }),
    svg("path", { class: "mark-bits", d: "M9 13.5h2.5M12.5 13.5H15M10.5 16.5H13" }));
}

function build() {
  document.documentElement.lang = language;
  say(byId("skip"), strings.skip);
  // Not by the address: what stands behind # is the section.
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    current.title.focus();
  });
  byId("brand").append(mark(), h("span", {}, strings.product));
  byId("nav").setAttribute("aria-label", strings.sections);
  byId("nav").append(h("ul", {}, views.map((view, index) => {
    view.link = h("a", { href: `#${view.id}`, id: `link-${view.id}`, "aria-keyshortcuts": String(index + 1) },
      icon(view.drawing), h("span", { class: "nav-name" }, strings.nav[view.id]),
      h("span", { class: "badge number", id: `badge-${view.id}` }));
    return h("li", {}, view.link);
  })));
  setUpPlayer(byId("player"));
  for (const view of views) {
    const title = h("h2", { id: `title-${view.id}`, class: "view-title", tabindex: "-1" }, strings.nav[view.id]);
    Object.assign(view, view.make(), { title });
    view.section = h("section", { id: `view-${view.id}`, class: "view", "aria-labelledby": title.id, hidden: true },
      title, view.element);
    byId("main").append(view.section);
  }
}

function route(isFirst) {
  const wanted = views.find((view) => `#${view.id}` === location.hash && !view.link.closest("li").hidden) ?? views[0];
  if (current === wanted) return;
  current?.hide?.();
  for (const view of views) {
    view.section.hidden = view !== wanted;
    set(view.link, "aria-current", view === wanted ? "page" : null);
  }
  current = wanted;
  renewTitle();
  scrollTo(0, 0);
  if (state.live.node !== "connecting") wanted.show();
  if (wanted.focus && matchMedia("(hover: hover)").matches) wanted.focus();
  else if (!isFirst) wanted.title.focus({ preventScroll: true });
}

function renewTitle() {
  const speed = state.totalRate();
  const title = strings.title(strings.nav[current.id]);
  document.title = speed > 0 ? `${rate(speed)} · ${title}` : title;
}

function showConnection() {
  const { status, node } = state.live;
  const isServerAway = node === "here" && status && !status.isServerThere;
  const words = strings.status;
  const kind = node === "away" ? "away" : node === "connecting" ? "" : isServerAway ? "warned" : "here";
  byId("who").replaceChildren(h("span", { class: `dot ${kind}`, "aria-hidden": "true" }),
    h("span", { class: "who-text" }, status ? h("bdi", { class: "who-name" }, status.member) : null,
      h("span", { class: "who-state" }, node === "away" ? words.nodeAway : node === "connecting" ? words.connecting
        : isServerAway ? words.serverAway : words.here)));
  const bar = byId("away");
  bar.hidden = node !== "away" && !isServerAway;
  bar.className = `away ${node === "away" ? "bad" : ""}`;
  if (node === "away" && state.live.trouble) fillBar(bar, state.live.trouble, "");
  else if (node === "away") fillBar(bar, strings.away.node, strings.away.nodeHint);
  else if (isServerAway) fillBar(bar, strings.away.server(status.server), strings.away.serverHint);
  views.find((view) => view.id === "network").link.closest("li").hidden = !state.isAdmin();
}

function fillBar(bar, text, hint) {
  if (bar.dataset.text === text && bar.firstChild) return;
  bar.dataset.text = text;
  bar.replaceChildren(icon(icons.warning), h("p", {}, h("strong", {}, text), " ", hint));
}

function showGate() {
  state.end();
  const words = strings.gate;
  byId("app").hidden = true;
  byId("gate").hidden = false;
  byId("gate").replaceChildren(h("div", { class: "gate-card" }, mark(),
    h("h1", { tabindex: "-1", id: "gate-title" }, words.title),
    h("p", {}, words.text), h("pre", {}, h("code", {}, words.command)), h("p", { class: "faint" }, words.then)));
  document.title = strings.title(words.title);
  byId("gate-title").focus();
}

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.closest("input, select, textarea, dialog, video, audio")) return;
  if (event.key === "/") {
    event.preventDefault();
    location.hash = "#search";
    setTimeout(() => views[0].focus());
    return;
  }
  const shown = views.filter((view) => !view.link.closest("li").hidden);
  const view = /^[1-9]$/.test(event.key) ? shown[Number(event.key) - 1] : null;
  if (view) location.hash = `#${view.id}`;
}

let wasAway = false;

function listen() {
  api.onLocked(showGate);
  state.on("status", showConnection);
  state.on("node", (node) => {
    showConnection();
    if (node === "here") {
      if (wasAway) tell(strings.away.back);
      if (wasAway || current) current?.show();
    }
    wasAway = node === "away";
  });
  state.on("transfers", (transfers) => {
    const open = transfers.filter((transfer) => !["finished", "failed"].includes(state.stateOf(transfer))).length;
    say(byId("badge-downloads"), open ? String(open) : "");
    renewTitle();
  });
  state.on("notice", (notice) => {
    const text = api.noticeSentence(notice);
    if (text) tell(text, { isFailure: grave.includes(Object.keys(notice)[0]) });
  });
  addEventListener("hashchange", () => {
    // A new link that was opened in the same tab.
    if (location.hash.startsWith("#token=")) location.reload();
    else route(false);
  });
  document.addEventListener("keydown", onKey);
}

build();
listen();
showConnection();
api.openSession();
route(true);
try {
  await state.begin();
  // Now it is known whether the section is for this member.
  route(true);
} catch { /* It is said already: at the gate, or in the bar. */ }
