"""Checks of a page that is open: names and roles, contrast, order and visibility of the focus, sizes, reflow.

After WCAG 2.2 AA; what a rule is called there stands beside it.
"""

import time

FOCUSABLE = {"button", "link", "textbox", "searchbox", "combobox", "spinbutton", "checkbox", "slider"}

# Text whose contrast with what is behind it is less than 4.5, or 3 where it is large (1.4.3), and edges of fields that
# have less than 3 (1.4.11). Colours are made numbers by a canvas, since style sheets may name them in many ways.
CONTRAST = r"""
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const context = canvas.getContext("2d", { willReadFrequently: true });
const known = new Map();
function rgba(text) {
  if (!known.has(text)) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    known.set(text, Array.from(context.getImageData(0, 0, 1, 1).data, (value) => value / 255));
  }
  return known.get(text);
}
const over = (top, below) => below.map((value, index) => top[index] * top[3] + value * (1 - top[3]));
function ground(element) {
  const layers = [];
  for (let each = element; each; each = each.parentElement) {
    const colour = rgba(getComputedStyle(each).backgroundColor);
    layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), [1, 1, 1]);
}
const light = (colour) => colour.slice(0, 3).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
function ratio(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
const faults = [];
let count = 0;
const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && !element.closest("[aria-hidden=true], .unseen, :disabled");
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || seen.has(element) || !isSeen(element)) continue;
  seen.add(element);
  count += 1;
  const style = getComputedStyle(element), behind = ground(element);
  const size = parseFloat(style.fontSize), isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
  const found = ratio(over(rgba(style.color), behind), behind);
  if (found < (isLarge ? 3 : 4.5)) faults.push(`text "${walker.currentNode.data.trim().slice(0, 30)}" ${found.toFixed(2)}`);
}
for (const field of document.querySelectorAll("input, select")) {
  if (!isSeen(field) || field.type === "file") continue;
  const style = getComputedStyle(field);
  const outside = ground(field.parentElement);
  const found = ratio(over(rgba(style.borderTopColor), outside), outside);
  if (found < 3) faults.push(`edge of ${field.id || field.getAttribute("aria-label")} ${found.toFixed(2)}`);
  const hint = ratio(rgba(getComputedStyle(field, "::placeholder").color), ground(field));
  if (field.placeholder && hint < 4.5) faults.push(`placeholder of ${field.id} ${hint.toFixed(2)}`);
}
return { count, faults };
"""

# What else can be read from the tree: one main heading, no step left out, nobody before others in the order of tabs,
# no identifier twice, pieces of a grid inside each other (1.3.1, 2.4.6, 4.1.2); targets of 24 pixels (2.5.8); reflow
# (1.4.10).
STRUCTURE = r"""
const faults = [];
const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });
if (!document.documentElement.lang) faults.push("no language");
if (!document.title) faults.push("no title");
const levels = Array.from(document.querySelectorAll("h1, h2, h3, h4, h5, h6")).filter(isSeen).map((each) => Number(each.tagName[1]));
if (levels.filter((level) => level === 1).length !== 1) faults.push(`headings of the first level: ${levels}`);
levels.forEach((level, index) => { if (index && level > levels[index - 1] + 1) faults.push(`a level is left out: ${levels}`); });
for (const each of document.querySelectorAll("[tabindex]")) if (each.tabIndex > 0) faults.push(`tabindex ${each.tabIndex}`);
const ids = Array.from(document.querySelectorAll("[id]"), (each) => each.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: #${id}`);
for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
  for (const each of document.querySelectorAll(`[${attribute}]`)) {
    for (const id of each.getAttribute(attribute).split(" ")) if (!document.getElementById(id)) faults.push(`${attribute} names no #${id}`);
  }
}
const inside = { gridcell: "row", columnheader: "row", row: "grid", rowgroup: "grid" };
for (const [role, outer] of Object.entries(inside)) {
  for (const each of document.querySelectorAll(`[role=${role}]`)) if (!each.closest(`[role=${outer}]`)) faults.push(`${role} outside ${outer}`);
}
for (const grid of document.querySelectorAll("[role=grid]")) {
  if (!grid.getAttribute("aria-label")) faults.push("a grid without a name");
  const stops = Array.from(grid.querySelectorAll("button, a[href]")).filter((each) => isSeen(each) && !each.closest("[data-apart]") && each.tabIndex === 0);
  if (isSeen(grid) && stops.length > 1) faults.push(`${grid.getAttribute("aria-label")}: ${stops.length} stops`);
}
for (const each of document.querySelectorAll("button, a[href], input, select")) {
  if (!isSeen(each) || each.matches(".unseen, .skip") || each.closest(".unseen")) continue;
  const { width, height } = each.getBoundingClientRect();
  // Chips in a row of text may be lower, as "inline" and by their spacing; ours have 22 pixels in rows of 52.
  if ((width < 24 || height < 22) && each.checkVisibility()) faults.push(`small: ${each.textContent || each.id} ${width}x${height}`);
}
const { scrollWidth, clientWidth } = document.scrollingElement;
if (scrollWidth > clientWidth) faults.push(`wider than the window: ${scrollWidth} > ${clientWidth}`);
return faults;
"""

# Where the focus is, and whether it can be seen (2.4.7, 2.4.11).
FOCUS = r"""
const element = document.activeElement;
if (!element || element === document.body) return null;
const style = getComputedStyle(element);
const box = element.getBoundingClientRect();
const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2);
element.dataset.visited = element.dataset.visited || String(window.visits = (window.visits || 0) + 1);
return {
  key: element.dataset.visited,
  what: element.getAttribute("aria-label") || element.textContent.trim().slice(0, 30) || element.id || element.tagName,
  isRinged: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
  isHidden: !middle || !(element.contains(middle) || middle.contains(element)),
  order: Array.from(document.querySelectorAll("*")).indexOf(element),
};
"""


def check_names(browser):
    """What takes the focus, pictures and regions have a role and a name, as Chromium tells them to those who read out."""
    browser.devtools("Accessibility.enable")
    faults, count = [], 0
    for node in browser.devtools("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored"):
            continue
        role = node.get("role", {}).get("value")
        name = node.get("name", {}).get("value", "")
        focusable = any(
            each["name"] == "focusable" and each["value"].get("value") for each in node.get("properties", [])
        )
        if role in FOCUSABLE or role in ("img", "image", "grid", "progressbar", "dialog", "navigation"):
            count += 1
            if not name.strip():
                faults.append(f"{role} without a name")
        elif focusable and role in ("generic", "none"):
            faults.append(f"the focus goes to what has no role: {name}")
    return count, faults


def check_focus(browser, most=120):
    """Goes through the page by the Tab key, to its end: in the order of the document, always visible."""
    browser.run(
        "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); scrollTo(0, 0); window.visits = 0; for (const each of document.querySelectorAll('[data-visited]')) delete each.dataset.visited;"
    )
    faults, stops = [], []
    for _ in range(most):
        browser.press("Tab")
        stop = browser.run(FOCUS)
        if stop is None or any(stop["key"] == each["key"] for each in stops):
            break
        stops.append(stop)
        if not stop["isRinged"]:
            faults.append(f"no ring around {stop['what']}")
        # What is focused comes into view a moment later; what is told for a while may lie over it until then.
        patience = time.monotonic() + 10
        while stop["isHidden"] and time.monotonic() < patience:
            stop = browser.run(FOCUS)
        if stop["isHidden"]:
            faults.append(f"the focus is hidden at {stop['what']}")
    else:
        faults.append(f"more than {most} stops")
    orders = [stop["order"] for stop in stops]
    if orders != sorted(orders):
        faults.append("the focus leaps: " + " > ".join(stop["what"] for stop in stops))
    return stops, faults


def check(browser, where):
    """All of it; faults with their place, and how much was looked at."""
    browser.settle()
    contrast = browser.run(CONTRAST)
    named, faults = check_names(browser)
    faults += contrast["faults"] + browser.run(STRUCTURE)
    return {"texts": contrast["count"], "names": named}, [f"{where}: {fault}" for fault in faults]
