// For whom something is: everybody, some, or some while the others may ask.

import * as api from "./api.js";
import { button, field, foreign, h, reconcile, safe, say } from "./dom.js";
import { icons } from "./icons.js";
import { isAdmin } from "./live.js";
import { strings } from "./strings.js";
import { makeDialog, openDialog, tell } from "./talk.js";

const words = strings.audience;
const everybody = { isEverybody: true, readers: [], isListed: true };
let count = 0;

/** An audience in a few words. */
export function describe(audience) {
  if (!audience || audience.isEverybody) return words.everybody;
  const names = audience.readers.map(safe);
  if (audience.isListed) return names.length ? words.lockedFor(names) : words.locked;
  return names.length ? words.onlyFor(names) : words.nobody;
}

/**
 * A field, which unfolds another for names where it is not for everybody.
 *
 * - given: as it is; null for what is new, where "everybody" says nothing, so that it stays as it was.
 *
 * `peek` gives the audience as it is chosen, null for nothing said; `read` also takes what is still being typed, and
 * gives undefined where names are missing, which it says.
 */
export function makeChooser(label, given = null) {
  count += 1;
  let readers = [...given?.readers ?? []];
  const kind = !given || given.isEverybody ? "everybody" : given.isListed ? "locked" : "only";
  const select = h("select", { onchange: unfold }, Object.entries(words.kinds).map(([value, title]) =>
    h("option", { value, selected: value === kind }, title)));
  const whole = field(label, select, { hint: words.hints[kind] });
  const suggestions = h("datalist", { id: `readers-${count}` });
  const input = h("input", {
    type: "text", list: suggestions.id, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    // What is chosen among the suggestions is not typed.
    oninput: (event) => event.inputType === "insertReplacementText" && take(),
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take();
    },
  });
  const chips = h("ul", { class: "chips", "aria-label": words.chosen, "aria-live": "polite" });
  const names = h("div", { class: "audience-names", hidden: true },
    h("div", { class: "line-form" }, field(words.names, input), button(words.add, {}, () => {
      take();
      input.focus();
    })), suggestions, chips);
  const element = h("div", { class: "audience" }, whole, names);

  function draw() {
    reconcile(chips, readers, (name) => name, (name) => h("li", { class: "chip quiet" }, foreign(name),
      button(words.leaveOut, { path: icons.close, isBare: true, label: words.leaveOutIt(safe(name)) }, () => {
        readers = readers.filter((each) => each !== name);
        draw();
        input.focus();
      })));
  }

  function take() {
    readers = [...new Set([...readers, ...input.value.split(/[\s,]+/u).filter(Boolean)])];
    input.value = "";
    draw();
  }

  function unfold() {
    names.hidden = select.value === "everybody";
    say(whole.querySelector("small"), given && select.value === "everybody" ? "" : words.hints[select.value]);
    if (!names.hidden) suggest(suggestions);
  }

  function peek() {
    if (select.value === "everybody") return given ? everybody : null;
    return { isEverybody: false, readers, isListed: select.value === "locked" };
  }

  draw();
  unfold();
  return {
    element, peek,
    read() {
      take();
      const audience = peek();
      if (!audience || audience.isEverybody || audience.isListed || readers.length) return audience;
      tell(words.missing, { isFailure: true });
      input.focus();
      return undefined;
    },
  };
}

/** Members online, and groups for those who see them. It goes without. */
async function suggest(list) {
  const [peers, groups] = await Promise.allSettled([api.get("/peers"), isAdmin() ? api.get("/admin/groups") : null]);
  const names = [...peers.value?.peers ?? [], ...(groups.value?.groups ?? []).map((group) => group.name)];
  list.replaceChildren(...names.sort().map((name) => h("option", { value: name })));
}

/** Lets somebody change for whom something is; null where it stays. */
export function chooseAudience(name, given) {
  let answer = null;
  const chooser = makeChooser(words.title, given);
  const dialog = makeDialog(words.titleOf(name), h("form", { class: "dialog-form", onsubmit: (event) => {
    event.preventDefault();
    answer = chooser.read() ?? null;
    if (answer) dialog.close();
  } }, chooser.element, h("div", { class: "dialog-buttons" },
    button(strings.common.cancel, {}, () => dialog.close()),
    h("button", { type: "submit", class: "button primary" }, strings.common.save))));
  return openDialog(dialog, () => answer);
}

/** A line that says for whom something is, where that is not everybody, and a button that changes it by `change`. */
export function makeAudience(name, change) {
  let now = null;
  const line = h("span", { class: "faint where" });
  const open = button(words.title, { path: icons.members, label: words.changeIt(name), isBare: true }, async () => {
    const audience = await chooseAudience(name, now);
    if (audience) await change(audience);
  });
  return {
    line, open,
    renew(audience) {
      now = audience ?? everybody;
      line.hidden = now.isEverybody;
      say(line, now.isEverybody ? "" : describe(now));
      line.title = line.textContent;
    },
  };
}
