"""A server, a member who has published the file, and one who fetches it."""

import os
import time

from measure import Cost
from shell import Client, serve

from . import Running

NAME = "BitTrickle"
HOST = "127.0.0.1"


class Contender(Running):
    def begin(self, start):
        server = HOST, serve(start, self.programs, self.place, ["hans", "vader"], HOST)
        self.sender = Client(start, self.programs, self.place, "hans", server)
        self.receiver = Client(start, self.programs, self.place, "vader", server)
        self.sender.publish(self.source)

    def fetch(self, target):
        cost = Cost(self.sender.process.pid, self.receiver.process.pid)
        began = time.monotonic()
        self.receiver.get(os.path.basename(self.source), target)
        return time.monotonic() - began, *cost.taken()
