"""For whom something is, and who is allowed what is locked."""

import os

from checks.library import drop
from checks.page import SCHEMES, SIZES, choose_kind, hold, no_faults, press


def is_for(page, name, words, within="#view-library"):
    """Waits until a row says so of itself; nothing, where it is for everybody."""
    page.browser.wait(
        f"{name} is {words or 'for everybody'}",
        """Array.from(document.querySelectorAll($2 + " .row")).some((row) => row.querySelector(".name")?.textContent === $0
            && row.querySelector(".where").checkVisibility() === ($1 !== "") && row.querySelector(".where").textContent === $1)""",
        name,
        words,
        within,
    )


def publish(page, path):
    """By its path, whatever was typed before."""
    field = "#view-library > .stack > .offer form input"
    page.browser.run("document.querySelector(arguments[0]).value = ''", field)
    page.browser.type(field, path)
    page.browser.press("Enter")


def say_for_whom(page):
    """What is published and shared is for some, by the keyboard; and then for others."""
    browser, publishing = page.browser, "#view-library > .stack > .offer"
    path, folder = page.place.path_for_some(), page.place.folder_for_some()
    name = os.path.basename(path)
    page.go("library")
    browser.run("document.querySelector(arguments[0] + ' select').focus()", publishing)
    browser.press("Down", "Tab")
    hold(browser.run("return document.activeElement.list?.id"), "the names do not follow the choice")
    browser.wait("members are suggested", "document.activeElement.list.querySelector('[value=bob]')")
    for letter in "bob":
        browser.press(letter)
    browser.press("Enter")
    browser.wait("he is named", "document.querySelector($0 + ' .chips .chip')?.textContent.startsWith('bob')", publishing)
    for width, height in SIZES:
        for scheme in SCHEMES:
            browser.emulate(width, height, scheme)
            no_faults(page, f"unfolded {width} {scheme}")
    browser.emulate(1440, 900, "light")
    publish(page, path)
    is_for(page, name, "only for bob")
    drop(page, "for some.txt", "for some")
    is_for(page, "for some.txt", "only for bob")
    sent = len(page.place.requests())
    browser.type(f"{publishing} .audience-names input", "nobody-has-it")
    drop(page, "never sent.txt", "for nobody")
    browser.wait("a failure in words", "document.querySelector('.toast.failed p')?.textContent.includes('nobody-has-it')")
    browser.click(".toast.failed button")
    hold(not any("/uploads/" in each[1] for each in page.place.requests()[sent:]), "its bytes were sent for nothing")
    press(page, "Leave nobody-has-it out", publishing)
    press(page, "Leave bob out", publishing)
    choose_kind(page, f"{publishing} select", "everybody")

    press(page, f"Change for whom {name} is", "#view-library")
    browser.wait("a dialog", "document.querySelector('dialog[open] .chips .chip')")
    for scheme in SCHEMES:
        browser.emulate(390, 844, scheme)
        no_faults(page, f"dialog {scheme}")
    browser.emulate(1440, 900, "light")
    press(page, "Leave bob out", "dialog")
    browser.click("dialog [type=submit]")
    browser.wait("a name is missed", "document.querySelector('.toast.failed')")
    browser.run("document.querySelector('.toast.failed button').click()")
    choose_kind(page, "dialog select", "locked")
    browser.click("dialog [type=submit]")
    is_for(page, name, "locked")
    browser.wait("the focus stays near", "document.activeElement.getAttribute('aria-label')?.startsWith('Change for whom')")
    press(page, f"Change for whom {name} is", "#view-library")
    choose_kind(page, "dialog select", "only")
    browser.run("document.querySelector('dialog input').focus()")
    browser.type("dialog input", "nobody-has-it")
    browser.click("dialog [type=submit]")
    browser.wait("a failure in words", "document.querySelector('.toast.failed p')?.textContent.includes('nobody-has-it')")
    browser.click(".toast.failed button")
    is_for(page, name, "locked")
    press(page, f"Change for whom {name} is", "#view-library")
    choose_kind(page, "dialog select", "everybody")
    browser.click("dialog [type=submit]")
    is_for(page, name, "")

    sharing = "#view-library section:last-child"
    choose_kind(page, f"{sharing} .audience select", "only")
    browser.type(f"{sharing} .audience-names input", "bob")
    browser.type(f"{sharing} form input", folder)
    browser.press("Enter")
    is_for(page, folder, "only for bob", sharing)
    press(page, f"Change for whom {folder} is", sharing)
    choose_kind(page, "dialog select", "locked")
    browser.click("dialog [type=submit]")
    is_for(page, folder, "locked, but for bob", sharing)
    press(page, f"Share {folder} no longer", sharing)
    browser.click("dialog .danger")
    browser.wait(
        "it is not",
        "!Array.from(document.querySelectorAll('.share .name')).some((each) => each.textContent === $0)",
        folder,
    )


def approve(page):
    """A member asks for what is locked, is allowed once, and has it."""
    browser, path = page.browser, page.place.path_to_lock()
    name = os.path.basename(path)
    page.go("library")
    choose_kind(page, "#view-library > .stack > .offer select", "locked")
    publish(page, path)
    is_for(page, name, "locked")
    page.place.ask_for(name)
    page.go("search")
    browser.wait("a number beside the library", "document.getElementById('badge-library').textContent")
    page.go("library")
    press(page, f"Allow once: bob asks for {name}", ".asks")
    browser.wait("answered", "!document.querySelector('.asks').textContent.includes($0)", name)
    hold(page.place.may_have(name), "what was allowed was not had, or is something else")
