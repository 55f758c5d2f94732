"""Each contender takes one file from one process to another over loopback.

A contender is a context manager. `fetch(target)` returns (wall seconds, processor seconds of both ends, the larger
peak of either end in MiB or None), with the copy under `target`; what precedes a transfer is not counted.
"""

import contextlib
import subprocess


@contextlib.contextmanager
def processes():
    """Ends what was started, by id, whatever happens."""
    started = []

    def start(command, **options):
        process = subprocess.Popen(command, **options)
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()
