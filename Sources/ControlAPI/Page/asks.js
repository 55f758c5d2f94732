// Members who ask for what is listed but locked.

import * as api from "./api.js";
import { button, foreign, h, reconcile } from "./dom.js";
import { live, on } from "./live.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { during, tell } from "./talk.js";

const words = strings.library;
/** Milliseconds between looks. */
const pace = 5_000;

export function makeAsks() {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.asks }, rows);
  const element = h("section", { class: "asks", hidden: true, "aria-live": "polite" },
    h("h3", { class: "list-title" }, words.asks), grid);
  const badge = document.getElementById("badge-library");
  rove(grid);
  let isMissing = false;

  async function renew() {
    if (isMissing || live.node !== "here") return;
    try {
      const asks = (await api.get("/asks")).ofOthers;
      element.hidden = asks.length === 0;
      badge.textContent = asks.length ? String(asks.length) : "";
      reconcile(rows, asks, (ask) => ask.id, (ask) => makeAsk(ask, renew));
    } catch (failure) {
      isMissing = failure.isMissing;
    }
  }
  setInterval(() => {
    if (!document.hidden) renew();
  }, pace);
  on("node", renew);
  return { element, renew };
}

function makeAsk(ask, renew) {
  const member = foreign(ask.member).textContent;
  const name = foreign(ask.name).textContent;
  const answer = (title, value, kind) => {
    const made = button(title, { kind, label: `${title}: ${words.askText(member, name)}` },
      () => during(made, async () => {
      await api.post(`/asks/${api.part(ask.id)}`, { answer: value });
      tell(value === "refuse" ? words.refused(member) : words.allowed(member, name));
      await renew();
    }));
    return made;
  };
  return h("div", { role: "row", class: "row ask" },
    h("div", { role: "gridcell", class: "cell-name" }, h("span", { class: "name" }, words.askText(member, name))),
    h("div", { role: "gridcell", class: "cell-actions" }, answer(words.askOnce, "once", "primary small"),
      answer(words.askAlways, "always", "small"), answer(words.askNo, "refuse", "small")));
}
