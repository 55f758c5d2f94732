"""A PostgreSQL 15 of a benchmark's own (Debian's package): on a Unix socket in a folder, gone with it. As root it runs as nobody, as it
refuses root."""

import contextlib
import os
import pwd
import re
import subprocess

PROGRAMS = "/usr/lib/postgresql/15/bin"
SETTINGS = ["listen_addresses=", "max_connections=50", "shared_buffers=512MB", "max_wal_size=4GB", "work_mem=32MB"]


def line(program, *words):
    front = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return [*front, os.path.join(PROGRAMS, program), *words]


class Server:
    def __init__(self, folder):
        self.folder = folder

    def run(self, program, *words, feed=None):
        done = subprocess.run(
            line(program, *words), check=True, text=True, cwd=self.folder, input=feed, stdout=subprocess.PIPE)
        return done.stdout

    def address(self, database):
        return f"postgres://bench@/{database}?host={self.folder}"

    def make(self, database):
        self.run("createdb", "--host", self.folder, "--username", "bench", database)
        return self.address(database)

    def query(self, database, statements):
        words = ["--host", self.folder, "--username", "bench", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        return self.run("psql", *words, "--set", "ON_ERROR_STOP=1", "--dbname", database, feed=statements)

    def times(self, database, statements):
        """Milliseconds that each of some statements took."""
        said = self.query(database, "\\timing on\n" + "\n".join(statements) + "\n")
        return [float(time) for time in re.findall(r"^Time: ([0-9.]+) ms", said, re.MULTILINE)]


@contextlib.contextmanager
def running(folder):
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, -1)
    server = Server(folder)
    data = os.path.join(folder, "data")
    server.run("initdb", "--pgdata", data, "--username", "bench", "--auth", "trust", "--encoding", "UTF8",
               "--locale", "C.UTF-8")
    options = " ".join(f"-c {setting}" for setting in [*SETTINGS, f"unix_socket_directories={folder}"])
    server.run("pg_ctl", "--pgdata", data, "--log", os.path.join(folder, "log"), "--wait", "--options", options,
               "start")
    try:
        yield server
    finally:
        server.run("pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")
