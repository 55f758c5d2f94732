"""A node that is none: a member's API with made-up data, for looking at the page and for tests without Swift."""

import hmac
import http.server
import json
import mimetypes
import os
import queue
import re
import threading
import time
import urllib.parse

import seed
from mock_node import Node, Refusal

TOKEN = "0123456789abcdef0123456789abcdef"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "Sources", "ControlAPI", "Page")
FILM = os.path.join(HERE, "film.webm")
# Every word in brackets, and longer than in English.
TRANSLATION = r"""
const turn = (value) => typeof value === "string" ? `\u27e6${value}${value.length > 3 ? " zzz" : ""}\u27e7`
  : typeof value === "function" ? (...given) => turn(value(...given)) : Array.isArray(value) ? value.map(turn)
  : new Proxy(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, turn(each)])), { get: (object, key) => {
    if (!(key in object) && typeof key === "string") console.error(`there is no string ${key}`);
    return object[key];
  } });
Object.assign(strings, turn(strings));
""".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    node = None

    def log_message(self, *_):
        pass

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        self.node.requests.append((self.command, self.path))
        try:
            if url.path.startswith("/api/v1/") or url.path.startswith("/files/"):
                self.check()
                if url.path.startswith("/files/"):
                    return self.send_file(urllib.parse.unquote(url.path[len("/files/") :]))
                return self.call(self.command, [urllib.parse.unquote(each) for each in url.path.split("/")[3:]], query)
            return self.send_page(url.path)
        except Refusal as refusal:
            body = {"failure": refusal.failure} if refusal.failure else {"refusal": "no"}
            return self.send_json(body, refusal.status)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            return None

    def check(self):
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return
        path, _, query = self.path.partition("?")
        key = hmac.new(TOKEN.encode(), path.encode(), "sha256").hexdigest()
        if not path.startswith("/files/") or query != f"key={key}":
            raise Refusal(401)

    def head(self, status, headers):
        self.send_response(status)
        for name, value in {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send_bytes(self, body, kind, status=200, **headers):
        self.head(status, {"Content-Type": kind, "Content-Length": len(body), **headers})
        self.wfile.write(body)

    def send_json(self, value, status=200):
        self.send_bytes(json.dumps(value).encode(), "application/json", status)

    def send_empty(self, **headers):
        self.head(204, headers)

    def send_page(self, path):
        name = path.lstrip("/") or "index.html"
        file = os.path.join(PAGE, name)
        if "/" in name or not os.path.isfile(file):
            raise Refusal(404)
        with open(file, "rb") as page:
            text = page.read()
            if name == "strings.js" and self.node.is_translated:
                text += TRANSLATION
            kind = {"js": "text/javascript"}.get(name.rsplit(".", 1)[-1]) or mimetypes.guess_type(name)[0]
            self.send_bytes(text, kind, **{"Content-Security-Policy": POLICY})

    def send_file(self, name):
        name = name.split("#")[0]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with open(FILM, "rb") as film:
            whole = film.read()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        last = min(len(whole) - 1, int(asked[2])) if asked and asked[2] else len(whole) - 1
        if first > last:
            return self.head(416, {"Content-Range": f"bytes */{len(whole)}", "Content-Length": 0})
        headers = {"Accept-Ranges": "bytes"}
        if asked:
            headers["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
        return self.send_bytes(whole[first : last + 1], kind, 206 if asked else 200, **headers)

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length)

    def send_lines(self, lines):
        self.head(200, {"Content-Type": "application/x-ndjson", "Connection": "close"})
        self.close_connection = True
        for line in lines:
            self.wfile.write(json.dumps(line).encode() + b"\n")
            self.wfile.flush()

    def send_events(self):
        mine = queue.Queue()
        with self.node.lock:
            self.node.readers.append(mine)
        self.head(200, {"Content-Type": "text/event-stream", "Connection": "close"})
        self.close_connection = True
        try:
            while not self.node.ended.is_set():
                try:
                    self.wfile.write(mine.get(timeout=1))
                except queue.Empty:
                    self.wfile.write(b": still here\n\n")
                self.wfile.flush()
        finally:
            with self.node.lock:
                self.node.readers.remove(mine)

    def call(self, method, path, query):
        node = self.node
        if path == ["events"]:
            return self.send_events()
        if path[0] == "uploads" and method == "PUT":
            node.uploads[path[1]] = self.body()
            readers = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("to", [])
            audience = seed.audience(readers, "locked" in query) if readers or "locked" in query else None
            return self.send_json(node.publish(path[1], len(node.uploads[path[1]]), audience))
        raw = self.body()
        body = json.loads(raw) if raw else None
        with node.lock:
            answer = ROUTES.find(method, path)(self, node, path, query, body)
        if answer is not None:
            self.send_json(answer)
        return None


class Routes:
    def __init__(self):
        self.routes = []

    def __call__(self, method, pattern):
        def keep(function):
            self.routes.append((method, pattern.split("/"), function))
            return function

        return keep

    def find(self, method, path):
        for wanted, pattern, function in self.routes:
            if (
                wanted == method
                and len(pattern) == len(path)
                and all(each == "*" or each == given for each, given in zip(pattern, path))
            ):
                return function
        raise Refusal(404)


ROUTES = Routes()


def listed(key, attribute=None):
    def route(handler, node, path, query, body):
        return {key: getattr(node, attribute or key)}

    return route


for name in ("peers", "published", "transfers", "shares", "devices"):
    ROUTES("GET", name)(listed(name))
for name in ("invites", "users", "sessions"):
    ROUTES("GET", f"admin/{name}")(listed(name))


@ROUTES("GET", "asks")
def _(handler, node, *_):
    return {"ofOthers": node.asks, "own": node.own_asks}


@ROUTES("GET", "status")
def _(handler, node, *_):
    return {**node.status, "webPort": handler.server.server_port}


@ROUTES("GET", "peers/*/publications")
def _(handler, node, path, query, body):
    above = query["folder"] + "/" if "folder" in query else ""
    return {
        "isComplete": True,
        "listings": [
            {**each, "owners": [path[1]]}
            for each in node.listings
            if path[1] in each["owners"] and each["name"].startswith(above) and "/" not in each["name"][len(above) :]
        ],
    }


@ROUTES("POST", "published")
def _(handler, node, path, query, body):
    name = os.path.basename(body["path"])
    if "missing" in name:
        return handler.send_lines([{"failure": {"noSuchFile": {"path": body["path"]}}}])
    try:
        audience = check_readers(body.get("audience"))
    except Refusal as refusal:
        return handler.send_lines([{"failure": refusal.failure}])
    steps = [
        {"progress": {"activity": "hashing", "name": name, "done": done * 10**8, "total": 10**9, "sources": 0}}
        for done in range(0, 11, 2)
    ]
    return handler.send_lines([*steps, {"result": node.publish(name, 10**9, audience)}])


def check_readers(audience):
    """The members and groups of the seed are all that there are."""
    for name in (audience or seed.audience())["readers"]:
        if name not in seed.READERS:
            raise Refusal(404, {"noSuchReader": {"_0": name}})
    return audience


@ROUTES("POST", "audiences")
def _(handler, node, path, query, body):
    check_readers(body)
    handler.send_empty()


@ROUTES("PUT", "published/*/audience")
def _(handler, node, path, query, body):
    found = [each for each in node.published if each["name"] == path[1]]
    if not found:
        raise Refusal(404, {"notPublished": {"name": path[1]}})
    found[0]["audience"] = check_readers(body)
    handler.send_empty()


def without(key, name, field="name"):
    def route(handler, node, path, query, body):
        kept = [
            each for each in getattr(node, key) if str(each[field]) != (query["path"] if name == "query" else path[-1])
        ]
        if len(kept) == len(getattr(node, key)):
            raise Refusal(404, {"notPublished": {"name": path[-1]}})
        setattr(node, key, kept)
        handler.send_empty()

    return route


ROUTES("DELETE", "published/*")(without("published", "path"))
ROUTES("DELETE", "shares")(without("shares", "query", "path"))
ROUTES("DELETE", "admin/invites/*")(without("invites", "path", "id"))
ROUTES("DELETE", "admin/users/*")(without("users", "path"))
ROUTES("DELETE", "searches/*")(without("searches", "path"))
ROUTES("DELETE", "devices/*")(without("devices", "path", "id"))


@ROUTES("POST", "asks/*")
def _(handler, node, path, query, body):
    node.verdicts.append((path[1], body["answer"]))
    without("asks", "path", "id")(handler, node, path, query, body)


@ROUTES("GET", "searches")
def _(handler, node, *_):
    return {"searches": node.searches}


@ROUTES("PUT", "searches/*")
def _(handler, node, path, query, body):
    search = {"name": path[-1], "text": body["text"], "newCount": 0, "isComplete": True}
    node.searches = [each for each in node.searches if each["name"] != path[-1]] + [search]
    return search


@ROUTES("POST", "searches/*/look")
def _(handler, node, path, *_):
    for search in node.searches:
        if search["name"] == path[1]:
            search["newCount"] = 0
    return {"matches": node.matches}


@ROUTES("GET", "blocked")
def _(handler, node, *_):
    return {"members": node.blocked}


@ROUTES("PUT", "blocked/*")
def _(handler, node, path, *_):
    node.blocked = sorted({*node.blocked, path[-1]})
    handler.send_empty()


@ROUTES("DELETE", "blocked/*")
def _(handler, node, path, *_):
    node.blocked = [each for each in node.blocked if each != path[-1]]
    handler.send_empty()


@ROUTES("DELETE", "devices")
def _(handler, node, *_):
    node.devices = [each for each in node.devices if each.get("isThis")]
    handler.send_empty()


@ROUTES("POST", "asks")
def _(handler, node, path, query, body):
    name, _, owner = body["name"].rpartition("@")
    node.ask(name, owner)
    handler.send_empty()


@ROUTES("POST", "password")
def _(handler, *_):
    handler.send_empty()


@ROUTES("GET", "listings")
def _(handler, node, path, query, body):
    wanted = query.get("q", "").casefold()
    found = [each for each in node.listings if wanted in each["name"].casefold()]
    return {"listings": found[:500], "isComplete": len(found) <= 500}


@ROUTES("POST", "transfers")
def _(handler, node, path, query, body):
    return {"transfers": node.enqueue(body)}


@ROUTES("POST", "transfers/*")
def _(handler, node, path, query, body):
    return node.change(node.transfer(int(path[1])), body)


@ROUTES("GET", "transfers/*/pieces")
def _(handler, node, path, *_):
    return node.pieces(node.transfer(int(path[1])))


@ROUTES("GET", "settings")
def _(handler, node, *_):
    return {"settings": node.settings}


@ROUTES("PUT", "settings/*")
def _(handler, node, path, query, body):
    if path[-1] == "downloads" and "nowhere" in body["value"]:
        raise Refusal(409)
    return node.set(path[-1], body["value"], "set")


@ROUTES("DELETE", "settings/*")
def _(handler, node, path, *_):
    return node.set(path[-1], seed.STANDARDS[path[-1]], "standard")


@ROUTES("POST", "shares")
def _(handler, node, path, query, body):
    if "missing" in body["path"]:
        raise Refusal(422, {"noSuchFolder": {"path": body["path"]}})
    audience = check_readers(body.get("audience"))
    found = [each for each in node.shares if each["path"] == body["path"]]
    if found:
        found[0]["audience"] = audience or found[0]["audience"]
    else:
        node.shares.append(seed.share(body["path"], 12, 12, 400_000_000, audience=audience))
    handler.send_empty()


@ROUTES("GET", "qr")
def _(handler, node, path, query, body):
    return {"rows": seed.pattern(query["text"])}


@ROUTES("POST", "admin/invites")
def _(handler, node, path, query, body):
    number = max([each["id"] for each in node.invites], default=0) + 1
    expires = int(time.time() + body["expiresInSeconds"]) * 1000
    node.invites.append({"id": number, "role": body["role"], "usesLeft": body["uses"], "expires": expires})
    return {"id": number, "link": seed.LINK}


@ROUTES("POST", "admin/users/*/*")
def _(handler, node, path, query, body):
    user = next((each for each in node.users if each["name"] == path[2]), None)
    if not user:
        raise Refusal(404, {"noSuchMember": {"_0": path[2]}})
    if path[3] in ("disable", "enable"):
        user["standing"] = "disabled" if path[3] == "disable" else "invited"
    elif path[3] == "role":
        user["role"] = body["role"]
    elif path[3] == "sign-out":
        node.sessions = [each for each in node.sessions if each["member"] != path[2]]
    handler.send_empty()


@ROUTES("GET", "admin/groups")
def _(handler, node, *_):
    return {"groups": [{"name": name, "memberCount": len(members)} for name, members in sorted(node.groups.items())]}


@ROUTES("GET", "admin/groups/*")
def _(handler, node, path, *_):
    return {"members": sorted(node.groups[path[2]])}


@ROUTES("PUT", "admin/groups/*")
def _(handler, node, path, *_):
    node.groups.setdefault(path[2], [])
    handler.send_empty()


@ROUTES("DELETE", "admin/groups/*")
def _(handler, node, path, *_):
    del node.groups[path[2]]
    handler.send_empty()


@ROUTES("POST", "admin/groups/*/*")
def _(handler, node, path, query, body):
    rest = [each for each in node.groups[path[2]] if each not in body["members"]]
    node.groups[path[2]] = rest + (body["members"] if path[3] == "put" else [])
    handler.send_empty()


@ROUTES("GET", "admin/publications")
def _(handler, node, path, query, body):
    return {"published": [each for each in node.listings if query["of"] in each["owners"]]}


@ROUTES("DELETE", "admin/publications")
def _(handler, *_):
    handler.send_empty()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A browser that hangs up is no error."""


def serve(port=0, **changes):
    """A server that runs, and its node."""
    node = Node(**changes)
    server = Server(("127.0.0.1", port), type("Bound", (Handler,), {"node": node}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, node


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
