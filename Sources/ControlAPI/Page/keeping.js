// What is kept for the member alone: searches that go on, and whom he has blocked.

import * as api from "./api.js";
import { button, field, foreign, h, safe } from "./dom.js";
import { since } from "./format.js";
import { on } from "./live.js";
import { makeRecords, record } from "./records.js";
import { strings } from "./strings.js";
import { choose, during, tell } from "./talk.js";

const words = strings.keeping;

function input(properties) {
  return h("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });
}

/** A form in a line, which empties itself when it is done. */
function lineForm(name, fields, action) {
  const submit = h("button", { type: "submit", class: "button" }, name);
  const form = h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    during(submit, async () => {
      await action();
      form.reset();
    });
  } }, fields, submit);
  return form;
}

export function makeSavedSearches() {
  const [name, text] = [input({ required: true, maxlength: "64" }), input({ maxlength: "255" })];
  const records = makeRecords(words.searches, {
    ask: async () => (await api.get("/searches")).searches, keyOf: (search) => JSON.stringify(search),
    empty: () => words.noSearches, make: makeSearch,
    above: h("p", { class: "faint" }, words.searchesText),
    below: lineForm(words.save, [field(words.name, name), field(words.text, text)], async () => {
      await api.put(`/searches/${api.part(name.value.trim())}`, { text: text.value.trim() });
      tell(words.saved(safe(name.value.trim())));
      await records.renew();
    }),
  });
  on("notice", (notice) => {
    if (notice.searchMatched && records.element.isConnected && !records.element.hidden) records.renew();
  });
  return records;
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
    return tell(strings.search.queued(safe(chosen.name)));
  }));
  const forget = button(words.forget, { kind: "small", label: words.forgetIt(name) }, () => during(forget, async () => {
    await api.remove(path);
    await renew();
  }));
  return record([foreign(search.name, { class: "name" }), foreign(search.text, { class: "facts" }),
    search.newCount ? h("span", { class: "chip" }, words.fresh(search.newCount)) : null], [look, forget]);
}

export function makeBlocked() {
  const member = input({ required: true, maxlength: "16" });
  const records = makeRecords(words.blocked, {
    ask: async () => (await api.get("/blocked")).members, keyOf: (each) => each, empty: () => words.nobody,
    make: (each, renew) => {
      const unblock = button(words.unblock, { kind: "small", label: words.unblockIt(safe(each)) },
        () => during(unblock, async () => {
          await api.remove(`/blocked/${api.part(each)}`);
          await renew();
        }));
      return record([foreign(each, { class: "name" })], [unblock]);
    },
    above: h("p", { class: "faint" }, words.blockedText),
    below: lineForm(words.block, [field(words.member, member)], async () => {
      await api.put(`/blocked/${api.part(member.value.trim())}`);
      await records.renew();
    }),
  });
  return records;
}
