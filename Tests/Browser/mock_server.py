"""The mock over HTTP: the page's own files as they are, a film for every name, and the API."""

import hmac
import http.server
import json
import mimetypes
import os
import queue
import re
import threading
import urllib.parse

import seed
from mock_api import ROUTES
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
        query = {key: "\n".join(values) for key, values in urllib.parse.parse_qs(url.query).items()}
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
