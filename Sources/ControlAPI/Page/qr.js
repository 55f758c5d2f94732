// A QR code from its rows of 0 and 1.

import { svg } from "./dom.js";

/** Modules of white around it, without which readers do not find it. */
const margin = 4;

export function makeQR(rows, label) {
  const path = rows.flatMap((row, y) => Array.from(row.matchAll(/1+/g), (run) =>
    `M${run.index + margin} ${y + margin}h${run[0].length}v1h-${run[0].length}z`)).join("");
  const side = rows.length + 2 * margin;
  return svg("svg", { class: "qr", role: "img", "aria-label": label, viewBox: `0 0 ${side} ${side}`,
    "shape-rendering": "crispEdges" },
    svg("rect", { width: side, height: side, class: "qr-light" }), svg("path", { d: path, class: "qr-dark" }));
}
