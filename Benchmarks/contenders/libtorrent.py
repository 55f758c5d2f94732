"""libtorrent 2.0.8 to itself: a v2 torrent, unencrypted, a process for each end."""

import os
import shutil
import subprocess
import time

from measure import Cost

from . import processes

NAME = "libtorrent"
PYTHON = "/usr/bin/python3"


class Contender:
    def __init__(self, source, scratch, programs):
        self.source = source
        self.place = os.path.join(scratch, "libtorrent")

    def __enter__(self):
        import libtorrent as lt

        os.makedirs(self.place)
        folder, name = os.path.split(self.source)
        files = lt.file_storage()
        files.add_file(name, os.path.getsize(self.source))
        made = lt.create_torrent(files, 0, lt.create_torrent.v2_only)
        lt.set_piece_hashes(made, folder)
        torrent = os.path.join(self.place, "file.torrent")
        with open(torrent, "wb") as out:
            out.write(lt.bencode(made.generate()))
        self.stack = processes()
        start = self.stack.__enter__()
        end = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ends", "fetch_by_libtorrent.py")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self.sender = start([PYTHON, end, torrent, "seed", folder], **pipes)
        self.receiver = start([PYTHON, end, torrent, "fetch"], **pipes)
        self.port = self.sender.stdout.readline().strip()
        self.receiver.stdout.readline()
        return self

    def __exit__(self, *problem):
        self.stack.__exit__(*problem)
        shutil.rmtree(self.place)

    def fetch(self, target):
        folder = target + ".folder"
        os.makedirs(folder)
        cost = Cost(self.sender.pid, self.receiver.pid)
        began = time.monotonic()
        self.receiver.stdin.write(f"{self.port} {folder}\n")
        if self.receiver.stdout.readline() != "done\n":
            raise RuntimeError("libtorrent did not finish")
        taken = time.monotonic() - began, *cost.taken()
        os.rename(os.path.join(folder, os.path.basename(self.source)), target)
        os.rmdir(folder)
        return taken
