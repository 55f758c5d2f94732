// One stop of the Tab key for a whole list: within it the arrow keys go from button to button.
// (ARIA authoring practices, "layout grid": the rows hold cells, and the focus goes to what is in them.)

const stops = "button:not([disabled]), a[href], input, select";

function rowsOf(grid) {
  return Array.from(grid.querySelectorAll(":scope [role=row]")).filter((row) => stopsOf(row).length > 0);
}

function stopsOf(row) {
  return Array.from(row.querySelectorAll(stops)).filter((stop) => stop.closest("[role=row]") === row
    && !stop.closest("[hidden]") && stop.offsetParent !== null && !stop.closest("[data-apart]"));
}

/** Makes `grid` (role grid, with rows in it) one stop. Its rows may come and go. */
export function rove(grid) {
  const tidy = () => {
    const all = rowsOf(grid).flatMap(stopsOf);
    if (all.length === 0) return;
    const current = all.find((stop) => stop === document.activeElement) ?? all.find((stop) => stop.dataset.current)
      ?? all[0];
    for (const stop of all) {
      const wanted = stop === current ? 0 : -1;
      if (stop.tabIndex !== wanted) stop.tabIndex = wanted;
    }
  };
  new MutationObserver(tidy).observe(grid, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled"],
  });
  // While it is hidden there is nothing to tidy, and at another width other buttons are there.
  new ResizeObserver(tidy).observe(grid);
  grid.addEventListener("focusin", (event) => {
    if (event.target.closest("[data-apart]")) return;
    for (const stop of grid.querySelectorAll("[data-current]")) delete stop.dataset.current;
    event.target.dataset.current = "true";
    tidy();
  });
  grid.addEventListener("keydown", (event) => move(grid, event));
}

/** Gives the focus to where it was in `grid` last, or else to the button at a place, or the nearest to it. */
export function enter(grid, { row = 0, column = 0 } = {}) {
  const rows = rowsOf(grid).filter((each) => !each.matches(".head"));
  const last = rows.flatMap(stopsOf).find((each) => each.dataset.current);
  const next = rows.find((each) => placeOf(each).row >= row) ?? rows.at(-1);
  (last ?? inColumn(next, column))?.focus();
}

/** In which row of its list an element is, and which of the row's buttons. */
export function placeOf(element) {
  const row = element.closest("[role=row]");
  if (!row) return {};
  return { row: Array.from(row.parentElement.children).indexOf(row),
    column: Math.max(0, stopsOf(row).indexOf(element)) };
}

function move(grid, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("[data-apart]")) return;
  if (event.target.matches("input, select")) return;
  const row = event.target.closest("[role=row]");
  const rows = rowsOf(grid);
  const here = rows.indexOf(row);
  if (here < 0) return;
  const inRow = stopsOf(row);
  const column = inRow.indexOf(event.target);
  const next = {
    ArrowDown: () => inColumn(rows[here + 1], column), ArrowUp: () => inColumn(rows[here - 1], column),
    ArrowRight: () => inRow[column + 1], ArrowLeft: () => inRow[column - 1],
    Home: () => inColumn(rows[0], column), End: () => inColumn(rows.at(-1), column),
  }[event.key];
  if (!next) return;
  event.preventDefault();
  const stop = next();
  stop?.focus();
  stop?.closest("[role=row]").scrollIntoView({ block: "nearest" });
}

function inColumn(row, column) {
  if (!row) return undefined;
  const inRow = stopsOf(row);
  return inRow[Math.min(column, inRow.length - 1)];
}
