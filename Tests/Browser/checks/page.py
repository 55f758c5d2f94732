"""The page as a check sees it, and what one does there in more than one check."""

import os

import accessible
from webdriver import Failed

NODE_CONTROL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "Sources", "NodeControl")
SIZES = [(1440, 900), (390, 844)]
SCHEMES = ["light", "dark"]


def hold(condition, what):
    if not condition:
        raise Failed(what)


def source_of(name):
    """A file in which the program says what there is: what it names, the page must have."""
    with open(os.path.join(NODE_CONTROL, name)) as file:
        return file.read()


class Page:
    """The page, and what one does with it."""

    def __init__(self, browser, place):
        self.browser, self.place = browser, place

    def open(self):
        # From elsewhere: within the page it would only be another section.
        self.browser.open("about:blank")
        self.browser.open(self.place.address)
        self.browser.wait(
            "the page", "document.querySelector('.dot.here') && document.querySelector('#link-search[aria-current]')"
        )
        hold("token" not in self.browser.run("return location.href"), "the token stays in the address")

    def go(self, view):
        self.browser.run("location.hash = '#' + arguments[0]", view)
        self.browser.wait(
            view,
            "!document.getElementById('view-' + $0).hidden && !document.querySelector('#view-' + $0 + ' .loading')",
            view,
        )

    def search(self, text):
        self.go("search")
        self.browser.run("const input = document.getElementById('query'); input.value = ''; input.focus();")
        self.browser.type("#query", text)
        self.browser.wait(f"what is found for {text}", "document.getElementById('results').dataset.query === $0", text)

    def row(self, name, within="#results"):
        self.browser.wait(
            f"a row for {name}",
            """Array.from(document.querySelectorAll($1 + " .row .name")).some((each) => each.textContent === $0)""",
            name,
            within,
        )

    def press_in_row_when(self, name, words, within):
        """As soon as the row has it."""
        self.browser.wait(
            f"{words} for {name}",
            """Array.from(document.querySelectorAll($2 + " .row")).some((row) => row.querySelector(".name").textContent === $0
                && Array.from(row.querySelectorAll("button")).some((each) => each.textContent.trim() === $1 && !each.hidden))""",
            name,
            words,
            within,
        )
        self.press_in_row(name, words, within)

    def press_in_row(self, name, words, within="#results"):
        self.row(name, within)
        self.browser.run(
            """
            const row = Array.from(document.querySelectorAll(arguments[2] + " .row")).find((each) => each.querySelector(".name")?.textContent === arguments[0]);
            const button = Array.from(row.querySelectorAll("button")).find((each) => each.textContent.trim() === arguments[1] && !each.hidden);
            button.focus();
            button.click();
            """,
            name,
            words,
            within,
        )


def press(page, label, within="#view-network"):
    """Presses the button that is read out so."""
    page.browser.wait(
        label,
        """Array.from(document.querySelectorAll($1 + " button")).some((each) => {
            const isIt = each.getAttribute("aria-label") === $0 && !each.disabled;
            if (isIt) { each.focus(); each.click(); }
            return isIt;
        })""",
        label,
        within,
    )


def choose_kind(page, css, kind):
    page.browser.run(
        "const select = document.querySelector(arguments[0]); select.value = arguments[1]; select.dispatchEvent(new Event('change'))",
        css,
        kind,
    )


def no_faults(page, where):
    faults = accessible.check(page.browser, where)[1]
    hold(not faults, "; ".join(faults))
