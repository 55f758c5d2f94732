"""A server, members who have published the file, usually one, and one who fetches it."""

import os
import time

from measure import Cost
from shell import Client, serve

from . import Running

NAME = "BitTrickle"
HOST = "127.0.0.1"


class Contender(Running):
    def __init__(self, name, source, scratch, programs, senders=1):
        super().__init__(name, source, scratch, programs)
        self.names = [f"hans{number}" for number in range(senders)]

    def begin(self, start):
        server = HOST, serve(start, self.programs, self.place, [*self.names, "vader"], HOST)
        self.senders = [Client(start, self.programs, self.place, name, server) for name in self.names]
        self.receiver = Client(start, self.programs, self.place, "vader", server)
        for sender in self.senders:
            sender.publish(self.source)

    def fetch(self, target):
        cost = Cost(*(client.process.pid for client in [*self.senders, self.receiver]))
        began = time.monotonic()
        self.receiver.get(os.path.basename(self.source), target)
        return time.monotonic() - began, *cost.taken()
