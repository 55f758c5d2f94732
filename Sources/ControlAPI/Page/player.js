// Plays or shows a publication while it arrives, beside the rest of the page.

import { fileAddress } from "./api.js";
import { button, foreign, h } from "./dom.js";
import { kind } from "./format.js";
import { icons } from "./icons.js";
import { strings } from "./strings.js";

let place = null;
let before = null;

export function setUpPlayer(element) {
  place = element;
  place.setAttribute("aria-label", strings.player.title);
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.fullscreenElement) close();
  });
}

/** Shows a publication (`name`, `isFolder`); `wanted` is what to ask for where the name stands for several contents. */
export function play(item, wanted = item.name) {
  if (place.hidden) before = document.activeElement;
  const what = kind(item);
  const note = h("p", { class: "player-note", role: "status" }, strings.player.waiting);
  const media = what === "image" ? h("img", { alt: item.name })
    : h(what === "audio" ? "audio" : "video",
      { controls: true, autoplay: true, tabindex: "0" });
  fileAddress(wanted).then((address) => {
    if (media.isConnected) media.src = address;
  });
  media.addEventListener("loadeddata", () => note.remove());
  media.addEventListener("load", () => note.remove());
  media.addEventListener("error", () => {
    note.textContent = `${strings.player.failed} ${strings.player.failedHint}`;
    note.classList.add("failed");
    if (!note.isConnected) place.append(note);
  });
  stop();
  place.replaceChildren(h("header", { class: "player-head" }, h("h2", {}, foreign(item.name)),
    button(strings.common.close, { path: icons.close, isBare: true }, close)), media, note);
  place.hidden = false;
  document.body.classList.add("has-player");
  (what === "image" ? place.querySelector("button") : media).focus({ preventScroll: true });
}

function stop() {
  const media = place.querySelector("video, audio");
  if (!media) return;
  media.pause();
  // So that its connection ends.
  media.removeAttribute("src");
  media.load();
}

function close() {
  stop();
  place.replaceChildren();
  place.hidden = true;
  document.body.classList.remove("has-player");
  if (before?.isConnected) before.focus();
}
