// Files that are dropped anywhere on the page.

import { foreign } from "./dom.js";
import { strings } from "./strings.js";
import { tell } from "./talk.js";

/** Calls `take` with the files that are dropped; `zone` shows where they may go, and `invitation` says what happens. */
export function catchDrops(zone, invitation, take) {
  let depth = 0;
  const veil = document.getElementById("veil");
  const show = (isOver) => {
    zone.classList.toggle("over", isOver);
    if (isOver && veil.hidden) veil.textContent = invitation();
    veil.hidden = !isOver;
  };
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    show(true);
  });
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    const files = [];
    for (const item of event.dataTransfer.items) {
      if (item.kind !== "file") continue;
      const entry = item.webkitGetAsEntry?.();
      if (entry?.isDirectory) tell(strings.library.folderDropped(foreign(entry.name).textContent), { isFailure: true });
      else files.push(item.getAsFile());
    }
    if (files.length) take(files);
  });
}
