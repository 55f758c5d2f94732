"""So that nobody waits for ever for a program that is stuck."""

import contextlib
import threading

# Seconds that a program may take to say what is waited for.
PATIENCE = 1800


@contextlib.contextmanager
def within_patience(process):
    """Kills a program that takes longer: reading from it comes to its end then."""
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
