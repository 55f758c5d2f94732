// One download: its progress, its buttons, and its details.

import { button, foreign, h, icon, reconcile, safe, say, set } from "./dom.js";
import { makeWhy } from "./examination.js";
import { isPlayable, kind, left, percent, rate, size } from "./format.js";
import { failureSentence } from "./api.js";
import { icons } from "./icons.js";
import { live, stateOf } from "./live.js";
import { play } from "./player.js";
import { strings } from "./strings.js";
import { during } from "./talk.js";
import { cancel, change, makeDetails } from "./transfer-details.js";

const words = strings.downloads;
const mostMissed = 3;
const mostWaitedFor = 2;

/** The row of a transfer. `renew` takes its new state, `tick` is called each second. */
export function makeTransfer(first) {
  let transfer = first;
  let details = null;
  const what = kind({ name: transfer.name.split("/").pop() });
  const title = foreign(transfer.name, { class: "name" });
  const name = title.textContent;
  const state = h("span", { class: "chip" });
  const bar = h("progress", { "aria-label": words.progressOf(name) });
  const facts = h("p", { class: "facts number" });
  const why = h("p", { class: "why", hidden: true });
  const missed = h("div", { class: "missed" });
  const pause = button(words.pause, { path: icons.pause, label: words.pauseIt(name), isBare: true },
    () => during(pause, () => change(transfer, { pause: {} })));
  const resume = button(words.resume, { path: icons.play, label: words.resumeIt(name), isBare: true },
    () => during(resume, () => change(transfer, { resume: {} })));
  const stop = button(words.cancel, { path: icons.close, label: words.cancelIt(name), isBare: true },
    () => during(stop, () => cancel(transfer)));
  const watch = isPlayable(transfer) ? button(strings.common.play,
    { path: icons.play, label: strings.search.play(name), kind: "small" }, () => play(transfer)) : null;
  const panel = h("div", { class: "details", id: `details-${transfer.number}`, "data-apart": "", hidden: true });
  const more = button(words.details, {
    path: icons.chevron, label: words.detailsOf(name), isBare: true, "aria-expanded": "false",
    "aria-controls": panel.id,
  }, () => {
    const isOpen = panel.hidden;
    panel.hidden = !isOpen;
    set(more, "aria-expanded", isOpen);
    if (isOpen && !details) {
      details = makeDetails(transfer);
      panel.append(details.element);
    }
    if (isOpen) details.show(transfer);
  });

  const row = h("div", { role: "row", class: "row transfer" },
    h("div", { role: "gridcell", class: "transfer-text" },
      h("div", { class: "transfer-title" }, icon(icons[what], `icon kind ${what}`), title, state), bar, facts, why, missed),
    h("div", { role: "gridcell", class: "cell-actions" }, watch, pause, resume, more, stop),
    h("div", { role: "gridcell", class: "details-cell" }, panel));

  row.renew = (next) => {
    transfer = next;
    const now = stateOf(transfer);
    const isFinished = now === "finished";
    const isHalted = ["paused", "failed"].includes(now);
    row.dataset.state = now;
    say(state, words.state[now === "active" && !transfer.sources && !transfer.rate ? "looking" : now] ?? now);
    state.className = `chip ${{ finished: "good", failed: "bad", active: "busy" }[now] ?? "quiet"}`;
    bar.hidden = isFinished;
    if (transfer.total) {
      bar.max = transfer.total;
      bar.value = transfer.done;
    } else bar.removeAttribute("value");
    say(facts, factsOf(transfer, now));
    why.hidden = now !== "failed";
    if (now === "failed") say(why, failureSentence(transfer.state.failed._0));
    reconcile(missed, missedBy(transfer, now).slice(0, mostMissed), (member) => member,
      (member) => makeWhy(member, strings.examination.why(foreign(member).textContent)));
    // What has the focus does not vanish under it.
    const hadFocus = [pause, resume].includes(document.activeElement);
    pause.hidden = isFinished || isHalted;
    resume.hidden = !isHalted;
    stop.hidden = isFinished;
    if (hadFocus && document.activeElement?.hidden) (isHalted ? resume : isFinished ? more : pause).focus();
    if (details && !panel.hidden) details.renew(transfer);
  };
  row.tick = () => {
    if (details && !panel.hidden) details.tick(live.speedsOf.get(transfer.number) ?? []);
  };
  return row;
}

function waitsFor(members) {
  if (!members) return words.nobodyGives;
  return words.waitsFor(members.slice(0, mostWaitedFor).map(safe), members.length > mostWaitedFor);
}

/** To whom no way led, or who is not there. */
function missedBy(transfer, now) {
  if (now === "waiting") return transfer.missed;
  const [kind, values] = now === "failed" ? Object.entries(transfer.state.failed._0)[0] : [];
  if (kind === "sourcesLost") return values.missed;
  if (kind === "memberAway") return [values.name];
  if (kind === "notFound") return values.absent.map((owner) => owner.name);
  return [];
}

function factsOf(transfer, now) {
  if (now === "finished") return size(transfer.total ?? transfer.done);
  const facts = [percent(transfer.done, transfer.total)];
  facts.push(transfer.total ? words.of(size(transfer.done), size(transfer.total)) : size(transfer.done));
  if (now === "waiting") facts.push(waitsFor(transfer.waitsFor));
  if (now === "active") {
    if (transfer.rate) facts.push(rate(transfer.rate));
    if (transfer.rate && transfer.total) facts.push(words.left(left((transfer.total - transfer.done) / transfer.rate)));
    facts.push(words.sources(transfer.sources) + words.paths(transfer.paths));
  }
  return facts.filter(Boolean).join(" · ");
}
