// Fields for speeds: MiB/s for people, bytes a second for the node.

import { h } from "./dom.js";
import { strings } from "./strings.js";

const unit = 1_048_576;
/** Slower is none (NodeLimits.leastRate). */
const least = 4_096;
const most = 1_000_000_000_000;

export function makeRateInput() {
  return h("input", { type: "number", min: "0", step: "any", inputmode: "decimal",
    placeholder: strings.downloads.unlimited });
}

/** Bytes a second; null for no limit, undefined for what is none. Zero is one only where `isZeroFine`. */
export function rateFrom(input, isZeroFine) {
  if (input.value.trim() === "" && !input.validity.badInput) return null;
  const bytes = Math.round(Number(input.value) * unit);
  if (bytes === 0 && isZeroFine && !input.validity.badInput) return 0;
  return bytes >= least && bytes <= most ? bytes : undefined;
}

/** What is typed for so many bytes a second; of no limit nothing. */
export function rateText(bytes) {
  return bytes === undefined || bytes === null ? "" : String(Number((bytes / unit).toPrecision(6)));
}

/** Shows a rate, unless somebody types there. */
export function showRate(input, bytes) {
  if (document.activeElement === input) return;
  const text = rateText(bytes);
  if (input.value !== text) input.value = text;
}
