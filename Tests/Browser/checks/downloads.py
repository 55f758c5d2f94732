"""Downloads: of files and folders, of what is locked, and how they are changed."""

import json

from checks.page import hold


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


def say_for_whom_it_waits(page):
    browser, node = page.browser, page.place.node
    page.go("downloads")
    waiting = "document.querySelector('#view-downloads .transfer[data-state=waiting] .facts')?.textContent"
    browser.wait("who", f"{waiting}?.includes('waiting for dmitri, farid, or others')")
    transfer = next(each for each in node.transfers if "waiting" in each["state"])
    for members, words in (
        (["farid"], "waiting for farid"),
        (["dmitri", "farid"], "waiting for dmitri or farid"),
        ([], "waiting for somebody who has it"),
        (None, "nobody gives of it just now"),
    ):
        transfer.pop("waitsFor")
        transfer |= {} if members is None else {"waitsFor": members}
        browser.wait(words, f"{waiting}?.endsWith($0)", words)


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
