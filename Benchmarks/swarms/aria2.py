"""aria2 on each node: a v1 torrent, unencrypted, with a tracker on the hub."""

import os
import subprocess

import torrents
from network import HUB
from tracker import Tracker

from . import Leecher, Swarm

OPTIONS = [
    "--no-conf", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false",
    "--listen-port=6881", "--file-allocation=none", "--seed-ratio=0.0", "--summary-interval=0",
    # Nothing on standard output but what the command of this event writes: the path among other words.
    "--quiet", "--on-bt-download-complete=/bin/echo",
    # By default it looks for further peers only while a download is slower than 50 KiB/s.
    "--bt-request-peer-speed-limit=100M",
]


class Program(Leecher):
    def __init__(self, folder, name, run):
        super().__init__(os.path.join(folder, name))
        self.run, self.folder = run, folder

    def fetch(self):
        self.process = self.run(self.folder)
        for line in self.process.stdout:
            if self.copy in line:
                return
        raise self.ended()


class Engine(Swarm):
    NAME = "aria2"

    def begin(self, start):
        self.start = start
        self.tracker = self.stack.enter_context(Tracker(HUB))
        self.torrent = os.path.join(self.place, "file.torrent")
        torrents.make(self.source, self.torrent, torrents.V1, tracker=self.tracker.url)

    def hold(self, node, path):
        self._run(node, os.path.dirname(path), "--check-integrity=true")
        self.tracker.await_holder(node.address, 30)

    def leecher(self, node):
        folder = os.path.join(self.place, node.name)
        os.mkdir(folder)
        return Program(folder, os.path.basename(self.source), lambda folder: self._run(node, folder))

    def _run(self, node, folder, *options):
        with open(self.errors, "a") as errors:
            return self.start(
                [*node.inside, "aria2c", *OPTIONS, *options, f"--dir={folder}", self.torrent], text=True,
                stdout=subprocess.PIPE, stderr=errors)
