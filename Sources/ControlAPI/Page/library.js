// What one publishes oneself, and the folders that are shared.

import * as api from "./api.js";
import { makeAsks } from "./asks.js";
import { describe, makeAudience, makeChooser } from "./audience.js";
import { mayBeGiven, tellWhatIsHidden, tellWhatIsUnlocked } from "./cautions.js";
import { button, field, foreign, h, icon, loading, placeholder, reconcile, say } from "./dom.js";
import { isPlayable, kind, percent, size } from "./format.js";
import { makeFilter } from "./filter.js";
import { icons } from "./icons.js";
import { sizeOf } from "./listing.js";
import { refreshAsks } from "./live.js";
import { play } from "./player.js";
import { rove } from "./roving.js";
import { makeShares } from "./shares.js";
import { strings } from "./strings.js";
import { broken, confirm, during, tell, tellFailure } from "./talk.js";
import { catchDrops } from "./drops.js";

const words = strings.library;

export function makeLibrary() {
  const works = h("ul", { class: "works", "aria-live": "polite" });
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.own, hidden: true }, rows);
  const count = h("span", { class: "faint" });
  const nothing = h("div", {}, loading());
  const shares = makeShares();
  const chooser = makeChooser(words.forWhom);
  rove(grid);

  let published = [];
  const filter = makeFilter(() => draw());

  function draw() {
    const shown = filter.pick(published);
    reconcile(rows, shown, (file) => [file.name, file.size, file.root, file.isFolder].join("\u0000"),
      (file) => makeOwn(file, renew), (row, file) => row.renew(file));
    grid.hidden = shown.length === 0;
  }

  async function renew() {
    try {
      ({ published } = await api.get("/published"));
      draw();
      say(count, published.length ? strings.members.publications(published.length) : "");
      nothing.replaceChildren(...(published.length ? [] : [placeholder(words.ownEmpty)]));
    } catch (failure) {
      nothing.replaceChildren(broken(failure, renew));
    }
  }

  /** Publishes one after the other: hashing side by side is no faster. */
  async function add(files) {
    const audience = chooser.read();
    if (audience === undefined) return;
    const waiting = files.map((file) => ({ file, work: makeWork(works, file.name) }));
    for (const { file, work } of waiting) {
      await work.during(async () => {
        work.show(words.uploading, 0, file.size);
        sayPublished(await api.upload(file, audience, (sent) =>
          work.show(sent < file.size ? words.uploading : words.hashing, sent, file.size)));
      });
      await renew();
    }
  }

  const browser = h("input",
    { type: "file", multiple: true, class: "unseen", tabindex: "-1", "aria-hidden": "true", onchange: () => {
    add(Array.from(browser.files));
    browser.value = "";
  } });
  const drop = h("div", { class: "drop", id: "drop" }, icon(icons.upload),
    h("div", {}, h("h3", {}, words.dropTitle), h("p", {}, words.dropText)),
    button(words.choose, { kind: "primary" }, () => browser.click()), browser);
  catchDrops(drop, () => words.dropNow(describe(chooser.peek())), (files) => {
    location.hash = "#library";
    add(files);
  });

  const path = h("input",
    { type: "text", placeholder: words.pathExample, required: true, autocomplete: "off", spellcheck: "false" });
  const publish = h("button", { type: "submit", class: "button" }, words.publish);
  const form = h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    const audience = chooser.read();
    if (audience === undefined) return;
    during(publish, async () => {
      const given = path.value;
      if (!await mayBeGiven(given, { isShared: false, yes: words.publish })) return;
      const work = makeWork(works, given);
      const isDone = await work.during(async () => {
        sayPublished(await api.long("/published", { path: given, ...audience && { audience } }, (progress) =>
          work.show(words.hashing, progress.done, progress.total)));
      });
      if (isDone) {
        path.value = "";
        await tellWhatIsUnlocked(given);
      }
      await renew();
    });
  } }, field(words.path, path), publish);

  const element = h("div", { class: "stack" }, makeAsks(), drop, works,
    h("div", { class: "offer" }, chooser.element, form),
    h("section", {}, h("div", { class: "list-head" }, h("h3", { class: "list-title" }, words.own), count,
      filter.input), grid, filter.note, nothing), shares.element);
  return {
    element,
    show() {
      renew();
      shares.renew();
      refreshAsks();
    },
    hide: shares.rest,
  };
}

function sayPublished(publishing) {
  const name = foreign(publishing.file.name).textContent;
  tell(publishing.replaced ? words.replaced(name, foreign(publishing.replaced).textContent) : words.published(name));
  if (publishing.folder?.skippedCount) tell(words.skipped(publishing.folder.skippedCount));
  tellWhatIsHidden(publishing.folder?.hidden);
}

/** A line for something that is being published. */
function makeWork(works, name) {
  const bar = h("progress", { "aria-label": words.uploadOf(foreign(name).textContent) });
  const state = h("span", { class: "faint number" });
  const item = h("li", { class: "work card" }, foreign(name, { class: "name" }), bar, state);
  works.append(item);
  return {
    show(activity, done, total) {
      if (total && done < total) {
        bar.max = total;
        bar.value = done;
      } else bar.removeAttribute("value");
      say(state, total && done < total ? `${activity} ${percent(done, total) || size(done)}` : activity);
    },
    async during(action) {
      try {
        await action();
        return true;
      } catch (failure) {
        tellFailure(failure);
        return false;
      } finally {
        item.remove();
      }
    },
  };
}

function makeOwn(file, renew) {
  const name = foreign(file.name).textContent;
  const what = kind(file);
  const withdraw = button(words.withdraw, { path: icons.trash, label: words.withdrawIt(name), isBare: true },
    () => during(withdraw, async () => {
    if (!await confirm(words.withdrawTitle(name), words.withdrawText, { yes: words.withdraw })) return;
    await api.remove(`/published/${api.part(file.name)}`);
    tell(words.withdrawn(name));
    await renew();
  }));
  const watch = isPlayable(file) ? button(what === "image" ? strings.common.view : strings.common.play,
    { path: what === "image" ? icons.image : icons.play, label: strings.search.play(name), kind: "small" },
    () => play(file)) : null;
  const audience = makeAudience(name, (chosen) => during(audience.open, async () => {
    await api.put(`/published/${api.part(file.name)}/audience`, chosen);
    tell(strings.audience.changed(name, describe(chosen)));
    await renew();
  }));
  const row = h("div", { role: "row", class: "row listing plain own" },
    h("div", { role: "gridcell", class: "cell-name" }, icon(icons[what], `icon kind ${what}`),
      h("span", { class: "name-lines" }, foreign(file.name, { class: "name" }), audience.line)),
    h("div", { role: "gridcell", class: "cell-size number" }, sizeOf(file)),
    h("div", { role: "gridcell", class: "cell-actions" }, watch, audience.open, withdraw));
  row.renew = (now) => audience.renew(now.audience);
  return row;
}
