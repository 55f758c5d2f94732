// A field that narrows a list down, which may be longer than a page can bear.

import { h, say } from "./dom.js";
import { strings } from "./strings.js";

/** Rows that are shown at once. */
const most = 500;
/** So few are seen at a glance. */
const few = 8;

/** A field, a line that says how many are not shown, and what picks items by their `name`. */
export function makeFilter(draw) {
  const input = h("input", {
    type: "search", class: "filter", "aria-label": strings.filter.label, placeholder: strings.filter.label,
    autocomplete: "off", spellcheck: "false", hidden: true, oninput: () => draw(),
  });
  const note = h("p", { class: "faint note", role: "status" });
  return {
    input, note,
    pick(items) {
      const wanted = input.value.trim().toLowerCase();
      const found = wanted ? items.filter((item) => item.name.toLowerCase().includes(wanted)) : items;
      input.hidden = items.length <= few && !wanted;
      say(note, found.length > most ? strings.filter.more(found.length - most)
        : items.length && !found.length ? strings.filter.none : "");
      return found.slice(0, most);
    },
  };
}
