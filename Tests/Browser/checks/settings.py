"""The node's settings, searches that are kept, and members who are blocked."""

import json
import re

from checks.page import SIZES, hold, no_faults, press, source_of


def configure(page):
    """All that `bittrickle config` knows is set, and unset, by the keyboard."""
    browser, place = page.browser, page.place
    text = re.search(r"enum SettingKey.*?\n\n", source_of("Settings.swift"), re.S)[0]
    keys = [raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "([\w-]+)")?$', text, re.M)]
    hold(len(keys) > 8, f"few settings: {keys}")
    page.go("settings")

    def shows(key, words, value):
        browser.wait(
            f"{key} is {value}",
            """(input => input.value === $1 && document.getElementById(input.id + "-source").textContent.startsWith($2))
                (document.getElementById("setting-" + $0))""",
            key,
            value,
            words,
        )

    def set_to(key, *typed):
        browser.run("const input = document.getElementById('setting-' + arguments[0]); input.focus(); input.select?.()", key)
        browser.press(*typed, "Enter")

    def is_said(words, place="news"):
        browser.wait(words, "document.getElementById($0).textContent.includes($1)", place, words)

    for key in keys:
        browser.wait(f"a field for {key}", "document.getElementById('setting-' + $0)?.offsetParent", key)
    shows("down", "As it is", "")
    set_to("down", "2")
    shows("down", "Set", "2")
    hold(place.setting("down") == str(2 << 20), f"it is {place.setting('down')}")
    hold(browser.run("return document.activeElement.id") == "setting-down", "the focus went away")
    set_to("port", "4", "0", "0", "1")
    is_said("from the next start")
    shows("port", "Set", "4001")
    hold(place.setting("port") == "4001", "another port was set")
    browser.run("document.getElementById('setting-hand-on').focus()")
    browser.press("Down")
    browser.run("document.getElementById('setting-hand-on').form.requestSubmit()")
    shows("hand-on", "Set", "off")
    # Below what may be set, and what is none at all.
    set_to("down", "0", ".", "0", "0", "1")
    is_said("at least 4 KiB/s", "failures")
    browser.click(".toast.failed button")
    hold(place.setting("down") == str(2 << 20), "it was set all the same")
    set_to("active", "0")
    hold(not browser.run("return document.getElementById('setting-active').validity.valid"), "nothing is said of 0")
    hold(place.setting("active") == "3", "a limit of none was set")
    set_to("active", "3")
    for width, height in SIZES:
        browser.emulate(width, height, "light")
        no_faults(page, f"set {width}")
    browser.emulate(1440, 900, "light")
    for key, name, value in [
        ("down", "Download at most", ""),
        ("port", "TCP port where others reach you", "0"),
        ("hand-on", "Give on what you fetched", "on"),
    ]:
        press(page, f"As it is by itself: {name}", "#view-settings")
        shows(key, "As it is", value)
        hold(browser.run("return document.activeElement.id") == f"setting-{key}", "the focus went away")
    # An empty field is the same.
    set_to("active", "7")
    shows("active", "Set", "7")
    set_to("active", "Backspace")
    shows("active", "As it is", "3")
    set_to("downloads", *"/elsewhere")
    is_said("started with another value")


def keep(page):
    """Searches that go on, and members who are blocked."""
    browser = page.browser
    page.go("settings")
    grid = "#view-settings [aria-label='Saved searches']"
    browser.wait("the form", f"document.querySelector({json.dumps(grid)})?.closest('section').offsetParent")
    section = f"document.querySelector({json.dumps(grid)}).closest('section')"
    browser.run(f"{section}.querySelectorAll('form input')[0].focus()")
    for letter in "films":
        browser.press(letter)
    browser.press("Tab")
    for letter in "harbour":
        browser.press(letter)
    browser.press("Enter")
    press(page, "Show what films found", "#view-settings")
    browser.wait("it says so", "document.getElementById('news').textContent.includes('Nothing new')")
    press(page, "Forget the search films", "#view-settings")
    browser.wait("it is gone", f"!{section}.textContent.includes('films')")
    browser.run(
        "document.querySelector(\"#view-settings [aria-label='Blocked members']\").closest('section').querySelector('form input').focus()"
    )
    for letter in "bob":
        browser.press(letter)
    browser.press("Enter")
    press(page, "Unblock bob", "#view-settings")
    browser.wait(
        "nobody is blocked",
        "document.querySelector(\"#view-settings [aria-label='Blocked members']\").querySelectorAll('.record').length === 0",
    )
