#!/usr/bin/python3
"""Drives the web page in headless Chromium: against a mock of the node (`--mock`), or real programs (`--programs DIR`).

Says what was checked, and ends with 1 where something does not hold. `--look DIR` keeps screenshots.
"""

import argparse
import contextlib
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import checks  # noqa: E402
import mock  # noqa: E402
import real  # noqa: E402
from checks.looks import look, take_pictures  # noqa: E402
from checks.page import Page, hold  # noqa: E402
from webdriver import Browser, Failed  # noqa: E402


def watch_logs(browser, origin, expected):
    """No failure on the console but those that a check causes, and no request beyond the origin."""
    errors = [entry["message"] for entry in browser.logs("browser") if entry["level"] == "SEVERE"]
    errors = [error for error in errors if not any(each in error for each in expected)]
    hold(not errors, "on the console: " + "; ".join(errors))
    count = 0
    for entry in browser.logs("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] != "Network.requestWillBeSent":
            continue
        url = message["params"]["request"]["url"]
        count += 1
        hold(url.startswith((origin + "/", "data:", "blob:", "about:blank")), f"a request to {url}")
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--mock", action="store_true", help="against a mock of the node")
    which.add_argument("--programs", metavar="DIR", help="against bittrickle-server and bittrickle in DIR")
    parser.add_argument("--pictures", metavar="DIR", help="where the pictures for the documents go")
    parser.add_argument("--look", metavar="DIR", help="where a picture of every view goes, and of what failed")
    options = parser.parse_args()
    failed = skipped = 0
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(mock.Place() if options.mock else real.Place(options.programs))
        browser = Browser()
        stack.callback(browser.close)
        page = Page(browser, place)
        if options.look:
            os.makedirs(options.look, exist_ok=True)
        browser.emulate(1440, 900, "light")
        # The browser's own first page.
        browser.logs("performance")
        page.open()
        if options.pictures:
            take_pictures(page, options.pictures)
            page.open()
        chosen = checks.COMMON + (checks.MOCK_ONLY if options.mock else []) + checks.LAST
        for check in chosen:
            name = check.__name__.replace("_", " ")
            need = checks.NEEDS.get(check)
            if need and not place.has(need):
                skipped += 1
                print(f"skipped {name}: this node has no {need}", flush=True)
                continue
            try:
                result = check(page, options.look) if check is look else check(page)
                expected = place.expected_errors + checks.CAUSED.get(check, [])
                count = watch_logs(browser, place.origin, expected)
                print(f"ok      {name}: {count} requests" + (f", {result}" if result else ""), flush=True)
            except (Failed, AssertionError) as failure:
                failed += 1
                print(f"FAILED  {name}: {failure}", flush=True)
                traceback.print_exc(limit=-1)
                if options.look:
                    browser.picture(os.path.join(options.look, f"failed-{check.__name__}.png"))
    print(f"{len(chosen)} checks: {failed} failed, {skipped} skipped.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
