// Accounts, sessions and publications of all members, for admins.

import * as api from "./api.js";
import { button, field, foreign, h, icon, placeholder, reconcile } from "./dom.js";
import { time } from "./format.js";
import { icons } from "./icons.js";
import { sizeOf } from "./listing.js";
import { live, offers } from "./live.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { askPassword, confirm, during, tell, tellFailure } from "./talk.js";

const words = strings.network;

/** A titled list of records that hides itself where the node does not offer them. */
function makeRecords(title, empty, { ask, keyOf, make, above = null, isLazy = false }) {
  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": title, hidden: true }, rows);
  const nothing = h("div");
  const element = h("section", { hidden: !isLazy }, h("h3", { class: "list-title" }, title), above, grid, nothing);
  rove(grid);
  async function renew() {
    if (!offers("admin")) return;
    try {
      const records = await ask();
      element.hidden = false;
      reconcile(rows, records, keyOf, (record) => make(record, renew));
      grid.hidden = records.length === 0;
      nothing.replaceChildren(...(records.length ? [] : [placeholder(empty())]));
    } catch (failure) {
      if (failure.isMissing) element.hidden = true;
      else tellFailure(failure);
    }
  }
  return { element, renew };
}

function record(text, actions) {
  return h("div", { role: "row", class: "row record" }, h("div", { role: "gridcell", class: "record-text" }, text),
    h("div", { role: "gridcell", class: "cell-actions" }, actions));
}

export function makeAccounts() {
  return makeRecords(words.users, () => words.usersEmpty, {
    ask: async () => (await api.get("/admin/users")).users, keyOf: (user) => JSON.stringify(user), make: makeAccount,
  });
}

function makeAccount(user, renew) {
  const name = foreign(user.name).textContent;
  const path = `/admin/users/${api.part(user.name)}`;
  const isSelf = user.name === live.status?.member;
  const action = (title, act, kind = "small") => {
    const made = button(title, { kind, label: words.on(title, name) }, () => during(made, async () => {
      if (await act() !== false) await renew();
    }));
    return made;
  };
  const isAdmin = user.role === "admin";
  return record([
    h("span", { class: `dot ${user.isOnline ? "here" : ""}`, role: "img",
      "aria-label": user.isOnline ? words.online : words.offline }),
    foreign(user.name, { class: "name" }),
    isAdmin ? h("span", { class: "chip" }, words.roles.admin) : null,
    user.isDisabled ? h("span", { class: "chip bad" }, words.disabled) : null,
    isSelf ? h("span", { class: "chip quiet" }, strings.common.you) : null,
  ], [
    action(words.password, async () => {
      const password = await askPassword(words.newPassword(name));
      if (password === null) return false;
      await api.post(`${path}/password`, { password });
      tell(words.passwordSet(name));
    }),
    isSelf ? null : action(isAdmin ? words.demote : words.promote,
      () => api.post(`${path}/role`, { role: isAdmin ? "member" : "admin" })),
    isSelf ? null : action(user.isDisabled ? words.enable : words.disable,
      () => api.post(`${path}/${user.isDisabled ? "enable" : "disable"}`)),
    isSelf ? null : action(words.remove, async () => {
      if (!await confirm(words.removeTitle(name), words.removeText, { yes: words.remove })) return false;
      await api.remove(path);
    }, "small danger-text"),
  ]);
}

export function makeSessions() {
  return makeRecords(words.sessions, () => words.sessionsEmpty, {
    ask: async () => (await api.get("/admin/sessions")).sessions, keyOf: (session) => session.id, make: makeSession,
  });
}

function makeSession(session, renew) {
  const name = foreign(session.member).textContent;
  const end = button(words.end, { kind: "small", label: words.endIt(name) }, () => during(end, async () => {
    await api.remove(`/admin/sessions/${api.part(session.id)}`);
    tell(words.ended(name));
    await renew();
  }));
  const facts = [session.place ? foreign(session.place).textContent : "",
    session.sinceMilliseconds ? words.since(time(session.sinceMilliseconds)) : ""].filter(Boolean);
  return record([foreign(session.member, { class: "name" }), h("span", { class: "facts" }, facts.join(" · "))], [end]);
}

export function makeTakingDown() {
  const member = h("input",
    { type: "text", required: true, autocomplete: "off", spellcheck: "false", maxlength: "16" });
  const show = h("button", { type: "submit", class: "button" }, words.show);
  let of = null;
  const form = h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    of = member.value.trim();
    during(show, records.renew);
  } }, field(words.publicationsOf, member), show);
  const records = makeRecords(words.publications, () => strings.members.nothing(foreign(of).textContent), {
    isLazy: true, above: form, keyOf: (listing) => listing.name,
    ask: async () => (await api.get(`/admin/publications?of=${api.part(of)}`)).listings,
    make: (listing, renew) => {
      const name = foreign(listing.name).textContent;
      const takeDown = button(words.takeDown,
        { path: icons.trash, kind: "small danger-text", label: words.takeDownIt(name) },
        () => during(takeDown, async () => {
        if (!await confirm(words.takeDownTitle(name), words.takeDownText, { yes: words.takeDown })) return;
        await api.remove(`/admin/publications?of=${api.part(of)}&name=${api.part(listing.name)}`);
        tell(words.takenDown(name));
        await renew();
      }));
      return record([icon(icons[listing.isFolder ? "folder" : "file"], "icon kind"),
        foreign(listing.name, { class: "name" }),
        h("span", { class: "facts number" }, sizeOf(listing))], [takeDown]);
    },
  });
  return { element: records.element, renew: () => (of ? records.renew() : undefined) };
}
