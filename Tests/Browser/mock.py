"""A node that is none: a member's API with made-up data, for looking at the page and for tests without Swift."""

import json
import threading

import seed
from mock_server import TOKEN, serve


class Place:
    """The mock as run.py sees it."""

    newcomer = "bob"
    wanted, film, is_real = "sunflowers.jpg", "harbour-at-dawn.webm", False
    shared_folder, shared_files = "Islands", ("Holiday pictures/Islands/lighthouse.jpg", "Holiday pictures/Islands/ferry.jpg")
    # What a check provokes: a path that is not there.
    expected_errors = []

    def __enter__(self):
        self.server, self.node = serve()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.address = f"{self.origin}/#token={TOKEN}"
        self.node.listings += [
            seed.listing("hostile \u202egpj.exe <img src=x onerror='window.hurt=1'>", 1000, "bob"),
            seed.listing("hostile " + "w" * 247, 1 << 50, "carla"),
        ]
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.node.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def start(self):
        self.server, self.node = serve(self.server.server_port)

    def requests(self):
        return list(self.node.requests)

    def transfers(self):
        return json.loads(json.dumps(self.node.transfers))

    def setting(self, key):
        return self.node.setting(key)

    def has(self, path):
        return True

    def has_arrived(self, name):
        return any(each["name"] == name and each["done"] == each["total"] for each in self.node.transfers)

    def has_arrived_below(self, folder):
        return all(self.has_arrived(name) for name in self.shared_files)

    def has_uploaded(self, name, content):
        return self.node.uploads.get(name) == content

    def path_to_publish(self):
        return "/home/ann/Films/allotment-winter.webm"

    def folder_to_share(self):
        return "/home/ann/Allotment"

    def path_for_some(self):
        return "/home/ann/Papers/rota.pdf"

    def folder_for_some(self):
        return "/home/ann/Papers"

    def path_to_lock(self):
        return "/home/ann/Papers/ledger.pdf"

    def ask_for(self, name):
        ask = seed.ask(50, "bob", name)
        with self.node.lock:
            self.node.asks.append(ask)
        self.node.tell("notice", {"asked": {"id": ask["id"], "name": name, "member": "bob"}})

    def may_have(self, name):
        return self.node.verdicts[-1] == ("50", "once")

    def locked(self):
        return "family-archive-1974.zip"

    def answer(self, name):
        self.node.answer(name, "granted")

    def can_join(self, link):
        return link == seed.LINK


if __name__ == "__main__":
    running, _ = serve(8808)
    print(f"http://127.0.0.1:{running.server_port}/#token={TOKEN}")
    threading.Event().wait()
