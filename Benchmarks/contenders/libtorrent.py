"""libtorrent 2.0.8 to itself: a v2 torrent, unencrypted, a process for each end."""

import os
import subprocess
import time

import torrents
from measure import Cost
from patience import within_patience

from . import Running

NAME = "libtorrent"
PYTHON = "/usr/bin/python3"


class Contender(Running):
    def begin(self, start):
        torrent = os.path.join(self.place, "file.torrent")
        torrents.make(self.source, torrent, torrents.V2)
        folder = os.path.dirname(self.source)
        end = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ends", "fetch_by_libtorrent.py")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self.sender = start([PYTHON, end, torrent, "seed", folder], **pipes)
        self.receiver = start([PYTHON, end, torrent, "fetch"], **pipes)
        self.port = self._line(self.sender)
        self._line(self.receiver)

    def _line(self, end):
        with within_patience(end):
            line = end.stdout.readline()
        if not line:
            raise RuntimeError("libtorrent ended early")
        return line.rstrip("\n")

    def fetch(self, target):
        folder = target + ".folder"
        os.makedirs(folder)
        cost = Cost(self.sender.pid, self.receiver.pid)
        began = time.monotonic()
        self.receiver.stdin.write(f"{self.port} {folder}\n")
        if self._line(self.receiver) != "done":
            raise RuntimeError("libtorrent did not finish")
        taken = time.monotonic() - began, *cost.taken()
        os.rename(os.path.join(folder, os.path.basename(self.source)), target)
        os.rmdir(folder)
        return taken
