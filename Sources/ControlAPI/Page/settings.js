// What can be set, devices, the password, and what there is to know of this node.

import * as api from "./api.js";
import { makeConfig } from "./config.js";
import { button, field, foreign, h, reconcile } from "./dom.js";
import { makeExamination } from "./examination.js";
import { since, time } from "./format.js";
import { makeBlocked, makeSavedSearches } from "./keeping.js";
import { live, on } from "./live.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { during, tell, tellFailure } from "./talk.js";

const words = strings.settings;

export function makeSettings() {
  const parts = [makeConfig({ section, renewing }), makeExamination({ section }), makeSavedSearches({ section, renewing }),
    makeBlocked({ section, renewing }), makeDevices(), makePassword(), makeAbout(), makeKeys()];
  return {
    element: h("div", { class: "stack settings" }, parts.map((part) => part.element)),
    show() {
      for (const part of parts) part.renew?.();
    },
  };
}

function section(title, text, ...content) {
  return h("section", { class: "card setting" }, h("div", { class: "setting-head" }, h("h3", {}, title),
    text ? h("p", { class: "faint" }, text) : null), h("div", { class: "setting-body" }, content));
}

/** Renews a part, which hides itself where the node does not offer it. */
function renewing(element, action) {
  return async () => {
    try {
      await action();
      element.hidden = false;
    } catch (failure) {
      if (failure.isMissing) element.hidden = true;
      else tellFailure(failure);
    }
  };
}

function makeDevices() {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "grid", role: "grid", "aria-label": words.devices }, rows);
  const others = button(words.signOutOthers, {}, () => during(others, async () => {
    await api.remove("/devices");
    tell(words.othersOut);
    await renew();
  }));
  const element = section(words.devices, words.devicesText, grid, others);
  rove(grid);
  const renew = renewing(element, async () => {
    const { devices } = await api.get("/devices");
    reconcile(rows, devices, (device) => JSON.stringify(device), (device) => makeDevice(device, () => renew()));
    others.hidden = devices.length < 2;
  });
  return { element, renew };
}

function makeDevice(device, renew) {
  const name = device.label ? foreign(device.label).textContent : words.device;
  const signOut = button(words.signOut, { kind: "small", label: words.signOutIt(name) },
    () => during(signOut, async () => {
    await api.remove(`/devices/${api.part(device.id)}`);
    tell(words.signedOut(name));
    await renew();
  }));
  const seen = device.isOnline ? strings.network.online : words.signedIn(since(device.lastSignIn));
  return h("div", { role: "row", class: "row record" },
    h("div", { role: "gridcell", class: "record-text" }, foreign(name, { class: "name" }),
      device.isThis ? h("span", { class: "chip quiet" }, words.thisDevice) : null,
      h("span", { class: "facts" }, seen)),
    h("div", { role: "gridcell", class: "cell-actions" }, device.isThis ? null : signOut));
}

function makePassword() {
  const make = (autocomplete) => h("input", { type: "password", autocomplete, required: true });
  const [old, fresh, again] = [make("current-password"), make("new-password"), make("new-password")];
  const user = h("input",
    { type: "text", autocomplete: "username", class: "unseen", tabindex: "-1", "aria-hidden": "true", readonly: true });
  const change = h("button", { type: "submit", class: "button" }, words.change);
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    if (fresh.value !== again.value) return tell(words.different, { isFailure: true });
    return during(change, async () => {
      try {
        await api.post("/password", { old: old.value, new: fresh.value });
      } catch (failure) {
        if (failure.isMissing) element.hidden = true;
        throw failure;
      }
      form.reset();
      tell(words.changed);
    });
  } }, user, h("div", { class: "fields" }, field(words.old, old), field(words.fresh, fresh),
    field(words.again, again)), change);
  const element = section(words.password, null, form);
  return {
    element,
    renew() {
      user.value = live.status?.member ?? "";
    },
  };
}

function makeAbout() {
  const list = h("dl", { class: "facts-list" });
  const draw = () => {
    const status = live.status;
    if (!status) return;
    const facts = [[words.member, foreign(status.member)],
      ...(status.role ? [[words.role, strings.status.role[status.role]]] : []),
      [words.server, foreign(status.server)], [words.port, String(status.port)],
      [words.fingerprint, h("code", {}, foreign(status.fingerprint).textContent)],
      [words.since, h("time", {}, time(Date.now() - status.upMilliseconds))],
      [words.downloads, foreign(status.downloads)], [words.version, foreign(status.version)]];
    list.replaceChildren(...facts.flatMap(([title, value]) => [h("dt", {}, title), h("dd", {}, value)]));
  };
  on("status", draw);
  return { element: section(words.about, null, list), renew: draw };
}

function makeKeys() {
  return { element: section(words.keys, null,
    h("dl", { class: "facts-list keys" }, words.shortcuts.flatMap(([keys, meaning]) =>
    [h("dt", {}, keys.split(" ").map((key) => (key === "–" ? " – " : h("kbd", {}, key)))), h("dd", {}, meaning)]))) };
}
