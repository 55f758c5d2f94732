"""BitTrickle's two programs, driven as a script would."""

import os
import re
import subprocess


def serve(start, programs, place, members, host):
    """Starts a server for the members; its port and the network's fingerprint."""
    with open(os.path.join(place, "credentials.txt"), "w") as credentials:
        credentials.writelines(f"{member} secret-{member}\n" for member in members)
    with open(os.path.join(place, "errors"), "a") as errors:
        server = start(
            [f"{programs}/bittrickle-server", "0", "--host", host], cwd=place, text=True, stdout=subprocess.PIPE,
            stderr=errors)
    for line in server.stdout:
        if found := re.search(r":([0-9]+) --fingerprint ([0-9a-f]+)", line):
            return found.groups()
    raise RuntimeError("the server did not start")


class Client:
    """A member who has signed in, in a folder of the same name below `place`.

    `inside` precedes the command: what runs it elsewhere, such as in a network namespace.
    """

    def __init__(self, start, programs, place, member, server, inside=()):
        host, (port, fingerprint) = server
        self.folder = os.path.join(place, member)
        os.makedirs(self.folder, exist_ok=True)
        command = [*inside, f"{programs}/bittrickle", f"{host}:{port}", "--fingerprint", fingerprint]
        with open(os.path.join(place, "errors"), "a") as errors:
            self.process = start(
                command, cwd=self.folder, env=dict(os.environ, XDG_STATE_HOME=self.folder + "-state"), text=True,
                bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        self.process.stdin.write(f"{member}\nsecret-{member}\n")
        for line in self.process.stdout:
            if line.startswith("Available commands"):
                return
        raise RuntimeError(f"{member} could not sign in")

    def ask(self, command, answer):
        self.process.stdin.write(command + "\n")
        line = self.process.stdout.readline().rstrip("\n")
        if line != answer:
            raise RuntimeError(f"{command}: {line!r} instead of {answer!r}")

    def publish(self, path):
        self.ask(f'pub "{path}"', "File published successfully")

    def publish_folder(self, path):
        self.ask(f'pub "{path}"', "Folder published successfully")

    def get(self, name, target):
        self.ask(f'get {name} --output "{target}"', f"{name} downloaded successfully")
