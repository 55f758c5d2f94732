"""What is in the way: always the same, but for whom is asked about."""

import time

from mock_api.routes import ROUTES
from mock_node import Refusal

# As long as it takes to be seen that something goes on.
PAUSE = 0.6


def finding(code, severity, sentence, remedy=None, milliseconds=None):
    made = {"code": code, "severity": severity, "sentence": sentence}
    return made | ({"remedy": remedy} if remedy else {}) | ({} if milliseconds is None else {"milliseconds": milliseconds})


CONNECTION = [
    finding("disk-ok", "ok", "/home/ann/Downloads can be written to, and has 81920 MiB free."),
    finding("udp-ok", "ok", "UDP passes to the server, 12 ms there and back, nothing lost.", milliseconds=12),
    finding("pin-ok", "ok", "The server's key is that of the network 3f9c1d7ae04b5268…."),
    finding(
        "nat-symmetric",
        "note",
        "A router gives each connection another port outside (198.51.100.20:40112 is one): members behind a strict one "
        "are reached by a relay only.",
        "Let the router map ports (UPnP, NAT-PMP or PCP), or forward one: bittrickle config port 6881",
    ),
]


def ways(member, peers):
    if member not in peers:
        return [
            finding(
                "member-away",
                "problem",
                f"{member} is not online.",
                "Ask for bittrickle to be started there; bittrickle peers lists who is online.",
            )
        ]
    if member == "dmitri":
        return [
            finding(
                "way-shut", "note", "Does not work: dmitri dialled at 203.0.113.9:6881: nothing came back.", milliseconds=5000
            ),
            finding(
                "member-unreachable",
                "problem",
                "No way leads to dmitri: every one was tried, from both ends where he answered.",
                "Open a port at either end (bittrickle config port NUMBER), or have the server run with --relay PORT.",
            ),
        ]
    return [finding("member-direct", "ok", f"{member} is reached directly: {member} dialled, in 31 ms.", milliseconds=31)]


@ROUTES("POST", "examinations")
def _(handler, node, path, query, body):
    time.sleep(PAUSE)
    member = body.get("member")
    if member == "nobody at all":
        raise Refusal(503, {"nodeAway": {}})
    findings = CONNECTION + (ways(member, node.peers) if member else [])
    return {"server": node.status["server"], "findings": findings, "milliseconds": 600} | ({"member": member} if member else {})
