"""What a process cost, read from /proc: seconds of processor, and the most memory that it ever had."""

import os

TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    """Of the process and of those children of it that have ended."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def reset_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as clear:
        clear.write("5")


def peak_mebibytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has ended")


class Cost:
    """The cost of processes that go on, from here to `taken()`."""

    def __init__(self, *pids):
        self.pids = pids
        self.before = 0.0
        for pid in pids:
            reset_peak(pid)
        self.before = sum(processor_seconds(pid) for pid in pids)

    def taken(self):
        """Processor seconds of all together, and the largest peak of one, in MiB."""
        seconds = sum(processor_seconds(pid) for pid in self.pids) - self.before
        return seconds, max(peak_mebibytes(pid) for pid in self.pids)
