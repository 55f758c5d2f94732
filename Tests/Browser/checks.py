"""What is checked of the page, and the page as a check sees it."""

import json
import os
import re

import accessible
import seed
from webdriver import Failed

VIEWS = ["search", "downloads", "library", "members", "network", "settings"]
SIZES = [(1440, 900), (390, 844)]
SCHEMES = ["light", "dark"]


def hold(condition, what):
    if not condition:
        raise Failed(what)


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


# What is checked, in this order: each gets the page, and leaves it as it likes.


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


def download(page):
    browser, wanted = page.browser, page.place.wanted
    page.search(wanted)
    page.press_in_row(wanted, "Get")
    page.go("downloads")
    page.row(wanted, "#view-downloads")
    row = f"""Array.from(document.querySelectorAll("#view-downloads .transfer")).find((each) => each.querySelector(".name").textContent === {json.dumps(wanted)})"""
    browser.wait("it is whole", f"{row}?.dataset.state === 'finished'", timeout=25)
    hold(page.place.has_arrived(wanted), "what has arrived is not what was published")


def get_a_shared_folder(page):
    browser, folder = page.browser, page.place.shared_folder
    page.search(folder)
    page.press_in_row(folder, "Get")
    page.go("downloads")
    for name in page.place.shared_files:
        page.row(name, "#view-downloads")
    rows = "Array.from(document.querySelectorAll('#view-downloads .transfer'))"
    for name in page.place.shared_files:
        browser.wait(
            f"{name} is whole",
            f"{rows}.some((each) => each.querySelector('.name').textContent === $0 && each.dataset.state === 'finished')",
            name,
            timeout=25,
        )
    hold(page.place.has_arrived_below(folder), "what has arrived is not what was shared")
    page.search(page.place.shared_files[0].rpartition("/")[2])
    browser.wait("its row says so", "document.querySelector('#results .row .chip.good')?.checkVisibility()")


def change_transfer(page):
    browser = page.browser
    page.go("downloads")
    first = "document.querySelector('#view-downloads .transfer')"
    browser.run(f"{first}.querySelector('[aria-label^=Pause]').click()")
    browser.wait("paused", f"{first}.dataset.state === 'paused'")
    browser.run(f"{first}.querySelector('[aria-label^=Resume]').click()")
    browser.wait("goes on", f"{first}.dataset.state === 'active'")
    browser.run(f"{first}.querySelector('[aria-expanded]').click()")
    browser.wait("pieces of each source", f"{first}.querySelectorAll('.piece-map').length > 1")
    browser.run(
        f"const input = {first}.querySelector('.details input'); input.value = '8'; input.dispatchEvent(new Event('change'));"
        f"const select = {first}.querySelector('.details select'); select.value = '1'; select.dispatchEvent(new Event('change'));"
    )
    token = "{ headers: { Authorization: `Bearer ${localStorage.getItem('token')}` } }"
    browser.wait("limit and priority", f"fetch('/api/v1/transfers', {token}).then(() => 1)")
    browser.wait("a graph", f"{first}.querySelector('.graph-line').getAttribute('d')")
    last = page.place.transfers()[0]
    hold(last["downward"] == 8 << 20 and last["priority"] == 1, f"not changed: {last}")
    number = browser.run("return document.querySelectorAll('#view-downloads .transfer').length")
    browser.run("document.querySelector(\"#view-downloads .transfer[data-state=failed] [aria-label^=Cancel]\").click()")
    browser.wait("a question", "document.querySelector('dialog[open]')")
    browser.press("Escape")
    browser.wait("no question", "!document.querySelector('dialog')")
    browser.run("document.querySelector(\"#view-downloads .transfer[data-state=failed] [aria-label^=Cancel]\").click()")
    browser.wait("a question", "document.querySelector('dialog[open]')")
    browser.click("dialog .danger")
    browser.wait("one less", f"document.querySelectorAll('#view-downloads .transfer').length === {number - 1}")


def drop(page, name, content):
    page.browser.run(
        """
        const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0], { type: "text/plain" }));
        const zone = document.getElementById("drop");
        for (const type of ["dragenter", "dragover", "drop"]) {
          zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        name,
        content,
    )


def publish_by_drop(page):
    browser = page.browser
    page.go("library")
    content = "dropped " * 4000
    drop(page, "dropped file.txt", content)
    page.row("dropped file.txt", "#view-library")
    hold(page.place.has_uploaded("dropped file.txt", content.encode()), "other bytes arrived")
    page.press_in_row("dropped file.txt", "Withdraw", "#view-library")
    browser.wait("a question", "document.querySelector('dialog[open]')")
    browser.click("dialog .danger")
    browser.wait(
        "withdrawn",
        "!Array.from(document.querySelectorAll('#view-library .name')).some((each) => each.textContent === 'dropped file.txt')",
    )
    browser.wait("the focus stays near", "document.activeElement.closest('#view-library')")


def publish_by_path(page):
    browser = page.browser
    path = page.place.path_to_publish()
    page.go("library")
    browser.type("#view-library form input", path)
    browser.press("Enter")
    page.row(os.path.basename(path), "#view-library")
    browser.type("#view-library form input", "/somewhere/missing")
    browser.press("Enter")
    browser.wait(
        "a failure in words", "document.querySelector('.toast.failed p')?.textContent.includes('/somewhere/missing')"
    )
    browser.click(".toast.failed button")


def share_a_folder(page):
    browser = page.browser
    path = page.place.folder_to_share()
    page.go("library")
    shares = "Array.from(document.querySelectorAll('#view-library .share'))"
    browser.wait("the form", "document.querySelector('#view-library section:last-child form')?.checkVisibility()")
    browser.type("#view-library section:last-child form input", path)
    browser.press("Enter")
    browser.wait("it is shared", f"{shares}.some((each) => each.querySelector('.name').textContent === $0)", path)
    press(page, f"Share {path} no longer", "#view-library")
    browser.wait("a question", "document.querySelector('dialog[open]')")
    browser.click("dialog .danger")
    browser.wait("it is not", f"!{shares}.some((each) => each.querySelector('.name').textContent === $0)", path)


def look_at_members(page):
    browser = page.browser
    page.go("members")
    browser.wait("somebody", "document.querySelector('.person')")
    browser.run("document.querySelector('.person').focus()")
    browser.press("Enter")
    browser.wait("what is shared", "document.querySelector('.shared .row.listing')")


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


def has_text(page, what, text, within="#view-network"):
    page.browser.wait(what, "document.querySelector($1).textContent.includes($0)", text, within)


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


def configure(page):
    """All that `bittrickle config` knows is set, and unset, by the keyboard."""
    browser, place = page.browser, page.place
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Sources", "NodeControl", "Settings.swift")
    with open(source) as file:
        text = re.search(r"enum SettingKey.*?\n\n", file.read(), re.S)[0]
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


def tell_every_failure(page):
    """Whatever a node may say has a sentence."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Sources", "NodeControl")
    with open(os.path.join(folder, "NodeFailure.swift")) as file:
        source = file.read()
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


def choose_kind(page, css, kind):
    page.browser.run(
        "const select = document.querySelector(arguments[0]); select.value = arguments[1]; select.dispatchEvent(new Event('change'))",
        css,
        kind,
    )


def publish(page, path):
    """By its path, whatever was typed before."""
    field = "#view-library > .stack > .offer form input"
    page.browser.run("document.querySelector(arguments[0]).value = ''", field)
    page.browser.type(field, path)
    page.browser.press("Enter")


def no_faults(page, where):
    faults = accessible.check(page.browser, where)[1]
    hold(not faults, "; ".join(faults))


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


def ask_for_locked(page):
    """What is locked is asked for, and can be had once its owner allows it."""
    browser, name = page.browser, page.place.locked()
    page.search(name)
    page.press_in_row(name, "Ask")
    row = f"Array.from(document.querySelectorAll('#results .rows .row')).find((each) => each.querySelector('.name').textContent === {json.dumps(name)})"
    browser.wait(
        "it says so", f"Array.from({row}.querySelectorAll('.cell-actions .chip:not([hidden])')).some((each) => each.textContent === 'Asked')"
    )
    browser.wait("the button is gone", f"!{row}.querySelector('button:not([hidden])')")
    page.go("downloads")
    page.row(name, ".own-asks")
    page.place.answer(name)
    page.press_in_row_when(name, "Get", ".own-asks")
    browser.wait(
        "it is whole",
        "Array.from(document.querySelectorAll('#view-downloads .transfer')).find((each) => each.querySelector('.name').textContent === $0)?.dataset.state === 'finished'",
        name,
    )
    hold(page.place.has_arrived(name), "what has arrived is not what was published")


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


def bear_much(page):
    """A library of many more files than a page can show."""
    browser, node = page.browser, page.place.node
    node.published += [{"name": f"scan-{number:06}.tif", "size": number, "isFolder": False} for number in range(20_000)]
    page.go("downloads")
    page.go("library")
    browser.wait("the first of them", "document.querySelectorAll('#view-library .listing').length === 500")
    browser.type("#view-library .filter", "019999")
    browser.wait("one", "document.querySelectorAll('#view-library .listing').length === 1")
    node.published = [each for each in node.published if not each["name"].startswith("scan-0")]
    browser.run(
        "const input = document.querySelector('#view-library .filter'); input.value = ''; input.dispatchEvent(new Event('input'))"
    )


def show_extremes(page):
    """Strangers' names that pose as others, and one as long as names can be."""
    browser = page.browser
    page.search("\u202e"[:0] + "hostile")
    browser.wait("rows", "document.querySelectorAll('#results .rows .row').length === 2")
    text = browser.run("return document.getElementById('results').textContent")
    hold("\u202e" not in text and "\x1b" not in text, "a name turns the direction of text")
    hold(not browser.run("return window.hurt || document.querySelector('#results img')"), "markup in a name was run")
    faults = browser.run(accessible.STRUCTURE)
    hold(not faults, "; ".join(faults))


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


# Parts of the API without which a check makes no sense.
NEEDS = {
    share_a_folder: "shares",
    keys_and_search: "listings?q=",
    download: "listings?q=",
    get_a_shared_folder: "listings?q=",
    look_at_members: "peers/bob/publications",
    invite: "admin/invites",
    administer: "admin/users",
    say_for_whom: "asks",
    approve: "asks",
    ask_for_locked: "asks",
    stream: "/files/harbour-at-dawn.webm",
}
COMMON = [
    keys_and_search,
    download,
    get_a_shared_folder,
    publish_by_drop,
    publish_by_path,
    share_a_folder,
    say_for_whom,
    approve,
    ask_for_locked,
    look_at_members,
    invite,
    administer,
    configure,
    keep,
    stream,
    tell_every_failure,
]
MOCK_ONLY = [look_into_folders, change_transfer, rove, show_extremes, bear_much, translate]
LAST = [look, survive_absence, refuse_without_token]
# Those that the documents show.
PICTURES = [
    ("search", 1440, "light"),
    ("downloads", 1440, "dark"),
    ("downloads", 390, "light"),
    ("library", 390, "dark"),
]
