"""Each engine brings one file to many nodes of a network."""

from contenders import Running


class Leecher:
    """A node that is ready to fetch the file to `copy`."""

    process = None

    def __init__(self, copy):
        self.copy = copy

    def fetch(self):
        """Returns when the copy is whole and verified; throws where it will never be."""
        raise NotImplementedError

    def ended(self):
        """The error that the program of the node has ended, with its exit code or the signal."""
        return RuntimeError(f"a leecher ended with {self.process.wait(10)} before it was done")

    def leave(self):
        """As a user would have it leave: the program ends and cleans up as it can."""
        self.process.terminate()

    def give_up(self):
        """Makes `fetch` throw, wherever it is."""
        if self.process:
            self.process.kill()


class Swarm(Running):
    """An engine at work on the nodes of a network: a context manager.

    What `hold` and `leecher` do is not counted: programs start, hash and sign in there.
    """

    NAME = None

    def __init__(self, source, scratch, programs, nodes):
        super().__init__(self.NAME, source, scratch, programs)
        self.nodes = nodes

    def hold(self, node, path):
        """Has the node offer the file at `path`, a copy of the source with the same name."""
        raise NotImplementedError

    def leecher(self, node):
        """The leecher of the node."""
        raise NotImplementedError
