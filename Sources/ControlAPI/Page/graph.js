// Speed over the last two minutes, as an area.

import { set, svg } from "./dom.js";
import { rate } from "./format.js";
import { historyLength } from "./live.js";

const width = 600;
const height = 100;

/** A graph and how to renew it. `describe` makes its label from two rates: now and the highest. */
export function makeGraph(describe, className = "graph") {
  const area = svg("path", { class: "graph-area" });
  const line = svg("path", { class: "graph-line", "vector-effect": "non-scaling-stroke" });
  const grid = svg("path", {
    class: "graph-grid", "vector-effect": "non-scaling-stroke", d: `M0 ${height / 2}H${width}M0 .5H${width}`,
  });
  const element = svg("svg", {
    class: className, role: "img", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none",
  }, grid, area, line);
  /** Returns the rate at the top of the graph. */
  function renew(speeds) {
    const top = ceiling(Math.max(0, ...speeds));
    const step = width / (historyLength - 1);
    const from = width - (speeds.length - 1) * step;
    const points = speeds.map((speed, index) =>
      `${(from + index * step).toFixed(1)} ${(height - speed / top * (height - 4)).toFixed(1)}`);
    const path = points.length > 1 ? `M${points.join("L")}` : "";
    set(line, "d", path);
    set(area, "d", path ? `${path}V${height}H${from.toFixed(1)}Z` : "");
    set(element, "aria-label", describe(rate(speeds.at(-1) ?? 0), rate(Math.max(0, ...speeds))));
    return top;
  }
  renew([]);
  return { element, renew };
}

/** A round number of bytes a second, at least as high. */
function ceiling(speed) {
  if (speed <= 0) return 1024;
  const unit = 1024 ** Math.floor(Math.log2(speed) / 10);
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  return unit * steps.find((step) => step >= speed / unit);
}
