// What is kept for the member alone: searches that go on, and whom he has blocked.

import * as api from "./api.js";
import { button, field, foreign, h, reconcile, safe } from "./dom.js";
import { since } from "./format.js";
import { on } from "./live.js";
import { record } from "./records.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { choose, during, tell } from "./talk.js";

const words = strings.keeping;

function input(properties) {
  return h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });
}

/** A form that empties itself when it is done. */
function makeForm(name, fields, action) {
  const submit = h("button", { type: "submit", class: "button" }, name);
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    during(submit, async () => {
      await action();
      form.reset();
    });
  } }, h("div", { class: "fields pairs" }, fields), submit);
  return form;
}

/** A part of the settings that lists records, and has a form for one more. */
function makePart({ section, renewing }, title, text, { ask, keyOf, make, empty, form }) {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "grid", role: "grid", "aria-label": title, hidden: true }, rows);
  const nothing = h("p", { class: "faint" }, empty);
  const element = section(title, text, grid, nothing, form);
  rove(grid);
  const renew = renewing(element, async () => {
    const records = await ask();
    reconcile(rows, records, keyOf, (each) => make(each, () => renew()));
    grid.hidden = records.length === 0;
    nothing.hidden = records.length > 0;
  });
  return { element, renew };
}

export function makeSavedSearches(parts) {
  const [name, text] = [input({ required: true, maxlength: "64" }), input({ maxlength: "255" })];
  const part = makePart(parts, words.searches, words.searchesText, {
    ask: async () => (await api.get("/searches")).searches, keyOf: (search) => JSON.stringify(search),
    empty: words.noSearches, make: makeSearch,
    form: makeForm(words.save, [field(words.name, name), field(words.text, text)], async () => {
      await api.put(`/searches/${api.part(name.value.trim())}`, { text: text.value.trim() });
      tell(words.saved(safe(name.value.trim())));
      await part.renew();
    }),
  });
  on("notice", (notice) => {
    if (notice.searchMatched && !part.element.closest(".view")?.hidden) part.renew();
  });
  return part;
}

function makeSearch(search, renew) {
  const [name, path] = [safe(search.name), `/searches/${api.part(search.name)}`];
  const look = button(words.look, { kind: "small", label: words.lookAt(name) }, () => during(look, async () => {
    const { matches } = await api.post(`${path}/look`);
    await renew();
    if (!matches.length) return tell(words.nothingNew);
    const chosen = await choose(words.newOf(name), words.getOne, matches.map((match) => ({
      title: match.name, detail: words.from(match.owner, since(match.found)), value: match,
    })));
    if (!chosen) return undefined;
    await api.post("/transfers", { name: `${chosen.name}@${chosen.owner}` });
    return tell(strings.search.queued(safe(chosen.name), 1));
  }));
  const forget = button(words.forget, { kind: "small", label: words.forgetIt(name) }, () => during(forget, async () => {
    await api.remove(path);
    await renew();
  }));
  return record([foreign(search.name, { class: "name" }), foreign(search.text, { class: "facts" }),
    search.newCount ? h("span", { class: "chip" }, words.fresh(search.newCount)) : null], [look, forget]);
}

export function makeBlocked(parts) {
  const member = input({ required: true, maxlength: "16" });
  const part = makePart(parts, words.blocked, words.blockedText, {
    ask: async () => (await api.get("/blocked")).members, keyOf: (each) => each, empty: words.nobody,
    make: (each, renew) => {
      const unblock = button(words.unblock, { kind: "small", label: words.unblockIt(safe(each)) },
        () => during(unblock, async () => {
          await api.remove(`/blocked/${api.part(each)}`);
          await renew();
        }));
      return record([foreign(each, { class: "name" })], [unblock]);
    },
    form: makeForm(words.block, [field(words.member, member)], async () => {
      await api.put(`/blocked/${api.part(member.value.trim())}`);
      await part.renew();
    }),
  });
  return part;
}
