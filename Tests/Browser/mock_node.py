"""A node that is none: what it has, and how that changes by a clock of its own."""

import base64
import hashlib
import json
import threading

import seed

TICK = 0.25


class Refusal(Exception):
    def __init__(self, status, failure=None):
        super().__init__(status)
        self.status, self.failure = status, failure


class Node:
    """What there is, and how it changes."""

    def __init__(self, **changes):
        self.lock = threading.RLock()
        self.readers = []
        self.__dict__.update(seed.state())
        self.__dict__.update(changes)
        self.is_translated = False
        self.uploads = {}
        self.verdicts = []
        self.requests = []
        self.ended = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while not self.ended.wait(TICK):
            self.advance(TICK)

    def advance(self, seconds):
        with self.lock:
            for transfer in self.transfers:
                if "active" not in transfer["state"]:
                    continue
                speed = self.speeds.get(transfer["number"], 20e6)
                # Seeded: no line is ever flat, and no two runs differ.
                speed *= 0.72 + 0.5 * (
                    int(hashlib.sha256(f"{transfer['number']} {transfer['done']}".encode()).hexdigest()[:4], 16) / 65535
                )
                speed = min(speed, transfer.get("downward") or speed)
                transfer["rate"], transfer["sources"] = speed, max(1, transfer["sources"])
                transfer["paths"] = ["direct", "relayed"][: transfer["sources"]]
                transfer["done"] = min(transfer["total"], int(transfer["done"] + speed * seconds))
                if transfer["done"] == transfer["total"]:
                    transfer["state"] = {"finished": {}}
                    transfer.pop("rate", None)
                    self.tell("notice", {"downloaded": {"name": transfer["name"], "path": transfer["path"]}})
            for share in self.shares:
                step = min(share["bytesToHash"], int(90e6 * seconds))
                share["bytesToHash"] -= step
                if not share["bytesToHash"]:
                    share["unhashedCount"] = 0
            self.tell("transfers", {"transfers": self.transfers})

    def tell(self, event, data):
        text = f"event: {event}\ndata: {json.dumps(data)}\n\n".encode()
        with self.lock:
            for reader in self.readers:
                if reader.qsize() < 100:
                    reader.put(text)

    def transfer(self, number):
        for transfer in self.transfers:
            if transfer["number"] == number:
                return transfer
        raise Refusal(404, {"noSuchTransfer": {"_0": str(number)}})

    def enqueue(self, request):
        name, _, root = request["name"].partition("#")
        top, _, rest = name.partition("/")
        name = "/".join([top.partition("@")[0], *([rest] if rest else [])])
        below = [each for each in self.listings if each["name"].startswith(f"{name}/") and not each["isFolder"]]
        if below:
            return [self.begin(each["name"], [each]) for each in below]
        found = [each for each in self.listings if each["name"] == name and each.get("root", "").startswith(root)]
        if not found:
            raise Refusal(404, {"notFound": {"name": name, "absent": []}})
        if len(found) > 1:
            choices = [{"size": each["size"], "root": each["root"], "owners": each["owners"]} for each in found]
            raise Refusal(409, {"ambiguous": {"name": name, "choices": choices}})
        return [self.begin(name, found)]

    def begin(self, name, found):
        transfer = {
            "number": max([each["number"] for each in self.transfers], default=0) + 1,
            "name": name,
            "path": f"/home/ann/Downloads/{name}",
            "state": {"active": {}},
            "priority": 0,
            "done": 0,
            "total": found[0]["size"],
            "sources": len(found[0]["owners"]),
            "paths": ["direct"],
            "missed": [],
        }
        self.transfers.append(transfer)
        return transfer

    def change(self, transfer, change):
        kind, values = next(iter(change.items()))
        if kind == "cancel":
            self.transfers.remove(transfer)
        elif kind in ("pause", "resume"):
            transfer["state"] = {"paused": {}} if kind == "pause" else {"active": {}}
            transfer.pop("rate", None)
        elif kind == "prioritise":
            transfer["priority"] = values["_0"]
        elif kind in ("moveToFront", "moveToBack"):
            self.transfers.remove(transfer)
            self.transfers.insert(0 if kind == "moveToFront" else len(self.transfers), transfer)
        elif kind == "limit":
            key = "downward" if values["_0"] == "down" else "upward"
            transfer.pop(key, None)
            if "_1" in values:
                transfer[key] = values["_1"]
        else:
            raise Refusal(400)
        return transfer

    def pieces(self, transfer):
        count = 480
        share = transfer["done"] / max(1, transfer["total"])

        def field(test):
            packed = bytearray((count + 7) // 8)
            for piece in range(count):
                if test(piece):
                    packed[piece >> 3] |= 0x80 >> (piece & 7)
            return base64.b64encode(bytes(packed)).decode()

        def chance(piece, salt):
            return hashlib.sha256(f"{salt} {piece} {transfer['number']}".encode()).digest()[0] / 256

        sources = [
            {"member": "bob", "path": "direct", "pieces": field(lambda piece: True)},
            {"member": "carla", "path": "relayed", "pieces": field(lambda piece: piece < 330)},
            {"member": "dmitri", "path": "punched", "pieces": field(lambda piece: chance(piece // 6, "d") < 0.6)},
        ]
        return {
            "pieceCount": count,
            "pieceLength": 1 << 20,
            "states": field(lambda piece: chance(piece // 3, "here") < share),
            "sources": sources if "active" in transfer["state"] else [],
        }

    def set(self, key, value, source):
        setting = next(each for each in self.settings if each["key"] == key)
        if setting["source"] != "commandLine":
            setting |= {"value": value, "source": source}
        return setting

    def setting(self, key):
        return next(each["value"] for each in self.settings if each["key"] == key)

    def ask(self, name, owner):
        """An owner answers when the test says so."""
        self.own_asks = [each for each in self.own_asks if (each["name"], each["member"]) != (name, owner)]
        self.own_asks.append(seed.ask(100 + len(self.own_asks), owner, name))

    def answer(self, name, state):
        """What an owner says to this member."""
        with self.lock:
            ask = next(each for each in self.own_asks if each["name"] == name)
            ask["state"] = state
            if state == "granted":
                found = next(each for each in self.listings if each["name"] == name)
                found |= {"isLocked": False, "isRestricted": True, "size": 60 << 20, "root": seed.root(name)}
            notice = {"name": name, "owner": ask["member"], "isGranted": state == "granted"}
        self.tell("notice", {"answered": notice})

    def publish(self, name, size, audience=None):
        former = [each["audience"] for each in self.published if each["name"] == name]
        self.published = [each for each in self.published if each["name"] != name]
        file = seed.own(name, size, root=hashlib.sha256(name.encode()).hexdigest())
        file["audience"] = audience or (former or [file["audience"]])[0]
        self.published.append(file)
        self.published.sort(key=lambda each: each["name"])
        return {"file": file}
