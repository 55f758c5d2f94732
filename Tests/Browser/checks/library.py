"""What the member gives: files that are dropped or named, folders, and very many of them."""

import os

from checks.page import hold, press


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


def ask_before_giving(page):
    """What others would get by mistake is asked about, and what they get without being meant to is said."""
    browser, node = page.browser, page.place.node
    page.go("library")
    publishing, sharing = "#view-library form input", "#view-library section:last-child form input"
    question = "document.querySelector('dialog[open]')"

    def offer(field, path, *words):
        browser.run("document.querySelector(arguments[0]).value = ''", field)
        browser.type(field, path)
        browser.press("Enter")
        browser.wait(f"a question about {path}", question)
        text = browser.run(f"return {question}.textContent")
        for word in words:
            hold(word in text, f"{path}: {word} is not in {text}")

    def decline():
        browser.press("Escape")
        browser.wait("no question", "!document.querySelector('dialog')")

    def warned(*words):
        for word in words:
            browser.wait(
                f"a warning with {word}",
                "Array.from(document.querySelectorAll('.toast.failed p')).some((each) => each.textContent.includes($0))",
                word,
            )

    offer(publishing, "/home/ann", "/home/ann is your home folder", "keys too")
    decline()
    hold(all(each["name"] != "ann" for each in node.published), "it is published without being meant")
    offer(publishing, "/home/ann", "Publish")
    browser.click("dialog .danger")
    page.row("ann", "#view-library")
    warned(".ssh/id_ed25519", "5 more")
    offer(sharing, "/home", "/home holds your home folder", "but what is hidden")
    decline()
    offer(sharing, "/srv/.later", "mostly not meant for others")
    decline()
    hold(all(each["path"] not in ("/home", "/srv/.later") for each in node.shares), "it is shared without being meant")
    browser.run("document.querySelector(arguments[0]).value = ''", sharing)
    browser.type(sharing, "/home/ann/Secrets")
    browser.press("Enter")
    warned("What is in /home/ann/Secrets is", "with what was published for fewer", "recipes.epub")


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
