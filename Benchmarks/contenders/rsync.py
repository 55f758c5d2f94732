"""rsync from a daemon of its own, which encrypts and verifies nothing."""

import os
import subprocess

from . import Running
from .scp import await_port, free_port, timed

NAME = "rsync"


class Contender(Running):
    def begin(self, start):
        self.port = free_port()
        configuration = os.path.join(self.place, "rsyncd.conf")
        with open(configuration, "w") as file:
            file.write(
                f"port = {self.port}\naddress = 127.0.0.1\nuse chroot = no\n"
                f"uid = {os.getuid()}\ngid = {os.getgid()}\n"
                f"pid file = {self.place}/pid\nlog file = {self.place}/log\n"
                f"[files]\npath = {os.path.dirname(self.source)}\nread only = yes\n")
        self.server = start(["rsync", "--daemon", "--no-detach", "--config", configuration], stderr=subprocess.DEVNULL)
        await_port(self.port)

    def fetch(self, target):
        source = f"rsync://127.0.0.1:{self.port}/files/{os.path.basename(self.source)}/"
        return timed(["rsync", "-a", source, target], self.server.pid)
