"""How every view looks: accessible, wide and narrow, light and dark, in another language; and pictures of it."""

import os

import accessible
import seed
from checks.page import SCHEMES, SIZES, choose_kind, hold

VIEWS = ["search", "downloads", "library", "members", "network", "settings"]
# Those that the documents show.
PICTURES = [
    ("search", 1440, "light"),
    ("downloads", 1440, "dark"),
    ("downloads", 390, "light"),
    ("library", 390, "dark"),
]

# Words that do not come from strings.js: those without its brackets which are neither data (bdi, code, kbd) nor numbers.
UNTRANSLATED = r"""
const faults = [];
const isFine = (text) => text.includes("\u27e6") || !/\p{L}/u.test(text);
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!element.checkVisibility() || element.closest("bdi, code, kbd, time, .avatar")) continue;
  if (!isFine(walker.currentNode.data)) faults.push(walker.currentNode.data);
}
for (const name of ["aria-label", "placeholder", "title", "alt"]) {
  for (const element of document.querySelectorAll(`[${name}]:not(bdi, .cell-owners *)`)) {
    if (!isFine(element.getAttribute(name))) faults.push(`${name}: ${element.getAttribute(name)}`);
  }
}
if (!isFine(document.title)) faults.push(document.title);
if (document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth) faults.push("wider than the window");
return faults;
"""


def prepare_view(page, view):
    """What is worth to be seen of a view."""
    browser = page.browser
    page.go(view)
    if view == "downloads":
        if not page.place.is_real:
            browser.run(
                """return import("/live.js").then(async ({ live }) => {
                while (live.speedsOf.size === 0) await new Promise((go) => setTimeout(go, 50));
                live.speeds.splice(0, 200, ...arguments[0]);
                for (const speeds of live.speedsOf.values()) speeds.splice(0, 200, ...arguments[0].map((each) => each * 0.7));
            })""",
                seed.speeds(),
            )
        browser.run(
            "const more = document.querySelector('.transfer [aria-expanded=false]'); if (!document.querySelector('.details:not([hidden])')) more?.click();"
        )
        browser.wait("pieces", "$0 || document.querySelectorAll('.pieces-row').length > 1", page.place.is_real)
    elif view == "library":
        # What is folded is looked at also unfolded.
        choose_kind(page, "#view-library section:last-child .audience select", "locked")
    elif view == "members":
        browser.run("document.querySelectorAll('.person')[1 % document.querySelectorAll('.person').length]?.click()")
        browser.wait("what is shared", "document.querySelector('.shared .row.listing, .shared .placeholder')")
    elif view == "network":
        browser.run("if (!document.querySelector('.qr')) document.querySelector('.invite-form button').click()")
        browser.wait("a QR code", "document.querySelector('.qr')")
    elif view == "settings":
        browser.run("if (!document.querySelector('#view-settings .finding')) document.querySelector('#view-settings .examination').requestSubmit()")
        browser.wait("what was found", "document.querySelector('#view-settings .finding')?.checkVisibility()", timeout=25)


def look(page, pictures):
    """Every view, wide and narrow, light and dark: accessible, and a picture of it."""
    browser, faults, counts = page.browser, [], {"texts": 0, "names": 0, "stops": 0}
    for width, height in SIZES:
        for scheme in SCHEMES:
            browser.emulate(width, height, scheme)
            for view in VIEWS:
                if browser.run("return document.getElementById('link-' + arguments[0]).closest('li').hidden", view):
                    continue
                where = f"{view} {width} {scheme}"
                prepare_view(page, view)
                count, found = accessible.check(browser, where)
                faults += found
                counts["texts"] += count["texts"]
                counts["names"] += count["names"]
                if pictures:
                    picture(page, view, width, scheme, pictures)
                if scheme == "light":
                    stops, found = accessible.check_focus(browser)
                    faults += [f"{where}: {fault}" for fault in found]
                    counts["stops"] += len(stops)
                    hold(
                        width < 1000 or stops[0]["what"] == "Skip to the content",
                        f"the first stop is {stops[0]['what']}",
                    )
                if view == "members":
                    browser.run("document.querySelector('.button.back').click()")
    browser.emulate(1440, 900, "light")
    hold(not faults, "\n    ".join(["", *faults]))
    return counts


def translate(page):
    """A translation is one file, and may need more room."""
    browser, faults = page.browser, []
    page.place.node.is_translated = True
    browser.emulate(390, 844, "light")
    page.open()
    browser.wait("translated", "document.title.includes('\u27e6')")
    for view in VIEWS:
        prepare_view(page, view)
        faults += [f"{view}: {fault}" for fault in browser.run(UNTRANSLATED)]
    page.place.node.is_translated = False
    browser.emulate(1440, 900, "light")
    page.open()
    hold(not faults, "; ".join(faults))


def picture(page, view, width, scheme, folder):
    browser = page.browser
    browser.run(
        "document.activeElement.blur(); scrollTo(0, 0); for (const each of document.querySelectorAll('.toast')) each.remove()"
    )
    browser.settle()
    browser.picture(os.path.join(folder, f"page-{view}-{width}-{scheme}.png"))


def take_pictures(page, folder):
    os.makedirs(folder, exist_ok=True)
    for view, width, scheme in PICTURES:
        page.browser.emulate(width, dict(SIZES)[width], scheme)
        prepare_view(page, view)
        if view == "downloads":
            page.browser.wait("a graph", "document.querySelector('.details .graph-line').getAttribute('d')")
        picture(page, view, width, scheme, folder)
    page.browser.emulate(1440, 900, "light")
