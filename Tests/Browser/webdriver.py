"""Chromium by the WebDriver protocol, with nothing but the standard library."""

import base64
import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Down": "\ue015",
    "Up": "\ue013",
    "Right": "\ue014",
    "Left": "\ue012",
    "Home": "\ue011",
    "End": "\ue010",
    "Shift": "\ue008",
    "Backspace": "\ue003",
}


class Failed(Exception):
    """The browser could not do it."""


class Browser:
    def __init__(self, timeout=30):
        self.stack, self.session, self.timeout = contextlib.ExitStack(), None, timeout
        try:
            self.begin()
        except BaseException:
            self.stack.close()
            raise

    def begin(self):
        self.profile = self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        driver = shutil.which("chromedriver")
        if not driver:
            raise SystemExit("There is no chromedriver: Scripts/install-packages chromium chromium-driver")
        self.process = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.stack.callback(self.end_driver)
        self.port = next(
            int(found[1]) for line in self.process.stdout if (found := re.search(r"successfully on port (\d+)", line))
        )
        arguments = [
            "--headless=new",
            f"--user-data-dir={self.profile}",
            "--window-size=1440,900",
            "--autoplay-policy=no-user-gesture-required",
            "--mute-audio",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--disable-sync",
            "--hide-scrollbars",
            "--disable-gpu",
        ]
        if os.geteuid() == 0:
            arguments += ["--no-sandbox"]
        options = {"args": arguments, "perfLoggingPrefs": {"enableNetwork": True, "enablePage": False}}
        answer = self.call(
            "POST",
            "/session",
            {
                "capabilities": {
                    "alwaysMatch": {
                        "browserName": "chrome",
                        "goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
                        "timeouts": {"script": self.timeout * 1000, "pageLoad": self.timeout * 1000},
                    }
                }
            },
        )
        self.session = answer["sessionId"]

    def end_driver(self):
        self.process.terminate()
        self.process.wait(10)

    def close(self):
        with contextlib.suppress(Exception):
            self.ask("DELETE", "")
        self.stack.close()

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            connection.request(
                method, path, None if method == "GET" else json.dumps(body or {}), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        if response.status >= 400:
            raise Failed(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def ask(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """What a script returns; `arguments` are those of a function."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, what, condition, *arguments, timeout=None):
        """Waits until a JavaScript expression is true, and returns its value."""
        script = """
            const done = arguments[arguments.length - 1], limit = arguments[arguments.length - 2], given = Array.from(arguments).slice(0, -2);
            const test = new Function(...given.map((_, index) => "$" + index), "return (" + %s + ")");
            const until = Date.now() + limit;
            (function look() {
                let value = null;
                try { value = test(...given); } catch (error) { value = null; }
                if (value || Date.now() > until) done(value || false); else setTimeout(look, 40);
            })();"""
        limit = (timeout or self.timeout - 5) * 1000
        value = self.ask(
            "POST", "/execute/async", {"script": script % json.dumps(condition), "args": [*arguments, limit]}
        )
        if not value:
            raise Failed(f"{what}: did not happen ({condition})")
        return value

    def settle(self):
        """Waits until what was changed is drawn."""
        self.ask(
            "POST",
            "/execute/async",
            {
                "script": "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));",
                "args": [],
            },
        )

    def find(self, css):
        return self.ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self.ask("POST", f"/element/{self.find(css)}/click")

    def type(self, css, text):
        self.ask("POST", f"/element/{self.find(css)}/value", {"text": text})

    def press(self, *keys):
        """Presses keys one after the other; `Shift+Tab` holds the first."""
        actions = []
        for key in keys:
            parts = [KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]
            actions += [{"type": "keyDown", "value": part} for part in parts]
            actions += [{"type": "keyUp", "value": part} for part in reversed(parts)]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def devtools(self, command, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def emulate(self, width, height, scheme):
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        self.devtools(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ],
        )

    def picture(self, path):
        data = self.devtools("Page.captureScreenshot", format="png", optimizeForSpeed=False)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def logs(self, kind):
        """What was logged since the last call: `browser` or `performance`."""
        return self.ask("POST", "/se/log", {"type": kind})
