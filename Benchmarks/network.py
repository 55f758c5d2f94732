"""A star of network namespaces: a hub without limits, and nodes whose links carry so much each way and no more."""

import subprocess

HUB = "10.77.0.1"
# A queue that TCP can fill without losing much, and a burst of a hundredth of a second: small beside a transfer.
QUEUE = "50ms"
BURST = "128kb"


def _run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


def congestion_control():
    """What TCP uses in new namespaces: this machine's."""
    with open("/proc/sys/net/ipv4/tcp_congestion_control") as file:
        return file.read().strip()


class Node:
    def __init__(self, number):
        self.name, self.address = f"node{number}", f"10.77.0.{10 + number}"

    @property
    def inside(self):
        """What precedes a command that is to run there."""
        return ["nsenter", f"--net=/run/netns/{self.name}", "--"]


class Network:
    """To be entered where nobody else's network is: the hub is the namespace of this very process."""

    def __init__(self):
        self.nodes = []

    def __enter__(self):
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "hub", "type", "bridge", "stp_state", "0")
        _run("ip", "address", "add", f"{HUB}/24", "dev", "hub")
        _run("ip", "link", "set", "hub", "up")
        return self

    def __exit__(self, *problem):
        for node in self.nodes:
            _run("ip", "netns", "delete", node.name)
        _run("ip", "link", "delete", "hub")

    def node(self, megabits):
        """A new node; what it sends is limited at its own end of the link, what it gets at the hub's."""
        node = Node(len(self.nodes))
        _run("ip", "netns", "add", node.name)
        self.nodes.append(node)
        _run("ip", "link", "add", node.name, "type", "veth", "peer", "name", "uplink", "netns", node.name)
        _run("ip", "link", "set", node.name, "master", "hub", "up")
        _run(*node.inside, "ip", "address", "add", f"{node.address}/24", "dev", "uplink")
        for device in ("lo", "uplink"):
            _run(*node.inside, "ip", "link", "set", device, "up")
        limit = ("root", "tbf", "rate", f"{megabits}mbit", "burst", BURST, "latency", QUEUE)
        _run("tc", "qdisc", "add", "dev", node.name, *limit)
        _run(*node.inside, "tc", "qdisc", "add", "dev", "uplink", *limit)
        return node
