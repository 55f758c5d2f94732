// The queue of downloads, live.

import { makeOwnAsks } from "./asks.js";
import { h, placeholder, reconcile, say } from "./dom.js";
import { rate } from "./format.js";
import { makeGraph } from "./graph.js";
import { live, on, stateOf, totalRate } from "./live.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { makeTransfer } from "./transfer.js";

const words = strings.downloads;

export function makeTransfers() {
  const graph = makeGraph(words.graph);
  const speed = h("strong", { class: "big number" });
  const counts = h("p", { class: "faint" });
  const top = h("span", { class: "graph-top faint number" });
  const band = h("div", { class: "card band", hidden: true },
    h("div", { class: "band-text" }, h("h3", {}, words.speed), speed, counts),
    h("div", { class: "band-graph" }, graph.element, top, h("span", { class: "graph-span faint" }, words.lastMinutes)));
  const lists = [list(words.now), list(words.finished)];
  const nothing = h("div");
  const element = h("div", {}, band, nothing, h("div", { class: "stack" }, lists.map((each) => each.element), makeOwnAsks()));

  function draw() {
    const finished = live.transfers.filter((transfer) => stateOf(transfer) === "finished");
    const others = live.transfers.filter((transfer) => stateOf(transfer) !== "finished");
    lists[0].draw(others);
    lists[1].draw(finished);
    const active = others.filter((transfer) => stateOf(transfer) === "active").length;
    band.hidden = others.length === 0 && !live.speeds.some((value) => value > 0);
    say(speed, rate(totalRate()));
    say(counts, words.summary(active, others.length - active));
    if (live.transfers.length) nothing.replaceChildren();
    else if (!nothing.firstChild && live.hasTransfers) {
      nothing.append(placeholder(words.emptyTitle, words.emptyText,
        h("a", { class: "button primary", href: "#search" }, words.toSearch)));
    }
  }

  on("transfers", draw);
  on("second", () => {
    if (band.hidden || !element.offsetParent) return;
    say(top, rate(graph.renew(live.speeds)));
    for (const each of lists) each.tick();
  });
  // Maps are drawn in the colours of the moment.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const each of lists) each.tick();
  });
  return {
    element,
    show() {
      draw();
      say(top, rate(graph.renew(live.speeds)));
    },
  };
}

function list(title) {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": title }, rows);
  const element = h("section", { hidden: true }, h("h3", { class: "list-title" }, title), grid);
  rove(grid);
  return {
    element,
    draw(transfers) {
      element.hidden = transfers.length === 0;
      reconcile(rows, transfers, (transfer) => transfer.number, makeTransfer, (row, transfer) => row.renew(transfer));
    },
    tick() {
      for (const row of rows.children) row.tick();
    },
  };
}
