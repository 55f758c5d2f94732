"""Memory that is ready when a contender asks for it.

The host of a virtual machine may take back what is free in it, and brings it again, at seconds a GiB, when somebody
touches it. Which contender would pay for that is chance. So before each run all that it may need is touched and freed.
"""

import mmap

GIB = 1 << 30


def make_ready(size=6 * GIB):
    """Takes seconds where the host had taken it back; for some seconds after it is there for whoever asks first."""
    with open("/proc/meminfo") as information:
        free = next(int(line.split()[1]) << 10 for line in information if line.startswith("MemFree"))
    size = min(size, free * 3 // 4)
    if size > 0:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()
