"""What is in the way: of this computer, and to a member."""

from checks.page import SCHEMES, SIZES, hold, no_faults, press

DIALOG = "dialog[open]"


def read(page, within):
    """What was found, once it is all there."""
    page.browser.wait(
        "what was found", "document.querySelector($0 + ' .findings')?.checkVisibility()", within, timeout=25
    )
    return page.browser.run(
        """
        const place = document.querySelector(arguments[0]);
        return { told: place.querySelector("[role=status]").textContent,
            findings: Array.from(place.querySelectorAll(".finding"), (each) => each.textContent) };
        """,
        within,
    )


def examine(page):
    """The connection, from the settings, by the keyboard; and the way to a member who is there."""
    browser = page.browser
    page.go("settings")
    browser.run("document.querySelector('#view-settings .examination input').focus()")
    browser.press("Tab", "Enter")
    browser.wait("it is said that it goes on", "document.querySelector('#view-settings .examined progress').checkVisibility()")
    found = read(page, "#view-settings")
    hold("found." in found["told"], f"it says {found['told']}")
    hold(any("pin-ok" in each for each in found["findings"]), f"no key of the network: {found}")
    hold(browser.run("return document.activeElement.textContent") == "Examine", "the focus went away")
    page.go("members")
    browser.wait("somebody", "document.querySelector('.person')")
    browser.run("Array.from(document.querySelectorAll('.person')).find((each) => each.textContent.includes('bob')).click()")
    press(page, "Examine the way to bob", "#view-members")
    found = read(page, DIALOG)
    hold("bob is reached" in found["told"], f"it says {found['told']}")
    browser.press("Escape")
    browser.wait("no dialog", "!document.querySelector('dialog')")
    hold(
        browser.run("return document.activeElement.getAttribute('aria-label')") == "Examine the way to bob",
        "the focus does not go back",
    )


def examine_in_trouble(page):
    """Who is not reached, or away; what fails; and all of it wide and narrow, light and dark."""
    browser = page.browser
    page.go("settings")
    browser.run("document.querySelector('#view-settings .examination input').focus()")
    browser.press(*"henrik", "Enter")
    found = read(page, "#view-settings")
    hold("henrik is not online" in found["told"] and "1 problem" in found["told"], f"it says {found['told']}")
    hold(found["findings"][0].startswith("Problem") and "mends" in found["findings"][0], f"first is {found['findings'][0]}")
    no_faults(page, "examined")
    browser.run("document.activeElement.select()")
    browser.press(*"nobody at all", "Enter")
    failed = "document.querySelector('#view-settings .examined [role=alert]').textContent"
    browser.wait("it says why not", f"{failed}.includes('ended')")
    hold(not browser.run("return document.querySelector('#view-settings .findings').checkVisibility()"), "the old stays")
    page.go("members")
    browser.run("Array.from(document.querySelectorAll('.person')).find((each) => each.textContent.includes('dmitri')).click()")
    for width, height in SIZES:
        for scheme in SCHEMES:
            browser.emulate(width, height, scheme)
            press(page, "Examine the way to dmitri", "#view-members")
            browser.wait("it goes on", f"document.querySelector('{DIALOG} progress').checkVisibility()")
            found = read(page, DIALOG)
            hold("No way leads to dmitri" in found["told"], f"it says {found['told']}")
            no_faults(page, f"examined {width} {scheme}")
            browser.click(f"{DIALOG} .dialog-buttons button")
            browser.wait("once more", f"!document.querySelector('{DIALOG} .findings').checkVisibility()")
            browser.press("Escape")
            browser.wait("no dialog", "!document.querySelector('dialog')")
    browser.emulate(1440, 900, "light")
    browser.run("document.querySelector('.button.back').click()")


def examine_for_a_download(page):
    """Whom a download waits for is examined from its row; so is who is not there."""
    browser = page.browser
    page.go("downloads")
    for member, found in [("dmitri", "No way leads to dmitri"), ("henrik", "henrik is not online")]:
        words = f"Why can I not reach {member}?"
        row = f"Array.from(document.querySelectorAll('.missed button')).find((each) => each.textContent === {words!r})"
        browser.wait(f"a button for {member}", f"{row}?.checkVisibility()")
        browser.run(f"{row}.focus()")
        browser.press("Enter")
        told = read(page, DIALOG)["told"]
        hold(found in told, f"it says {told}")
        browser.press("Escape")
        browser.wait("no dialog", "!document.querySelector('dialog')")
        hold(browser.run("return document.activeElement.textContent") == words, "the focus does not go back")
    for width, height in SIZES:
        browser.emulate(width, height, "light")
        no_faults(page, f"missed {width}")
    browser.emulate(1440, 900, "light")
