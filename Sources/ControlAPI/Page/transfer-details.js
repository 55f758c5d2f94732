// What can be seen and set of one download when it is opened.

import * as api from "./api.js";
import { button, field, foreign, h, say } from "./dom.js";
import { makeGraph } from "./graph.js";
import { refreshTransfers, setTransfer, stateOf } from "./live.js";
import { makePieces } from "./pieces.js";
import { makeRateInput, rateFrom, showRate } from "./rates.js";
import { strings } from "./strings.js";
import { confirm, during, tell } from "./talk.js";

const words = strings.downloads;

/** Changes a transfer as TransferChange says. */
export async function change(transfer, wanted) {
  setTransfer(await api.post(`/transfers/${transfer.number}`, wanted));
  await refreshTransfers();
}

export async function cancel(transfer) {
  const name = foreign(transfer.name).textContent;
  if (!await confirm(words.cancelTitle(name), words.cancelText, { yes: words.cancelYes, no: words.cancelNo })) return;
  await api.post(`/transfers/${transfer.number}`, { cancel: {} });
  await refreshTransfers();
  tell(words.cancelled(name));
}

export function makeDetails(first) {
  let transfer = first;
  const name = foreign(transfer.name).textContent;
  const graph = makeGraph((now) => words.graphOf(name, now), "graph small");
  const pieces = makePieces(transfer.number);
  let isMissing = false;
  const path = h("dd");
  const pathTitle = h("dt");
  const priority = h("select", {},
    [1, 0, -1].map((value) => h("option", { value: String(value) }, words.priorities[value])));
  priority.addEventListener("change", () =>
    during(priority, () => change(transfer, { prioritise: { _0: Number(priority.value) } })));
  const limits = ["down", "up"].map((direction) => {
    const input = makeRateInput();
    input.addEventListener("change", () => {
      const value = rateFrom(input, false);
      if (value === undefined) tell(strings.config.tooSlow, { isFailure: true });
      else {
        during(input, () => change(transfer,
          { limit: value === null ? { _0: direction } : { _0: direction, _1: value } }));
      }
    });
    return input;
  });
  const front = button(words.first, { kind: "small" },
    () => during(front, () => change(transfer, { moveToFront: {} })));
  const back = button(words.last, { kind: "small" }, () => during(back, () => change(transfer, { moveToBack: {} })));
  const settings = h("div", { class: "details-fields" }, field(words.priority, priority),
    field(words.limitDown, limits[0], { unit: words.perSecond }),
    field(words.limitUp, limits[1], { unit: words.perSecond }),
    h("div", { class: "details-order" }, front, back));
  const chart = h("div", { class: "details-graph" }, graph.element);
  const element = h("div", {}, chart, pieces.element, settings, h("dl", { class: "facts-list" }, pathTitle, path));

  async function renewPieces() {
    if (isMissing || stateOf(transfer) === "finished") return;
    try {
      await pieces.renew();
    } catch (failure) {
      isMissing = failure.isMissing || failure.kind === "noSuchTransfer";
      if (isMissing) pieces.element.hidden = true;
    }
  }

  const renew = (next) => {
    transfer = next;
    const isFinished = stateOf(transfer) === "finished";
    settings.hidden = isFinished;
    chart.hidden = isFinished;
    if (isFinished) pieces.element.hidden = true;
    say(pathTitle, isFinished ? words.savedAs : words.savesAs);
    if (path.textContent !== transfer.path) path.replaceChildren(foreign(transfer.path));
    if (document.activeElement !== priority) priority.value = String(transfer.priority);
    showRate(limits[0], transfer.downward);
    showRate(limits[1], transfer.upward);
  };
  return {
    element, renew,
    show(next) {
      renew(next);
      renewPieces();
    },
    tick(speeds) {
      graph.renew(speeds);
      renewPieces();
    },
  };
}
