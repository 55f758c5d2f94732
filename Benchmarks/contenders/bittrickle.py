"""A server, a member who has published the file, and one who fetches it."""

import os
import re
import subprocess
import time

from measure import Cost

from . import Running

NAME = "BitTrickle"


class Contender(Running):
    def begin(self, start):
        with open(os.path.join(self.place, "credentials.txt"), "w") as credentials:
            credentials.write("hans a\nvader b\n")
        self.errors = self.stack.enter_context(open(os.path.join(self.place, "errors"), "w"))
        server = start(
            [f"{self.programs}/bittrickle-server", "0", "--host", "127.0.0.1"], cwd=self.place, text=True,
            stdout=subprocess.PIPE, stderr=self.errors)
        for line in server.stdout:
            if found := re.search(r"127\.0\.0\.1:([0-9]+)", line):
                port = found.group(1)
                break
        self.sender = self._client(start, "hans", "a", port)
        self.receiver = self._client(start, "vader", "b", port)
        self._ask(self.sender, f'pub "{self.source}"', "File published successfully")

    def _client(self, start, name, password, port):
        folder = os.path.join(self.place, name)
        os.makedirs(folder)
        environment = dict(os.environ, XDG_STATE_HOME=folder + "-state")
        client = start(
            [f"{self.programs}/bittrickle", f"127.0.0.1:{port}"], cwd=folder, env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        client.stdin.write(f"{name}\n{password}\n")
        for line in client.stdout:
            if line.startswith("Available commands"):
                return client
        raise RuntimeError(f"{name} could not sign in")

    def _ask(self, client, command, answer):
        client.stdin.write(command + "\n")
        line = client.stdout.readline().rstrip("\n")
        if line != answer:
            raise RuntimeError(f"{command}: {line!r} instead of {answer!r}")

    def fetch(self, target):
        name = os.path.basename(self.source)
        cost = Cost(self.sender.pid, self.receiver.pid)
        began = time.monotonic()
        self._ask(self.receiver, f'get {name} --output "{target}"', f"{name} downloaded successfully")
        return time.monotonic() - began, *cost.taken()
