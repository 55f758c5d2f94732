"""What the mock's network holds: always the same, and nothing that exists."""

import hashlib
import random
import time

LINK = "bittrickle://192.0.2.10:12000/3f9c1d7ae04b52688c19b7f0a2d5e6433f9c1d7ae04b52688c19b7f0a2d5e643/7d1e09c4a8b25f63"
GIB, MIB = 1 << 30, 1 << 20
WEEK = 604_800_000

HENRIK = [{"name": "henrik", "isOnline": False, "since": 1_790_000_000_000}]
READERS = ["ann", "bob", "carla", "dmitri", "emma", "farid", "greta", "choir", "family"]

NAMES = [
    ("harbour-at-dawn.webm", 1.31 * GIB, "bob carla dmitri"),
    ("Field recordings 2025", 4.2 * GIB, "carla", True),
    ("choir-rehearsal-03.flac", 212 * MIB, "emma"),
    ("Lecture notes, winter term", 640 * MIB, "bob farid", True),
    ("lecture-07-graphs.mp4", 880 * MIB, "bob farid"),
    ("lecture-08-flows.mp4", 912 * MIB, "bob"),
    ("open-street-extract.tar.zst", 18.6 * GIB, "dmitri bob carla emma"),
    ("garden-plan.pdf", 3.1 * MIB, "emma"),
    ("sunflowers.jpg", 5.4 * MIB, "emma carla"),
    ("debian-mirror-snapshot.iso", 3.7 * GIB, "dmitri farid"),
    ("thesis-final.pdf", 2.2 * MIB, "farid"),
    ("thesis-final.pdf", 2.4 * MIB, "carla"),
    ("family-archive-1974.zip", 7.9 * GIB, "greta"),
    ("night-train.ogg", 9.8 * MIB, "carla bob"),
    ("Model railway drawings", 310 * MIB, "greta", True),
    ("survey-2026-raw.csv", None, "emma"),
    ("Holiday pictures", None, "emma", True),
    ("Holiday pictures/Islands", None, "emma", True),
    ("Holiday pictures/Islands/lighthouse.jpg", 4.1 * MIB, "emma"),
    ("Holiday pictures/Islands/ferry.jpg", 3.8 * MIB, "emma"),
    ("weather-station-log.csv", 48 * MIB, "dmitri"),
    ("bread-course.mkv", 2.4 * GIB, "greta emma"),
]


def root(text):
    return hashlib.sha256(text.encode()).hexdigest()


def listing(name, size, owners, is_folder=False):
    made = {"name": name, "isFolder": is_folder, "owners": owners.split()}
    if size is not None:
        made |= {"size": int(size), "root": root(f"{name} {size}")}
    made["isLocked"] = name.startswith("family")
    made["isRestricted"] = name.startswith("choir")
    if made["isLocked"]:
        # Of what is locked the name is known.
        del made["size"], made["root"]
    return made


def audience(readers=None, is_listed=False):
    """For everybody, where nothing is said."""
    if readers is None:
        return {"isEverybody": True, "readers": [], "isListed": True}
    return {"isEverybody": False, "readers": readers, "isListed": is_listed}


def own(name, size=None, is_folder=False, audience=audience(), **more):
    return {"name": name, "isFolder": is_folder, "audience": audience, **more} | (
        {} if size is None else {"size": int(size)}
    )


def share(path, count, unhashed=0, left=0, is_away=False, audience=None):
    return {
        "path": path,
        "fileCount": count,
        "unhashedCount": unhashed,
        "bytesToHash": int(left),
        "isAway": is_away,
        "audience": audience or globals()["audience"](),
    }


def ask(number, member, name, state="open", hours=0):
    time_asked = int(time.time() * 1000) - hours * 3_600_000
    return {"id": number, "member": member, "name": name, "time": time_asked, "state": state}


def transfer(number, name, state, done, total, sources=0, **more):
    return {
        "number": number,
        "name": name,
        "path": f"/home/ann/Downloads/{name}",
        "state": state,
        "priority": 0,
        "done": int(done * total),
        "total": int(total),
        "sources": sources,
        "paths": ["direct", "relayed"][:sources],
        "missed": [],
        **more,
    }


def account(name, role="member", standing="invited", **more):
    return {"name": name, "role": role, "standing": standing, "isOnline": True, "publicationCount": 12, **more}


# What settings are by themselves.
STANDARDS = {
    "up": "none",
    "down": "none",
    "slots": "64",
    "active": "3",
    "hand-on": "on",
    "downloads": "/home/ann/Downloads",
    "port": "0",
    "map-port": "on",
    "web-port": "0",
    "notify": "on",
    "search-interval": "60",
}


def state():
    now = int(time.time() * 1000)
    return {
        "status": {
            "member": "ann",
            "server": "share.example.org:12000",
            "fingerprint": root("network"),
            "version": "1.0.0",
            "isServerThere": True,
            "port": 35485,
            "role": "admin",
            "upMilliseconds": 5_400_000,
            "downloads": "/home/ann/Downloads",
        },
        "peers": ["bob", "carla", "dmitri", "emma", "farid", "greta"],
        "listings": [listing(*each) for each in NAMES],
        "speeds": {1: 34e6, 2: 11e6},
        "transfers": [
            transfer(1, "open-street-extract.tar.zst", {"active": {}}, 0.412, 18.6 * GIB, 3),
            transfer(2, "bread-course.mkv", {"active": {}}, 0.137, 2.4 * GIB, 2),
            transfer(
                3, "debian-mirror-snapshot.iso", {"waiting": {}}, 0.63, 3.7 * GIB,
                missed=["dmitri", "farid"], waitsFor=["dmitri", "farid", "henrik"],
            ),
            transfer(4, "lecture-07-graphs.mp4", {"paused": {}}, 0.25, 880 * MIB),
            transfer(
                5,
                "garden-plan.pdf",
                {"failed": {"_0": {"targetExists": {"path": "/home/ann/Downloads/garden-plan.pdf"}}}},
                0,
                3.1 * MIB,
            ),
            transfer(
                7, "survey-2025.csv", {"failed": {"_0": {"notFound": {"name": "survey-2025.csv", "absent": HENRIK}}}}, 0, 8 * MIB
            ),
            transfer(6, "night-train.ogg", {"finished": {}}, 1, 9.8 * MIB),
        ],
        "published": [
            own("allotment-film.webm", 740 * MIB, root=root("a")),
            own("Cello practice", 1.9 * GIB, is_folder=True, audience=audience(["choir"], True), root=root("b")),
            own("recipes.epub", 6.3 * MIB, root=root("c"), audience=audience(["bob", "family"])),
            own("scan-0412.jpg"),
        ],
        "shares": [
            share("/home/ann/Music", 4812),
            share("/home/ann/Pictures/2026", 913, 208, 3.4 * GIB, audience=audience(["family"])),
            share("/media/ann/Archive", 22040, is_away=True),
        ],
        "asks": [ask(1, "farid", "Cello practice")],
        "own_asks": [
            ask(2, "emma", "choir-rehearsal-03.flac", "granted", hours=3),
            ask(3, "dmitri", "observatory-log.csv", "refused", hours=9),
        ],
        # Its daemon was told where downloads go.
        "settings": [
            {"key": key, "value": value, "source": "commandLine" if key == "downloads" else "standard"}
            for key, value in STANDARDS.items()
        ],
        "searches": [{"name": "cello", "text": "cello", "newCount": 2, "lastRun": now, "isComplete": True}],
        "matches": [],
        "blocked": [],
        "devices": [
            {"id": "d1", "label": "desk", "isThis": True, "isOnline": True, "lastSignIn": now, "expires": now + WEEK},
            {
                "id": "d2",
                "label": "laptop",
                "isThis": False,
                "isOnline": False,
                "lastSignIn": now - 7_200_000,
                "expires": now + WEEK,
            },
        ],
        "invites": [{"id": 3, "role": "member", "usesLeft": 4, "expires": now + 500_000_000}],
        "users": [
            account("ann", "admin"),
            account("bob"),
            account("carla", "admin"),
            account("henrik", standing="disabled", isOnline=False, lastSeen=now - 2 * WEEK),
            account("ines", standing="filed"),
        ],
        "groups": {"choir": ["bob", "emma"], "family": ["greta"]},
        "sessions": [
            {
                "member": "ann",
                "device": "desk",
                "address": "192.0.2.20:40112",
                "since": now - 5_400_000,
                "lastHeard": now,
            },
            {
                "member": "bob",
                "device": "study",
                "address": "198.51.100.4:51820",
                "since": now - 9_000_000,
                "lastHeard": now,
            },
        ],
    }


def pattern(text, side=37):
    """Rows that look like a QR code, which nobody can read."""
    chance = random.Random(text)
    rows = [[chance.random() < 0.5 for _ in range(side)] for _ in range(side)]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < side and 0 <= left + x < side:
                    ring = max(abs(y - 3), abs(x - 3))
                    rows[top + y][left + x] = ring in (0, 1, 3)
    return ["".join("1" if each else "0" for each in row) for row in rows]


def speeds():
    """Two minutes of speed, in bytes a second: a graph that just begins shows little."""
    chance, speed, made = random.Random("speeds"), 0.0, []
    for second in range(120):
        aim = 12e6 if second < 30 else 46e6 if second < 88 else 43e6
        speed += (aim - speed) * 0.25 + chance.uniform(-3e6, 3e6)
        made.append(max(0, speed) if second > 6 else 0)
    return made
