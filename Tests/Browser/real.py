"""A server and two members' nodes, really running, as run.py sees them. Ann has the page; Bob publishes."""

import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Place:
    wanted, film, is_real = "harvest-notes.bin", "harbour-at-dawn.webm", True
    shared_folder, shared_files = "tide-tables", ("tide-tables/north/may.txt", "tide-tables/south.txt")
    # Joins by the invitation that is made on the page; not Bob, whom it would end to be disabled.
    newcomer = "carl"
    # What is built into a node later than others: the page asks for it, and does without.
    parts = ("asks", "shares", "devices", "admin/invites", "listings?q=", "peers/bob/publications")

    def __init__(self, programs):
        self.programs = os.path.abspath(programs)
        self.stack = contextlib.ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self.daemons, self.port = {}, 0

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()

    def build(self):
        data = self.path("data")
        server = self.run_on("bittrickle-server", "0", "--host", "127.0.0.1", "--data", data, home="server")
        self.join("ann", self.wait_for(server, r"(bittrickle://\S+)"))
        self.join("bob", self.invite(data))
        shared = self.path("bob-files")
        os.makedirs(shared)
        with open(os.path.join(shared, self.wanted), "wb") as file:
            file.write(os.urandom(48 << 20))
        shutil.copy(os.path.join(HERE, "film.webm"), os.path.join(shared, self.film))
        self.start_daemon("bob")
        for name in (self.wanted, self.film):
            self.once("bittrickle", "pub", os.path.join(shared, name), home="bob")
        for name, text in (("north/may.txt", "5 a.m."), ("south.txt", "6 a.m.")):
            path = os.path.join(shared, self.shared_folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        self.once("bittrickle", "share", os.path.join(shared, self.shared_folder), home="bob")
        self.start_daemon("ann")
        self.find_page()
        self.port = int(self.origin.rsplit(":", 1)[1])

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def environment(self, home):
        os.makedirs(self.path(home), exist_ok=True)
        return dict(
            os.environ, HOME=self.path(home), XDG_STATE_HOME=self.path(home, "state"), XDG_RUNTIME_DIR=self.path(home)
        )

    def run_on(self, program, *arguments, home):
        """A program that runs until the end."""
        process = subprocess.Popen(
            [os.path.join(self.programs, program), *arguments],
            cwd=self.folder,
            env=self.environment(home),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.stack.callback(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @staticmethod
    def wait_for(process, pattern):
        """The first group of a line that fits; what else the program says is read as long as it runs."""
        said = []
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            for line in process.stdout:
                said.append(line)
                if found := re.search(pattern, line):
                    threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
                    return found[1]
        finally:
            timer.cancel()
        raise RuntimeError(f"{process.args[0]} ended without {pattern!r}: {''.join(said)}")

    def once(self, program, *arguments, home, given=""):
        result = subprocess.run(
            [os.path.join(self.programs, program), *arguments],
            cwd=self.path(home),
            env=self.environment(home),
            input=given,
            text=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        if result.returncode:
            raise RuntimeError(f"{program} {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result.stdout

    def join(self, name, link):
        self.environment(name)
        self.once("bittrickle", "join", link, home=name, given=f"{name}\nsecret-{name}\n")

    def invite(self, data):
        return re.search(r"bittrickle://\S+", self.once("bittrickle-server", "invite", "--data", data, home="server"))[
            0
        ]

    def start_daemon(self, name):
        downloads = self.path(name, "Downloads")
        os.makedirs(downloads, exist_ok=True)
        port = ["--web-port", str(self.port)] if name == "ann" and self.port else []
        daemon = self.run_on("bittrickle", "daemon", "--downloads", downloads, *port, home=name)
        self.wait_for(daemon, rf"({name})")
        self.daemons[name] = daemon

    def find_page(self):
        self.address = self.once("bittrickle", "web", "--print", home="ann").split()[-1]
        self.origin, self.token = re.fullmatch(r"(http://[^/]+)/#token=(\w+)", self.address).groups()

    @property
    def expected_errors(self):
        return [f"/api/v1/{part}" for part in self.parts if not self.has(part)]

    # What checks ask

    def ask(self, path):
        connection = http.client.HTTPConnection(self.origin.removeprefix("http://"), timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
            response = connection.getresponse()
            is_json = response.getheader("Content-Type", "").startswith("application/json")
            return response.status, json.loads(response.read()) if is_json else {}

    def has(self, path):
        """Whether the node has this part of the API."""
        status, body = self.ask(path if path.startswith("/") else f"/api/v1/{path}")
        return status not in (403, 404, 405, 501) or ("failure" in body and "notAllowed" not in body["failure"])

    def stop(self):
        self.end(self.daemons["ann"])

    def start(self):
        self.start_daemon("ann")
        self.find_page()

    def setting(self, key):
        return next(each["value"] for each in self.ask("/api/v1/settings")[1]["settings"] if each["key"] == key)

    def requests(self):
        return []

    def has_arrived(self, name):
        return digest(self.path("ann", "Downloads", name)) == digest(self.path("bob-files", name))

    def has_arrived_below(self, folder):
        here, there = self.path("ann", "Downloads", folder), self.path("bob-files", folder)
        return not subprocess.run(["diff", "-r", here, there], capture_output=True).returncode

    def has_uploaded(self, name, content):
        for folder, _, files in os.walk(self.path("ann")):
            if name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    return file.read() == content
        return False

    def path_to_publish(self):
        path = self.path("ann", "allotment-winter.txt")
        with open(path, "w") as file:
            file.write("kale\n" * 10_000)
        return path

    def folder_to_share(self):
        path = self.path("ann", "Allotment")
        os.makedirs(path)
        for number in range(3):
            with open(os.path.join(path, f"bed-{number}.txt"), "w") as file:
                file.write(f"beans {number}\n" * 1_000)
        return path

    # For whom something is, and who asks

    def path_for_some(self):
        path = self.path("ann", "rota.txt")
        with open(path, "w") as file:
            file.write("Mondays: ann\n" * 500)
        return path

    def folder_for_some(self):
        path = self.path("ann", "Papers")
        os.makedirs(path)
        with open(os.path.join(path, "minutes.txt"), "w") as file:
            file.write("agreed\n" * 1_000)
        return path

    def path_to_lock(self):
        path = self.path("ann", "ledger.bin")
        with open(path, "wb") as file:
            file.write(os.urandom(5 << 20))
        return path

    def ask_for(self, name):
        """Bob may not have it, and asks."""
        self.once("bittrickle", "get", name, "--ask", home="bob")
        if os.path.exists(self.path("bob", name)):
            raise RuntimeError(f"{name} came although it is locked")

    def may_have(self, name):
        self.once("bittrickle", "get", name, home="bob")
        return digest(self.path("bob", name)) == digest(self.path("ann", name))

    def locked(self):
        name = "sealed-letters.bin"
        path = self.path("bob-files", name)
        with open(path, "wb") as file:
            file.write(os.urandom(5 << 20))
        self.once("bittrickle", "pub", path, "--locked", home="bob")
        return name

    def answer(self, name):
        """Bob allows what Ann asks for."""
        number = re.search(rf"^\s*(\d+)\s+ann\b.*{re.escape(name)}", self.once("bittrickle", "asks", home="bob"), re.M)[1]
        self.once("bittrickle", "approve", number, home="bob")

    def can_join(self, link):
        self.join(self.newcomer, link)
        return True
