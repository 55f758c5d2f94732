// Which pieces are here, and which each source has.

import * as api from "./api.js";
import { foreign, h, reconcile, say, set } from "./dom.js";
import { bits, hasBit } from "./format.js";
import { strings } from "./strings.js";

const columns = 240;
const words = strings.downloads;

/** A map of the pieces of one transfer and how to renew it; `isMissing` where the node has none to tell. */
export function makePieces(number) {
  const here = row(h("strong", {}, words.here));
  const others = h("div", { class: "pieces-rows" });
  const none = h("p", { class: "faint", hidden: true }, words.noSources);
  const element = h("div", { class: "pieces" }, h("h4", {}, words.pieces), here.element, others, none, legend());
  const rows = new Map();
  element.hidden = true;
  return {
    element,
    async renew() {
      const map = await api.get(`/transfers/${number}/pieces`);
      const mine = bits(map.states);
      element.hidden = !map.pieceCount;
      const have = here.draw(mine, mine, map.pieceCount);
      set(here.canvas, "aria-label", words.piecesHere(have, map.pieceCount));
      say(here.note, words.pieceCount(have, map.pieceCount));
      none.hidden = map.sources.length > 0;
      const key = (source) => `${source.member} ${source.path}`;
      reconcile(others, map.sources, key, (source) => {
        const made = row(foreign(source.member));
        rows.set(key(source), made);
        return made.element;
      }, (_, source) => {
        const made = rows.get(key(source));
        const count = made.draw(bits(source.pieces), mine, map.pieceCount);
        set(made.canvas, "aria-label", words.piecesOf(source.member, count, map.pieceCount));
        say(made.note, words.path(source.path));
      });
    },
  };
}

function legend() {
  return h("ul", { class: "legend" }, ["have", "theirs", "missing"].map((kind) =>
    h("li", {}, h("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), words.legend[kind])));
}

function row(title) {
  const canvas = h("canvas", { class: "piece-map", width: columns, height: 1, role: "img" });
  const note = h("span", { class: "faint number" });
  const element = h("div", { class: "pieces-row" }, h("span", { class: "pieces-name" }, title), canvas, note);
  return {
    element, canvas, note,
    /** Draws a source's pieces, darker where they are here too; returns how many it has. */
    draw(field, mine, pieceCount) {
      const used = Math.max(1, Math.min(columns, pieceCount));
      if (canvas.width !== used) canvas.width = used;
      const style = getComputedStyle(document.documentElement);
      const names = ["--piece-missing", "--piece-theirs", "--piece-have"];
      const colours = names.map((name) => colour(style.getPropertyValue(name)));
      const context = canvas.getContext("2d");
      const image = context.createImageData(used, 1);
      let count = 0;
      for (let column = 0; column < used; column += 1) {
        const from = Math.floor(column * pieceCount / used);
        const to = Math.max(from + 1, Math.floor((column + 1) * pieceCount / used));
        let has = 0;
        let both = 0;
        for (let index = from; index < to; index += 1) {
          if (!hasBit(field, index)) continue;
          has += 1;
          both += hasBit(mine, index);
        }
        count += has;
        const parts = [to - from - has, has - both, both].map((part) => part / (to - from));
        for (let channel = 0; channel < 3; channel += 1) {
          const value = parts.reduce((sum, share, index) => sum + share * colours[index][channel], 0);
          image.data[column * 4 + channel] = value;
        }
        image.data[column * 4 + 3] = 255;
      }
      context.putImageData(image, 0, 0);
      return count;
    },
  };
}

/** Red, green and blue of `#rrggbb`. */
function colour(text) {
  const number = Number.parseInt(text.trim().slice(1), 16);
  return [number >> 16 & 255, number >> 8 & 255, number & 255];
}
