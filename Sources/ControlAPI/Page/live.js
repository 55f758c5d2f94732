// What is known of the node at any time: its state, its transfers, whether it answers.

import * as api from "./api.js";

/** Seconds of speed that are kept. */
export const historyLength = 120;
/** Milliseconds between looks at questions: as a rule a notice comes first. */
const askPace = 15_000;
/** Milliseconds for which an answer counts, if it does not for good. */
const answerLife = 86_400_000;

export const live = {
  /** As of `GET /status`; null until it came. */
  status: null,
  /** "connecting", "here" or "away". */
  node: "connecting",
  /** Why it is of no use although it answers; null where that is not so. */
  trouble: null,
  transfers: [],
  hasTransfers: false,
  /** Who asks for what is locked, and what this member asked for: as of `GET /asks`. */
  asks: { ofOthers: [], own: [] },
  /** Bytes a second of each of the last seconds: of all, and of each transfer by number. */
  speeds: [],
  speedsOf: new Map(),
};

const listeners = new Map();

/** Calls `listener` when `what` changes: "status", "node", "transfers", "asks", "second" or "notice". */
export function on(what, listener) {
  if (!listeners.has(what)) listeners.set(what, []);
  listeners.get(what).push(listener);
}

function tell(what, value) {
  for (const listener of listeners.get(what) ?? []) listener(value);
}

export function isAdmin() {
  return live.status?.role === "admin";
}

export function stateOf(transfer) {
  return Object.keys(transfer.state)[0];
}

export function rateOf(transfer) {
  return stateOf(transfer) === "active" ? transfer.rate ?? 0 : 0;
}

export function totalRate() {
  return live.transfers.reduce((sum, transfer) => sum + rateOf(transfer), 0);
}

/** The transfer of a publication that is not over, or is finished. */
export function transferOf(name) {
  return live.transfers.find((transfer) => transfer.name === name);
}

function setNode(state) {
  if (live.node === state) return;
  live.node = state;
  tell("node", state);
}

export function setTransfers(transfers) {
  live.transfers = transfers;
  live.hasTransfers = true;
  tell("transfers", transfers);
}

/** Puts one transfer's new state in, before the events bring it. */
export function setTransfer(transfer) {
  const others = live.transfers.filter((each) => each.number !== transfer.number);
  const index = live.transfers.findIndex((each) => each.number === transfer.number);
  others.splice(index < 0 ? others.length : index, 0, transfer);
  setTransfers(others);
}

export async function refreshTransfers() {
  setTransfers((await api.get("/transfers")).transfers);
}

let hasNoAsks = false;

/** It goes without: not every node has it, and the next look comes. */
export async function refreshAsks() {
  if (hasNoAsks || live.node !== "here") return;
  try {
    live.asks = await api.get("/asks");
    tell("asks", live.asks);
  } catch (failure) {
    hasNoAsks = failure.isMissing;
  }
}

/** What came of asking for something that is locked: "open", "granted", "refused", or null where one may ask. */
export function askedFor(listing) {
  const ask = live.asks.own.findLast((each) => each.name === listing.name && listing.owners.includes(each.member));
  return ask && (ask.state === "open" || Date.now() - ask.time < answerLife) ? ask.state : null;
}

async function refreshStatus() {
  live.status = await api.get("/status");
  tell("status", live.status);
}

let stopListening = null;
let retry = null;

function listen() {
  stopListening?.();
  stopListening = api.events({
    opened() {
      setNode("here");
      refreshTransfers().catch(() => {});
    },
    heard(event, value) {
      if (event === "transfers") setTransfers(value.transfers);
      if (event === "status") {
        live.status = value;
        tell("status", value);
      }
      if (event === "notice") {
        tell("notice", value);
        if (value.asked || value.answered) refreshAsks();
      }
    },
    ended: again,
  });
}

/** When the events have ended, or could not begin. */
function again(failure = null) {
  live.trouble = failure?.status ? failure.message : null;
  setNode("away");
  clearTimeout(retry);
  retry = setTimeout(() => begin().catch(() => {}), 3_000);
}

/** Asks how things are, and listens. Throws what the first call throws. */
export async function begin() {
  try {
    await refreshStatus();
    await refreshTransfers();
  } catch (failure) {
    if (failure.status !== 401) again(failure);
    throw failure;
  }
  setNode("here");
  listen();
}

on("node", refreshAsks);
setInterval(() => {
  if (!document.hidden) refreshAsks();
}, askPace);

export function end() {
  clearTimeout(retry);
  stopListening?.();
}

setInterval(() => {
  push(live.speeds, totalRate());
  const numbers = new Set(live.transfers.map((transfer) => transfer.number));
  for (const number of live.speedsOf.keys()) if (!numbers.has(number)) live.speedsOf.delete(number);
  for (const transfer of live.transfers) {
    if (!live.speedsOf.has(transfer.number)) live.speedsOf.set(transfer.number, []);
    push(live.speedsOf.get(transfer.number), rateOf(transfer));
  }
  tell("second");
}, 1_000);

function push(speeds, speed) {
  speeds.push(speed);
  if (speeds.length > historyLength) speeds.shift();
}
