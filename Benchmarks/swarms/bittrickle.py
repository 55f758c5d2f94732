"""A server on the hub, a member on each node; holders publish, leechers `get`."""

import os

from network import HUB
from shell import Client, serve

from . import Leecher, Swarm


class Member(Leecher):
    def __init__(self, client, name):
        super().__init__(os.path.join(client.folder, "copy"))
        self.client, self.process, self.name = client, client.process, name

    def fetch(self):
        self.client.get(self.name, self.copy)


class Engine(Swarm):
    NAME = "BitTrickle"

    def begin(self, start):
        self.start = start
        members = [node.name for node in self.nodes]
        self.server = HUB, serve(start, self.programs, self.place, members, HUB)

    def hold(self, node, path):
        self._client(node).publish(path)

    def leecher(self, node):
        return Member(self._client(node), os.path.basename(self.source))

    def _client(self, node):
        return Client(self.start, self.programs, self.place, node.name, self.server, node.inside)
