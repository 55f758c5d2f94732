"""A place of its own for a program: network, processes and mounts, which the kernel takes away however it ends."""

import os
import signal
import subprocess
import sys

MARK = "BITTRICKLE_BENCH_ISOLATED"
SCRATCH = "/run/bench"


def enter(reason):
    """Returns once the program runs isolated, with a tmpfs at `SCRATCH`. The call in the outer program never returns:
    it runs the program once more, in new namespaces, and ends as that ends. Needs root; says so with the reason.
    """
    if os.environ.pop(MARK, None):
        subprocess.run(["mount", "-t", "tmpfs", "bench", "/run"], check=True)
        os.mkdir(SCRATCH, 0o700)
        return
    if os.geteuid() != 0:
        sys.exit(f"{os.path.basename(sys.argv[0])}: needs root, {reason}; run it with sudo")
    # The first process inside dies with unshare and unshare with us, even when we are killed: and with that first
    # process go all others, then the networks and mounts.
    command = [
        "setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL",
        "--mount-proc", sys.executable, *sys.argv,
    ]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    inner = subprocess.Popen(command, env={**os.environ, MARK: "1"}, start_new_session=True)
    try:
        status = inner.wait()
    finally:
        inner.kill()
        inner.wait()
    sys.exit(status if status >= 0 else 128 - status)
