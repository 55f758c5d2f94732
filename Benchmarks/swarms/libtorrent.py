"""libtorrent 2.0.8 on each node: a v1 torrent, unencrypted; everybody knows everybody's address.

A v2 torrent is as fast, but among liars 2.0.8 corrupts its heap with it, now and then, and aborts.
"""

import json
import os
import subprocess

import torrents
from contenders.libtorrent import PYTHON

from . import Leecher, Swarm

END = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ends", "swarm_by_libtorrent.py")


class End(Leecher):
    def __init__(self, process, copy):
        super().__init__(copy)
        self.process = process

    def fetch(self):
        self.process.stdin.write("fetch\n")
        if self.process.stdout.readline() != "whole\n":
            raise self.ended()


class Engine(Swarm):
    """As it comes, but without uTP and without what looks for peers elsewhere."""

    NAME = "libtorrent"
    SETTINGS = {}
    # In bytes; 0 leaves it to libtorrent.
    PIECE_LENGTH = 0

    def begin(self, start):
        self.start = start
        self.torrent = os.path.join(self.place, "file.torrent")
        torrents.make(self.source, self.torrent, torrents.V1, self.PIECE_LENGTH)

    def hold(self, node, path):
        self._end(node, os.path.dirname(path)).fetch()

    def leecher(self, node):
        folder = os.path.join(self.place, node.name)
        os.mkdir(folder)
        return self._end(node, folder)

    def _end(self, node, folder):
        others = [other.address for other in self.nodes if other is not node]
        with open(self.errors, "a") as errors:
            process = self.start(
                [
                    *node.inside, PYTHON, END, json.dumps(self.SETTINGS), self.torrent, folder, node.address, *others,
                ], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1)
        process.stdout.readline()
        return End(process, os.path.join(folder, os.path.basename(self.source)))


class Tuned(Engine):
    """With what made it fastest here of many settings: everybody is served, and queues are short, so that pieces spread
    before the seeder sends them again. Super-seeding made it slower.
    """

    NAME = "libtorrent tuned"
    SETTINGS = {
        "unchoke_slots_limit": -1, "request_queue_time": 1, "max_allowed_in_request_queue": 64,
        "send_buffer_watermark": 128 << 10, "piece_timeout": 5,
    }
    PIECE_LENGTH = 64 << 10
