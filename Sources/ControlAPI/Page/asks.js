// Members who ask for what is listed but locked, and what one has asked for oneself.

import * as api from "./api.js";
import { button, foreign, h, reconcile, say } from "./dom.js";
import { since } from "./format.js";
import { icons } from "./icons.js";
import { enqueue } from "./listing.js";
import { live, on, refreshAsks, transferOf } from "./live.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { during, tell } from "./talk.js";

const words = strings.asks;

/** A titled list of questions, which is there where there are any. */
function makeList(title, properties, pick, make) {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": title }, rows);
  const element = h("section", { ...properties, hidden: true },
    h("h3", { class: "list-title" }, title), grid);
  rove(grid);
  const draw = () => {
    const asks = pick(live.asks);
    element.hidden = asks.length === 0;
    reconcile(rows, asks, (ask) => ask.id, make, (row, ask) => row.renew?.(ask));
  };
  on("asks", draw);
  return { element, draw };
}

export function makeAsks() {
  const badge = document.getElementById("badge-library");
  on("asks", ({ ofOthers }) => say(badge, ofOthers.length ? String(ofOthers.length) : ""));
  return makeList(words.ofOthers, { class: "asks", "aria-live": "polite" }, (asks) => asks.ofOthers, makeAsk).element;
}

/** What this member asked for, with what the owners said. */
export function makeOwnAsks() {
  const { element, draw } = makeList(words.own, { class: "own-asks" }, (asks) => asks.own, makeOwnAsk);
  on("transfers", draw);
  return element;
}

function makeAsk(ask) {
  const member = foreign(ask.member).textContent;
  const name = foreign(ask.name).textContent;
  const answer = (title, value, kind) => {
    const made = button(title, { kind, label: `${title}: ${words.text(member, name)}` },
      () => during(made, async () => {
      await api.post(`/asks/${api.part(ask.id)}`, { answer: value });
      tell(value === "refuse" ? words.refused(member) : words.allowed(member, name));
      await refreshAsks();
    }));
    return made;
  };
  return h("div", { role: "row", class: "row ask" },
    h("div", { role: "gridcell", class: "cell-name" }, h("span", { class: "name" }, words.text(member, name))),
    h("div", { role: "gridcell", class: "cell-actions" }, answer(words.once, "once", "primary small"),
      answer(words.always, "always", "small"), answer(words.no, "refuse", "small")));
}

function makeOwnAsk(ask) {
  const name = foreign(ask.name).textContent;
  const facts = h("span", { class: "faint where" });
  const get = button(strings.common.get,
    { path: icons.download, label: strings.search.get(name), kind: "primary small" },
    () => during(get, () => enqueue(ask.name, `${ask.name}@${ask.member}`)));
  const row = h("div", { role: "row", class: "row ask" },
    h("div", { role: "gridcell", class: "cell-name" },
      h("span", { class: "name-lines" }, foreign(ask.name, { class: "name" }), facts)),
    h("div", { role: "gridcell", class: "cell-actions" }, get));
  row.renew = (now) => {
    say(facts, words.states[now.state](foreign(now.member).textContent, since(now.time)));
    get.hidden = now.state !== "granted" || Boolean(transferOf(now.name));
  };
  return row;
}
