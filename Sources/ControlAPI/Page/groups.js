// Groups of members, which admins keep.

import * as api from "./api.js";
import { button, field, foreign, h, reconcile, set } from "./dom.js";
import { icons } from "./icons.js";
import { record } from "./records.js";
import { strings } from "./strings.js";
import { confirm, during, tell } from "./talk.js";

const words = strings.network;

export function makeGroup(group, renew) {
  const name = foreign(group.name).textContent;
  const path = `/admin/groups/${api.part(group.name)}`;
  const chips = h("ul", { class: "chips" });
  const panel = h("div", { class: "details", id: `group-${api.part(group.name)}`, "data-apart": "", hidden: true });
  const member = h("input",
    { type: "text", required: true, autocomplete: "off", spellcheck: "false", maxlength: "16" });
  const put = h("button", { type: "submit", class: "button" }, words.putIn);
  panel.append(h("div", {}, chips, h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    during(put, async () => {
      await api.post(`${path}/put`, { members: [member.value.trim()] });
      member.value = "";
      await show();
    });
  } }, field(words.member, member), put)));

  async function show() {
    const { members } = await api.get(path);
    reconcile(chips, members, (each) => each, (each) => makeMember(each, name, path, show));
  }

  const open = button(words.members, {
    path: icons.chevron, kind: "small", label: words.membersOf(name), "aria-expanded": "false",
    "aria-controls": panel.id,
  }, () => during(open, async () => {
    if (panel.hidden) await show();
    panel.hidden = !panel.hidden;
    set(open, "aria-expanded", String(!panel.hidden));
  }));
  const remove = button(words.remove, { kind: "small danger-text", label: words.on(words.remove, name) },
    () => during(remove, async () => {
      if (!await confirm(words.removeTitle(name), words.removeGroup, { yes: words.remove })) return;
      await api.remove(path);
      tell(words.groupRemoved(name));
      await renew();
    }));
  const row = record([foreign(group.name, { class: "name" }),
    h("span", { class: "facts" }, words.memberCount(group.memberCount))], [open, remove]);
  row.append(h("div", { role: "gridcell", class: "details-cell" }, panel));
  return row;
}

function makeMember(member, group, path, show) {
  const name = foreign(member).textContent;
  const take = button(words.takeOut, { path: icons.close, isBare: true, label: words.takeOutOf(name, group) },
    () => during(take, async () => {
      await api.post(`${path}/take`, { members: [member] });
      await show();
    }));
  return h("li", { class: "chip quiet" }, foreign(member), take);
}

/** The field by which a group is made. */
export function makeGroupForm(renew) {
  const name = h("input", { type: "text", required: true, autocomplete: "off", spellcheck: "false", maxlength: "16" });
  const add = h("button", { type: "submit", class: "button" }, words.makeGroup);
  return h("form", { class: "line-form", onsubmit: (event) => {
    event.preventDefault();
    during(add, async () => {
      await api.put(`/admin/groups/${api.part(name.value.trim())}`);
      name.value = "";
      await renew();
    });
  } }, field(words.groupName, name), add);
}
