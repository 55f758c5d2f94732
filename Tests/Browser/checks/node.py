"""What the page says of its node: what went wrong, that it is away, and that it wants a token."""

import re

import accessible
from checks.page import hold, source_of


def tell_every_failure(page):
    """Whatever a node may say has a sentence."""
    source = source_of("NodeFailure.swift")
    cases = {
        "failures": re.search(r"enum NodeFailure.*?\n}", source, re.S)[0],
        "folderFaults": re.search(r"enum FolderFault.*?\n}", source, re.S)[0],
        "notices": re.search(r"enum NodeNotice.*?\n}", source, re.S)[0],
    }
    for group, text in cases.items():
        names = re.findall(r"^    case (\w+)", text, re.M)
        hold(len(names) > 3, f"no cases of {group} were found")
        missing = page.browser.run(
            "return import('/strings.js').then(({ strings }) => arguments[1].filter((name) => !(name in strings[arguments[0]])))",
            group,
            names,
        )
        hold(not missing, f"{group} without words: {missing}")


def survive_absence(page):
    """The node ends and comes back; the page says so, and goes on."""
    browser = page.browser
    page.place.stop()
    browser.wait("it is said", "!document.getElementById('away').hidden && document.querySelector('.dot.away')")
    page.place.start()
    if page.place.is_real:
        # Its secrets are new.
        browser.wait("it asks for a new link", "!document.getElementById('gate').hidden")
        page.open()
    browser.wait("it is back", "document.getElementById('away').hidden && document.querySelector('.dot.here')")


def refuse_without_token(page):
    browser = page.browser
    browser.run("localStorage.clear()")
    browser.open(page.place.origin + "/")
    browser.wait("what to run", "document.querySelector('.gate code')?.textContent === 'bittrickle web'")
    faults = accessible.check(browser, "gate")[1]
    hold(not faults, "; ".join(faults))
