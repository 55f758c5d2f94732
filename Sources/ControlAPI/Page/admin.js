// Accounts, groups, sessions and publications of all members, for admins.

import * as api from "./api.js";
import { button, field, foreign, h, icon } from "./dom.js";
import { makeFilter } from "./filter.js";
import { since } from "./format.js";
import { makeGroup, makeGroupForm } from "./groups.js";
import { icons } from "./icons.js";
import { sizeOf } from "./listing.js";
import { live } from "./live.js";
import { makeRecords, record } from "./records.js";
import { strings } from "./strings.js";
import { askPassword, confirm, during, tell } from "./talk.js";

const words = strings.network;

export function makeAccounts() {
  return makeRecords(words.users, {
    ask: async () => (await api.get("/admin/users")).users, keyOf: (user) => JSON.stringify(user), make: makeAccount,
    empty: () => words.usersEmpty,
  });
}

function makeAccount(user, renew) {
  const name = foreign(user.name).textContent;
  const path = `/admin/users/${api.part(user.name)}`;
  const isSelf = user.name === live.status?.member;
  const isAdmin = user.role === "admin";
  const isDisabled = user.standing === "disabled";
  const action = (title, act, kind = "small") => {
    const made = button(title, { kind, label: words.on(title, name) }, () => during(made, async () => {
      if (await act() !== false) await renew();
    }));
    return made;
  };
  const password = () => action(words.password, async () => {
    const wanted = await askPassword(words.newPassword(name));
    if (wanted === null) return false;
    await api.post(`${path}/password`, { password: wanted });
    return tell(words.passwordSet(name));
  });
  const role = () => action(isAdmin ? words.demote : words.promote,
    () => api.post(`${path}/role`, { role: isAdmin ? "member" : "admin" }));
  const disable = () => action(isDisabled ? words.enable : words.disable,
    () => api.post(`${path}/${isDisabled ? "enable" : "disable"}`));
  const remove = () => action(words.remove, async () => {
    if (!await confirm(words.removeTitle(name), words.removeText, { yes: words.remove })) return false;
    return api.remove(path);
  }, "small danger-text");
  // What stands in the server's file, or is no account any more, has fewer.
  const actions = isSelf || user.standing === "filed" ? [] : user.standing === "gone" ? [remove()]
    : [password(), role(), disable(), remove()];
  const facts = [strings.members.publications(user.publicationCount)];
  if (!user.isOnline && user.lastSeen) facts.push(strings.settings.seen(since(user.lastSeen)));
  return record([
    h("span", {
      class: `dot ${user.isOnline ? "here" : ""}`, role: "img",
      "aria-label": user.isOnline ? words.online : words.offline,
    }),
    foreign(user.name, { class: "name" }),
    isAdmin ? h("span", { class: "chip" }, words.roles.admin) : null,
    isDisabled ? h("span", { class: "chip bad" }, words.disabled) : null,
    user.standing === "filed" ? h("span", { class: "chip quiet" }, words.filed) : null,
    user.standing === "gone" ? h("span", { class: "chip quiet" }, words.gone) : null,
    isSelf ? h("span", { class: "chip quiet" }, strings.common.you) : null,
    h("span", { class: "facts" }, facts.join(" · ")),
  ], actions);
}

export function makeGroups() {
  const records = makeRecords(words.groups, {
    ask: async () => (await api.get("/admin/groups")).groups, keyOf: (group) => `${group.name} ${group.memberCount}`,
    make: makeGroup, empty: () => words.groupsEmpty, below: makeGroupForm(() => records.renew()),
  });
  return records;
}

export function makeSessions() {
  return makeRecords(words.sessions, {
    ask: async () => (await api.get("/admin/sessions")).sessions,
    keyOf: (session) => `${session.member} ${session.device} ${session.address}`, make: makeSession,
    empty: () => words.sessionsEmpty,
  });
}

function makeSession(session, renew) {
  const name = foreign(session.member).textContent;
  const end = button(words.end, { kind: "small", label: words.endIt(name) }, () => during(end, async () => {
    await api.post(`/admin/users/${api.part(session.member)}/sign-out`);
    tell(words.ended(name));
    await renew();
  }));
  const facts = [session.device, session.address].filter(Boolean).map((each) => foreign(each).textContent);
  return record([foreign(session.member, { class: "name" }),
    h("span", { class: "facts" }, [...facts, words.since(since(session.since))].join(" · "))],
  session.member === live.status?.member ? [] : [end]);
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
  const filter = makeFilter(() => records.renew());
  const records = makeRecords(words.publications, {
    isLazy: true, above: h("div", { class: "above" }, form, filter.input), below: filter.note,
    keyOf: (file) => file.name,
    empty: () => strings.members.nothing(foreign(of).textContent),
    ask: async () => filter.pick((await api.get(`/admin/publications?of=${api.part(of)}`)).published),
    make: (file, renew) => {
      const name = foreign(file.name).textContent;
      const takeDown = button(words.takeDown, {
        path: icons.trash, kind: "small danger-text", label: words.takeDownIt(name),
      }, () => during(takeDown, async () => {
        if (!await confirm(words.takeDownTitle(name), words.takeDownText, { yes: words.takeDown })) return;
        await api.remove(`/admin/publications?of=${api.part(of)}&name=${api.part(file.name)}`);
        tell(words.takenDown(name));
        await renew();
      }));
      return record([icon(icons[file.isFolder ? "folder" : "file"], "icon kind"), foreign(file.name, { class: "name" }),
        h("span", { class: "facts number" }, sizeOf(file))], [takeDown]);
    },
  });
  return { element: records.element, renew: () => (of ? records.renew() : undefined) };
}
