// What admins do: invitations here, and accounts, sessions and publications in admin.js.

import { makeAccounts, makeGroups, makeSessions, makeTakingDown } from "./admin.js";
import * as api from "./api.js";
import { button, field, foreign, h, placeholder, reconcile } from "./dom.js";
import { time } from "./format.js";
import { icons } from "./icons.js";
import { makeQR } from "./qr.js";
import { rove } from "./roving.js";
import { strings } from "./strings.js";
import { during, tell, tellFailure } from "./talk.js";

const words = strings.network;

export function makeNetwork() {
  const invites = makeInvites();
  const parts = [makeAccounts(), makeGroups(), makeSessions(), makeTakingDown()];
  return {
    element: h("div", { class: "stack" }, invites.element, parts.map((part) => part.element)),
    show() {
      for (const part of [invites, ...parts]) part.renew();
    },
  };
}

function makeInvites() {
  const uses = h("input", { type: "number", min: "1", max: "1000", value: "1", required: true, inputmode: "numeric" });
  const expires = h("select", {},
    Object.entries(words.periods).map(([length, title]) => h("option", { value: length }, title)));
  expires.value = "604800";
  const role = h("select", {}, Object.entries(words.roles).map(([value, title]) => h("option", { value }, title)));
  const address = h("input",
    { type: "text", placeholder: words.addressExample, autocomplete: "off", spellcheck: "false" });
  const make = h("button", { type: "submit", class: "button primary" }, words.make);
  const result = h("div", { class: "invitation", role: "status" });
  const form = h("form", { class: "invite-form", onsubmit: (event) => {
    event.preventDefault();
    during(make, async () => {
      const { link } = await api.post("/admin/invites", {
        uses: Number(uses.value), expiresInSeconds: Number(expires.value), role: role.value,
        address: address.value.trim() || undefined,
      });
      await showLink(result, link);
      await renew();
    });
  } }, h("div", { class: "fields" }, field(words.uses, uses), field(words.expires, expires), field(words.role, role)),
  field(words.address, address), make);

  const rows = h("div", { class: "rows", role: "rowgroup" });
  const grid = h("div", { class: "card grid", role: "grid", "aria-label": words.open, hidden: true }, rows);
  const nothing = h("div");
  rove(grid);

  async function renew() {
    try {
      const { invites } = await api.get("/admin/invites");
      reconcile(rows, invites, (invite) => `${invite.id} ${invite.usesLeft}`, (invite) => makeInvite(invite, renew));
      grid.hidden = invites.length === 0;
      nothing.replaceChildren(...(invites.length ? [] : [placeholder(words.openEmpty)]));
      element.hidden = false;
    } catch (failure) {
      if (failure.isMissing) element.hidden = true;
      else tellFailure(failure);
    }
  }
  const element = h("section", { hidden: true }, h("h3", { class: "list-title" }, words.invite),
    h("p", { class: "faint lead" }, words.inviteText), h("div", { class: "card invite" }, form, result),
    h("h3", { class: "list-title" }, words.open), grid, nothing);
  return { element, renew };
}

async function showLink(place, link) {
  const input = h("input",
    { type: "text", readonly: true, value: link, "aria-label": words.linkLabel, class: "mono", id: "invitation-link" });
  input.addEventListener("focus", () => input.select());
  const copy = button(strings.common.copy, { path: icons.copy }, async () => {
    input.select();
    await navigator.clipboard.writeText(link).catch(() => document.execCommand("copy"));
    tell(strings.common.copied);
  });
  const text = h("div", { class: "invitation-text" }, h("h4", {}, words.link),
    h("div", { class: "line-form" }, input, copy),
    h("p", { class: "faint" }, words.joinLabel), h("code", {}, words.join(link)));
  place.replaceChildren(text);
  try {
    const { rows } = await api.get(`/qr?text=${api.part(link)}`);
    place.prepend(makeQR(rows, words.qr));
  } catch (failure) {
    if (!failure.isMissing) tellFailure(failure);
  }
}

function makeInvite(invite, renew) {
  const withdraw = button(words.withdraw, { path: icons.close, label: words.withdrawIt(invite.id), kind: "small" },
    () => during(withdraw, async () => {
    await api.remove(`/admin/invites/${api.part(invite.id)}`);
    tell(words.withdrawn);
    await renew();
  }));
  return h("div", { role: "row", class: "row record" },
    h("div", { role: "gridcell", class: "record-text" }, h("strong", { class: "number" }, `#${invite.id}`),
      h("span", { class: "chip quiet" }, words.roles[invite.role] ?? foreign(invite.role)),
      h("span", { class: "facts" }, `${words.usesLeft(invite.usesLeft)} · ${words.until(time(invite.expires))}`)),
    h("div", { role: "gridcell", class: "cell-actions" }, withdraw));
}
