// Folders whose files are published by themselves.

import * as api from "./api.js";
import { describe, makeAudience, makeChooser } from "./audience.js";
import { mayBeGiven, tellWhatIsUnlocked } from "./cautions.js";
import { button, field, foreign, h, placeholder, reconcile, say, set } from "./dom.js";
import { size } from "./format.js";
import { icons } from "./icons.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { confirm, during, tell, tellFailure } from "./talk.js";

const words = strings.library;
/** Milliseconds between looks while something is hashed. */
const pace = 2_000;

export function makeShares() {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.shares, hidden: true }, rows);
  const nothing = h("div");
  const path = h("input",
    { type: "text", placeholder: words.pathExample, required: true, autocomplete: "off", spellcheck: "false" });
  const add = h("button", { type: "submit", class: "button" }, words.share);
  const chooser = makeChooser(words.shareForWhom);
  const form = h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    const audience = chooser.read();
    if (audience === undefined) return;
    during(add, async () => {
      const given = path.value;
      if (!await mayBeGiven(given, { isShared: true, yes: words.share })) return;
      await api.post("/shares", { path: given, ...audience && { audience } });
      tell(words.shared(foreign(given).textContent));
      path.value = "";
      await renew();
      await tellWhatIsUnlocked(given);
    });
  } }, field(words.sharePath, path), add);
  const element = h("section", { hidden: true }, h("h3", { class: "list-title" }, words.shares),
    h("p", { class: "faint lead" }, words.sharesText), grid, nothing,
    h("div", { class: "offer" }, chooser.element, form));
  rove(grid);
  let timer = null;
  /** For each folder, how much there was to hash when it was seen first: what the bar is drawn of. */
  const mostToHash = new Map();

  async function renew() {
    clearTimeout(timer);
    try {
      const { shares } = await api.get("/shares");
      element.hidden = false;
      for (const share of shares) {
        mostToHash.set(share.path,
          share.bytesToHash ? Math.max(share.bytesToHash, mostToHash.get(share.path) ?? 0) : 0);
      }
      reconcile(rows, shares, (share) => share.path, (share) => makeShare(share, renew),
        (row, share) => row.renew(share, mostToHash.get(share.path)));
      grid.hidden = shares.length === 0;
      nothing.replaceChildren(...(shares.length ? [] : [placeholder(words.sharesEmpty)]));
      if (shares.some((share) => share.unhashedCount > 0)) timer = setTimeout(renew, pace);
    } catch (failure) {
      if (failure.isMissing) element.hidden = true;
      else if (!element.hidden) tellFailure(failure);
    }
  }
  return { element, renew, rest: () => clearTimeout(timer) };
}

function makeShare(share, renew) {
  const path = foreign(share.path).textContent;
  const state = h("span", { class: "facts number" });
  const bar = h("progress", { "aria-label": words.hashProgress(path) });
  const remove = button(strings.common.remove, { path: icons.close, label: words.unshare(path), isBare: true },
    () => during(remove, async () => {
    if (!await confirm(words.unshareTitle(path), words.unshareText, { yes: strings.common.remove })) return;
    await api.remove(`/shares?path=${api.part(share.path)}`);
    await renew();
  }));
  const audience = makeAudience(path, (chosen) => during(audience.open, async () => {
    await api.post("/shares", { path: share.path, audience: chosen });
    tell(strings.audience.changed(path, describe(chosen)));
    await renew();
  }));
  const row = h("div", { role: "row", class: "row share" },
    h("div", { role: "gridcell", class: "share-text" }, foreign(share.path, { class: "name path" }), audience.line, bar,
      state),
    h("div", { role: "gridcell", class: "cell-actions" }, audience.open, remove));
  row.renew = (now, most) => {
    const facts = [words.shareFiles(now.fileCount)];
    if (now.isAway) facts.push(words.shareAway);
    else facts.push(now.unhashedCount ? words.shareLeft(now.unhashedCount, size(now.bytesToHash)) : words.shareDone);
    say(state, facts.join(" · "));
    bar.hidden = now.isAway || !now.unhashedCount;
    set(bar, "max", most || 1);
    bar.value = Math.max(0, most - now.bytesToHash);
    row.classList.toggle("is-away", Boolean(now.isAway));
    audience.renew(now.audience);
  };
  return row;
}
