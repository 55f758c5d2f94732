// A row for a publication of others, with what can be done with it: in the search, and with a member.

import * as api from "./api.js";
import { button, foreign, h, icon, say, set } from "./dom.js";
import { isPlayable, kind, percent, size } from "./format.js";
import { icons } from "./icons.js";
import { askedFor, refreshAsks, refreshTransfers, setTransfer, stateOf, transferOf } from "./live.js";
import { play } from "./player.js";
import { strings } from "./strings.js";
import { choose, during, tell } from "./talk.js";

const words = strings.search;
const rootDigits = 16;

/**
 * What to ask the node for: the name alone, or with the root where others publish other content under it. Of a shared
 * folder, that of its one owner: of one name there may be more.
 */
function wanted(listing, isAmbiguous) {
  if (isOpen(listing) && listing.owners.length === 1) {
    return listing.name.replace(/^[^/]+/, (top) => `${top}@${listing.owners[0]}`);
  }
  return isAmbiguous && listing.root ? `${listing.name}#${listing.root.slice(0, rootDigits)}` : listing.name;
}

/** Puts a publication into the queue; where its name stands for several contents, lets one be chosen. */
export async function enqueue(name, asked = name) {
  try {
    const { transfers } = await api.post("/transfers", { name: asked });
    if (transfers.length === 1) setTransfer(transfers[0]);
    else await refreshTransfers();
    tell(transfers.length ? words.queued(shown(name), transfers.length) : words.there(shown(name)));
  } catch (failure) {
    if (!["ambiguous", "noSuchChoice"].includes(failure.kind) || !failure.values.choices?.length) throw failure;
    const root = await choose(strings.choice.title(shown(name)), strings.choice.text,
      failure.values.choices.map((choice) => ({
      title: size(choice.size), detail: strings.choice.by(choice.owners.join(", ")), value: choice.root,
    })));
    if (root) await enqueue(name, `${name}#${root.slice(0, rootDigits)}`);
  }
}

const shown = (name) => foreign(name).textContent;

async function ask(listing) {
  await api.post("/asks", { name: `${listing.name}@${listing.owners[0]}` });
  tell(words.asked(shown(listing.name)));
  await refreshAsks();
}

/** A folder that is shared, not published as a whole: what is in it is published one by one. */
function isOpen(listing) {
  return listing.isFolder && listing.size === undefined && !listing.root;
}

/**
 * Elements of a row of role `row`.
 *
 * - isAmbiguous: as in `wanted`.
 * - isInPlace: it is clear from elsewhere whose it is, and in which folder.
 * - look: called with a folder that can be looked into.
 */
export function makeListing(listing, { isAmbiguous = false, isInPlace = false, look }) {
  const what = kind(listing);
  const withOwners = !isInPlace;
  const path = listing.name.split("/");
  const base = path.pop();
  const name = shown(base);
  const request = wanted(listing, isAmbiguous);
  const getButton = button(strings.common.get,
    { path: icons.download, label: words.get(name), kind: isOpen(listing) ? "small" : "primary small" },
    () => during(getButton, () => enqueue(listing.name, request)));
  const askButton = button(words.ask, { path: icons.lock, label: words.askFor(name), kind: "small" },
    () => during(askButton, () => ask(listing)));
  const playButton = isPlayable(listing)
    ? button(what === "image" ? strings.common.view : strings.common.play,
      { path: what === "image" ? icons.image : icons.play, label: words.play(name), kind: "small" },
      () => play(listing, request)) : null;
  const lookButton = isOpen(listing)
    ? button(words.open, { path: icons.folder, label: words.openIt(name), kind: "small" }, () => look(listing)) : null;
  const lock = h("span", { class: "chip quiet" }, icon(icons.lock), strings.common.locked);
  const state = h("a", { class: "chip", href: "#downloads" });
  const row = h("div", { role: "row", class: `row listing${withOwners ? "" : " plain"}` },
    h("div", { role: "gridcell", class: "cell-name" }, icon(icons[what], `icon kind ${what}`),
      h("span", { class: "name-lines" }, foreign(base, { class: "name" }),
        path.length && !isInPlace ? h("span", { class: "faint where" }, words.inFolder(shown(path.join("/")))) : null),
      listing.isLocked ? lock : null, listing.isRestricted ? restricted() : null),
    h("div", { role: "gridcell", class: "cell-size number" }, sizeOf(listing)),
    withOwners ? h("div", { role: "gridcell", class: "cell-owners" }, ownersOf(listing)) : null,
    h("div", { role: "gridcell", class: "cell-actions" }, state, playButton, askButton, lookButton, getButton));
  row.renew = () => {
    const transfer = transferOf(listing.name);
    const asked = listing.isLocked ? askedFor(listing) : null;
    const isLocked = Boolean(listing.isLocked) && asked !== "granted";
    lock.hidden = !isLocked;
    askButton.hidden = !isLocked || asked !== null;
    if (playButton) playButton.hidden = isLocked;
    if (lookButton) lookButton.hidden = isLocked;
    getButton.hidden = isLocked || Boolean(transfer);
    state.hidden = isLocked ? asked === null : !transfer;
    if (isLocked && asked) {
      say(state, words.answers[asked]);
      set(state, "aria-label", `${name}: ${state.textContent}`);
    }
    state.classList.toggle("quiet", isLocked);
    if (isLocked || !transfer) return;
    const now = stateOf(transfer);
    const word = now === "finished" ? words.done : strings.downloads.state[now];
    say(state, ["finished", "failed"].includes(now) ? word : percent(transfer.done, transfer.total) || word);
    set(state, "aria-label", `${name}: ${state.textContent}`);
    state.classList.toggle("good", now === "finished");
    state.classList.toggle("bad", now === "failed");
  };
  row.renew();
  return row;
}

/** Quiet: who sees it is among those for whom it is. */
function restricted() {
  return h("span", { class: "restricted", title: words.restricted }, icon(icons.members),
    h("span", { class: "unseen" }, words.restricted));
}

export function sizeOf(item) {
  if (isOpen(item) || item.isLocked) return "";
  if (item.size !== undefined && item.size !== null) return size(item.size);
  return h("span", { class: "faint" }, strings.common.unhashed);
}

function ownersOf(listing) {
  const most = 2;
  const more = listing.owners.length - most;
  return [
    ...listing.owners.slice(0, most).map((owner) => foreign(owner, { class: "owner" })),
    more > 0 ? h("span", { class: "faint", title: listing.owners.slice(most).map(shown).join(", ") },
      words.truncated(more)) : null,
  ];
}

/** Identifies a listing among others. */
export function keyOf(listing) {
  const access = listing.isLocked ? `locked ${listing.owners.join()}` : listing.isRestricted ? "restricted" : "";
  return `${listing.name}\u0000${listing.root ?? ""}\u0000${access}`;
}
