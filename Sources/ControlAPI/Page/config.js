// All that `bittrickle config` knows: what each setting means, where its value comes from, and how it is changed.

import * as api from "./api.js";
import { button, field, h, say } from "./dom.js";
import { makeRateInput, rateFrom, rateText } from "./rates.js";
import { strings } from "./strings.js";
import { during, tell } from "./talk.js";

const words = strings.config;

/** Where a field is empty, the setting is what it is by itself. */
const plain = { read: (input) => input.value || null, text: (value) => value ?? "" };

function number(min, max, unit) {
  return { ...plain, unit, make: () => h("input", { type: "number", min, max, step: "1", inputmode: "numeric" }) };
}

/** Where a field is empty, there is no limit; undefined for what is none. */
function rate(isZeroFine) {
  return {
    unit: words.perSecond, make: makeRateInput,
    read(input) {
      const bytes = rateFrom(input, isZeroFine);
      return bytes === undefined ? undefined : String(bytes ?? "none");
    },
    text: (value) => (value === "none" ? "" : rateText(Number(value))),
  };
}

const choice = {
  ...plain,
  make: () => h("select", {}, Object.entries(words.choices).map(([value, title]) => h("option", { value }, title))),
};

const path = {
  ...plain,
  make: () => h("input",
    { type: "text", pattern: "/.*", title: words.absolute, autocomplete: "off", spellcheck: "false" }),
};

const kinds = {
  down: rate(false), up: rate(true), active: number(1, 100), slots: number(1, 1_000), "hand-on": choice, downloads: path,
  port: number(0, 65_535), "map-port": choice, "web-port": number(0, 65_535), notify: choice, "search-interval": number(5, 86_400, words.seconds),
};

const address = (key) => `/settings/${api.part(key)}`;

/** Says what came of a change, which may not be what was wanted at once. */
function tellChange({ key, source }, isUnset) {
  const name = words.names[key];
  if (source === "commandLine") return tell(words.startedOtherwise(name));
  if (words.fromNextStart[key]) return tell(words.fromNextStart[key]);
  return tell(isUnset ? words.unsetNow(name) : words.saved(name));
}

function makeSetting(key) {
  const kind = kinds[key];
  const name = words.names[key];
  const input = kind.make();
  let shown = input.value;
  input.id = `setting-${key}`;
  const whole = field(name, input, { hint: words.hints[key], unit: kind.unit });
  const source = h("small", { id: `${input.id}-source` });
  const unset = button(words.unset, { kind: "small", label: words.unsetIt(name), hidden: true },
    () => during(unset, async () => {
    const answer = await api.remove(address(key));
    show(answer, true);
    tellChange(answer, true);
    input.focus();
  }));
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), source.id].filter(Boolean).join(" "));
  whole.append(h("div", { class: "setting-source" }, source, unset));

  /** What is being typed stays, unless it is what was set. */
  function show(setting, isOwn = false) {
    if (isOwn || input.value === shown) input.value = kind.text(setting.value);
    shown = kind.text(setting.value);
    say(source, words.sources[setting.source]);
    unset.hidden = setting.source !== "set";
  }

  /** Sets it where it was changed. Gives false where that did not work, which it says. */
  async function save() {
    if (input.value === shown) return true;
    const value = kind.read(input);
    if (value === undefined) {
      tell(words.tooSlow, { isFailure: true });
      input.focus();
      return false;
    }
    try {
      const answer = await (value === null ? api.remove(address(key)) : api.put(address(key), { value }));
      show(answer, true);
      tellChange(answer, value === null);
    } catch (failure) {
      if (failure.status !== 409 || failure.kind) throw failure;
      tell(words.noSuchValue(name), { isFailure: true });
      input.focus();
      return false;
    }
    return true;
  }
  return { element: whole, show, save };
}

export function makeConfig({ section, renewing }) {
  const settings = Object.fromEntries(Object.keys(kinds).map((key) => [key, makeSetting(key)]));
  const save = h("button", { type: "submit", class: "button primary" }, strings.common.save);
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    during(save, async () => {
      for (const setting of Object.values(settings)) if (!await setting.save()) return;
    });
  } }, h("div", { class: "fields pairs" }, Object.values(settings).map((setting) => setting.element)), save);
  const element = section(words.title, words.text, form);
  return {
    element,
    renew: renewing(element, async () => {
      for (const setting of (await api.get("/settings")).settings) settings[setting.key]?.show(setting);
    }),
  };
}
