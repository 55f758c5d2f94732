// What is in the way: looked at on this computer, at the server, and on the ways to a member.

import * as api from "./api.js";
import { button, field, foreign, h, say } from "./dom.js";
import { live } from "./live.js";
import { strings } from "./strings.js";
import { makeDialog, openDialog } from "./talk.js";

const words = strings.examination;
/** Milliseconds within which a node has looked at everything, and after which it is not waited for any more. */
const usual = 10_000;
const patience = 30_000;
const pace = 250;
const severities = ["problem", "note", "ok"];
const chips = { problem: "chip bad", note: "chip warned", ok: "chip quiet" };

/** What is found, and what is said meanwhile. `run` looks at a member too, where one is named; `stop` breaks it off. */
function makeFindings() {
  const told = h("p", { class: "verdict", role: "status" });
  const bar = h("progress", { max: usual, "aria-label": words.progress, hidden: true });
  const list = h("ul", { class: "findings", "aria-label": words.findings, hidden: true });
  const failed = h("p", { class: "why", role: "alert" });
  let stopping = null;

  async function run(member) {
    stopping = new AbortController();
    const giveUp = setTimeout(() => stopping.abort(new DOMException("", "TimeoutError")), patience);
    const began = performance.now();
    const beat = setInterval(() => {
      const passed = performance.now() - began;
      if (passed < usual) bar.value = passed;
      else bar.removeAttribute("value");
    }, pace);
    bar.value = 0;
    bar.hidden = false;
    list.hidden = true;
    say(told, member ? words.lookingAt(foreign(member).textContent) : words.looking);
    say(failed, "");
    try {
      const found = await api.call("POST", "/examinations", {
        body: { ...(member ? { member } : {}), ...(live.status ? { directory: live.status.downloads } : {}) },
        signal: stopping.signal,
      });
      const sorted = [...found.findings].sort((one, other) =>
        severities.indexOf(one.severity) - severities.indexOf(other.severity));
      list.replaceChildren(...sorted.map(makeFinding));
      list.hidden = false;
      told.replaceChildren(...verdict(found.findings));
    } catch (failure) {
      say(told, "");
      // Not one of ours: a fault of this page.
      if (failure.status === undefined && failure.name !== "AbortError") reportError(failure);
      if (failure.name !== "AbortError") say(failed, failure.message);
    } finally {
      clearInterval(beat);
      clearTimeout(giveUp);
      bar.hidden = true;
    }
  }
  return { element: h("div", { class: "examined" }, told, bar, failed, list), run, stop: () => stopping?.abort() };
}

/** How a member is reached, or that he is not, and how much is wrong. */
function verdict(findings) {
  const way = findings.findLast(({ code }) => code.startsWith("member-") && code !== "member-silent");
  const count = findings.filter(({ severity }) => severity === "problem").length;
  return [...(way ? [foreign(way.sentence, { title: null }), " "] : []), words.problems(count)];
}

function makeFinding({ code, severity, sentence, remedy, milliseconds }) {
  return h("li", { class: "finding" },
    h("p", { class: "finding-head" }, h("span", { class: chips[severity] ?? "chip" }, words.severities[severity] ?? severity),
      h("code", { class: "faint" }, code),
      milliseconds === undefined ? null : h("span", { class: "faint number" }, words.took(milliseconds))),
    h("p", {}, foreign(sentence, { title: null })),
    remedy ? h("p", { class: "remedy" }, h("span", { class: "faint" }, words.remedy), " ", foreign(remedy, { title: null })) : null);
}

/** The part of the settings. */
export function makeExamination({ section }) {
  const findings = makeFindings();
  const member = h("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "16" });
  const start = h("button", { type: "submit", class: "button" }, words.examine);
  const form = h("form", { class: "examination", onsubmit: (event) => {
    event.preventDefault();
    // It can be pressed all the time, so that the focus stays.
    if (start.getAttribute("aria-disabled")) return;
    start.setAttribute("aria-disabled", "true");
    findings.run(member.value.trim()).finally(() => start.removeAttribute("aria-disabled"));
  } }, h("div", { class: "fields pairs" }, field(words.member, member, { hint: words.memberHint })), start);
  return { element: section(words.title, words.text, form, findings.element) };
}

/** Looks at the ways to a member, and shows above everything what is found. */
export async function examine(member) {
  const findings = makeFindings();
  const again = button(words.again, { "aria-disabled": "true" }, () => {
    if (!again.getAttribute("aria-disabled")) look();
  });
  const dialog = makeDialog(words.wayTo(foreign(member).textContent), findings.element,
    h("div", { class: "dialog-buttons" }, again,
      button(strings.common.close, { kind: "primary", autofocus: true }, () => dialog.close())));
  dialog.classList.add("wide");
  function look() {
    again.setAttribute("aria-disabled", "true");
    findings.run(member).finally(() => again.removeAttribute("aria-disabled"));
  }
  const closed = openDialog(dialog, () => undefined);
  look();
  await closed;
  findings.stop();
}

/** Leads to what is found on the ways to a member. */
export function makeWhy(member, title, label) {
  return button(title, { kind: "small", label }, () => examine(member));
}
