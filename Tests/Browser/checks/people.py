"""Members and what they share; and for admins who may be in the network."""

from checks.page import hold, press


def has_text(page, what, text, within="#view-network"):
    page.browser.wait(what, "document.querySelector($1).textContent.includes($0)", text, within)


def look_at_members(page):
    browser = page.browser
    page.go("members")
    browser.wait("somebody", "document.querySelector('.person')")
    browser.run("document.querySelector('.person').focus()")
    browser.press("Enter")
    browser.wait("what is shared", "document.querySelector('.shared .row.listing')")


def invite(page):
    browser = page.browser
    page.go("network")
    browser.wait("the form", "document.querySelector('.invite-form')?.offsetParent")
    browser.click(".invite-form button")
    link = browser.wait("a link", "document.querySelector('#invitation-link')?.value")
    hold(link.startswith("bittrickle://"), f"no link: {link}")
    browser.wait("a QR code", "document.querySelector('.qr .qr-dark')?.getAttribute('d').length > 500")
    browser.wait("it is listed", "document.querySelector('#view-network .record')")
    hold(page.place.can_join(link), "nobody can join by the link")


def administer(page):
    browser, member = page.browser, page.place.newcomer
    # Who joined meanwhile is there when the section is entered.
    page.go("search")
    page.go("network")
    press(page, f"Make admin: {member}")
    browser.wait(
        "the focus stays near", "document.activeElement.getAttribute('aria-label') === $0", f"Make member: {member}"
    )
    press(page, f"Make member: {member}")
    press(page, f"Disable: {member}")
    has_text(page, "it is shown", "disabled")
    press(page, f"Enable: {member}")
    browser.run(
        "document.querySelector('#view-network [aria-label=Groups]').closest('section').querySelector(':scope > form input').focus()"
    )
    for letter in "friends":
        browser.press(letter)
    browser.press("Enter")
    press(page, "Members of friends")
    browser.wait("its members", "document.getElementById('group-friends').checkVisibility()")
    browser.run("document.querySelector('#group-friends input').focus()")
    for letter in member:
        browser.press(letter)
    browser.press("Enter")
    press(page, f"Take {member} out of friends")
    browser.wait("nobody", "document.querySelector('#group-friends .chips').children.length === 0")
    press(page, "Remove: friends")
    browser.wait("a question", "document.querySelector('dialog[open]')")
    browser.click("dialog .danger")
    browser.wait("no group", "!document.getElementById('group-friends')")
    has_text(page, "a session", "bob", "#view-network [aria-label=Sessions]")
    section = "#view-network section:last-child"
    browser.type(f"{section} form input", "bob")
    browser.press("Enter")
    browser.wait("what he publishes", f"document.querySelector('{section} .record')")
