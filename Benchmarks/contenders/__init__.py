"""Each contender takes one file from one process to another over loopback."""

import contextlib
import os
import shutil
import subprocess
import sys


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


class Running:
    """A contender that runs: a context manager, with a folder of its own that goes with it.

    `fetch(target)` returns (wall seconds, processor seconds of both ends, the larger peak of either end in MiB or None),
    with the copy under `target`; what precedes a transfer is not counted.
    """

    def __init__(self, name, source, scratch, programs):
        self.source, self.programs = source, programs
        self.place = os.path.join(scratch, name)
        self.errors = os.path.join(self.place, "errors")

    def __enter__(self):
        os.makedirs(self.place, 0o700)
        with contextlib.ExitStack() as self.stack:
            self.stack.callback(shutil.rmtree, self.place)
            self.stack.push(self.explain)
            self.begin(self.stack.enter_context(processes()))
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *problem):
        return self.stack.__exit__(*problem)

    def explain(self, kind, *problem):
        """Where something failed, shows the end of what the programs wrote to `errors`."""
        if kind:
            with contextlib.suppress(FileNotFoundError), open(self.errors, errors="replace") as errors:
                sys.stderr.writelines(errors.readlines()[-10:])

    def begin(self, start):
        """Starts what is needed, each program with `start`, as `subprocess.Popen` would."""
        raise NotImplementedError
