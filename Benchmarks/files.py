"""The files that are moved: random bytes, and what tells whether they arrived."""

import hashlib
import mmap
import os

BLOCK = 16 << 10


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_random(path, size):
    with open(path, "wb") as file:
        while size > 0:
            size -= file.write(os.urandom(min(size, 16 << 20)))


def write_tree(path, count, size):
    """So many files of so many bytes, a thousand in a folder."""
    for number in range(count):
        folder = os.path.join(path, f"{number // 1000:04d}")
        if number % 1000 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"{number % 1000:04d}.bin"), "wb") as file:
            file.write(os.urandom(size))


def tree_digest(path):
    """Of the names and bytes of all files below."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(folder, name)
            found.update(f"{os.path.relpath(full, path)}\0{digest(full)}\n".encode())
    return found.hexdigest()


class Undermined:
    """A file on tmpfs that whoever hashes it now will later serve with other bytes, without noticing.

    The pages are mapped for writing before anybody looks; a later write through the map touches neither size nor times.
    """

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE)
        self.path = path
        self.stamp = self._stamp()

    def spoil(self):
        """From now on every block of 16 KiB is wrong."""
        for offset in range(0, len(self.map), BLOCK):
            self.map[offset] ^= 0xFF
        if self._stamp() != self.stamp:
            raise RuntimeError(f"{self.path}: its times tell that it was changed; is it on tmpfs?")

    def _stamp(self):
        found = os.stat(self.path)
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns
