"""A page of results: what it says of its origin, and where it is kept."""

import datetime
import os
import subprocess

RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")


def origin():
    """The date, the sources and the machine, as one sentence."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    commit = asked.stdout.strip() or "unknown"
    system = os.uname()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return (
        f"{datetime.date.today()}, sources {commit}, {system.sysname} {system.release} {system.machine}, "
        f"{os.cpu_count()} cores, {memory} GiB")


def version(package):
    """Of a Debian package."""
    asked = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(asked, capture_output=True, text=True).stdout or "unknown"


def keep(name, lines):
    os.makedirs(RESULTS, exist_ok=True)
    with open(os.path.join(RESULTS, name), "w") as file:
        file.write("\n".join(lines) + "\n")
