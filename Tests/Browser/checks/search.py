"""What is found: by words, in folders, by the keyboard, under hostile names, and to be played at once."""

import accessible
from checks.page import hold


def keys_and_search(page):
    browser, wanted = page.browser, page.place.wanted
    page.go("downloads")
    browser.press("/")
    browser.wait("/ goes to the search", "document.activeElement.id === 'query'")
    browser.run("document.activeElement.value = ''")
    before = len(page.place.requests())
    for letter in wanted[:5].upper():
        browser.press(letter)
    page.row(wanted)
    browser.wait(
        "fewer rows",
        "Array.from(document.querySelectorAll('#results .rows .name')).every((each) => each.textContent.toLowerCase().includes($0))",
        wanted[:5].lower(),
    )
    asked = [each for each in page.place.requests()[before:] if each[1].startswith("/api/v1/listings")]
    hold(page.place.is_real or len(asked) <= 3, f"typing 5 letters asks {len(asked)} times")
    hold(browser.run("return document.querySelector('#results .rows .cell-owners').textContent"), "no owners")
    browser.press("Down")
    hold(
        browser.run("return document.activeElement.closest('#results .rows .row') !== null"),
        "down does not lead into the list",
    )
    browser.press("Escape")
    page.search("no such thing anywhere")
    browser.wait("nothing found", "document.querySelector('#view-search .placeholder')")


def look_into_folders(page):
    browser = page.browser
    page.search("lighthouse")
    page.row("lighthouse.jpg")
    hold(
        "Holiday pictures/Islands" in browser.run("return document.querySelector('#results .where').textContent"),
        "it does not say where it is",
    )
    page.search("Islands")
    page.press_in_row("Islands", "Open")
    browser.wait("what is in it", "document.querySelectorAll('.shared .row.listing').length === 2")
    browser.run("document.querySelectorAll('.crumb')[1].focus()")
    browser.press("Enter")
    page.row("Islands", ".shared")
    browser.wait("the focus stays near", "document.activeElement.closest('.shared')")
    browser.run("document.querySelector('.crumb').click()")
    browser.wait("the top", "!document.querySelector('.crumbs') && document.querySelector('.shared .row.listing')")


def rove(page):
    """Arrow keys within a list, which is one stop of the Tab key."""
    browser = page.browser
    page.search("e")
    browser.wait("rows", "document.querySelectorAll('#results .rows .row').length > 3")
    browser.press("Down")
    where = "const rows = Array.from(document.querySelectorAll('#results .rows .row')); return rows.findIndex((row) => row.contains(document.activeElement));"
    browser.press("Home", "Down", "Down")
    at_first = browser.run(where)
    browser.press("Down")
    hold(browser.run(where) == at_first + 1, "down goes to the next row")
    browser.press("End")
    hold(
        browser.run(where) == browser.run("return document.querySelectorAll('#results .rows .row').length - 1"),
        "end goes to the last row",
    )
    browser.press("Tab")
    hold(browser.run(where) == -1, "Tab leaves the list")
    browser.press("Shift+Tab")
    hold(browser.run(where) > at_first, "and comes back to where it was")


def show_extremes(page):
    """Strangers' names that pose as others, and one as long as names can be."""
    browser = page.browser
    page.search("hostile")
    browser.wait("rows", "document.querySelectorAll('#results .rows .row').length === 2")
    text = browser.run("return document.getElementById('results').textContent")
    hold("\u202e" not in text and "\x1b" not in text, "a name turns the direction of text")
    hold(not browser.run("return window.hurt || document.querySelector('#results img')"), "markup in a name was run")
    faults = browser.run(accessible.STRUCTURE)
    hold(not faults, "; ".join(faults))


def stream(page):
    browser = page.browser
    page.search(page.place.film)
    page.press_in_row(page.place.film, "Play")
    browser.wait(
        "a picture",
        "document.querySelector('#player video')?.readyState >= 3 && document.querySelector('#player video').videoWidth > 0",
    )
    browser.wait("it moves", "document.querySelector('#player video').currentTime > 0.2")
    browser.run("document.querySelector('#player video').currentTime = 5")
    browser.wait(
        "it leaps",
        "document.querySelector('#player video').currentTime >= 5 && document.querySelector('#player video').readyState >= 2",
    )
    browser.press("Escape")
    browser.wait("it ends", "document.getElementById('player').hidden")
    hold(browser.run("return document.activeElement.textContent.trim()") == "Play", "the focus does not go back")
