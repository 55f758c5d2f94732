"""A tracker (BEP 3, compact answers of BEP 23) for one torrent on a closed network."""

import contextlib
import http.server
import socket
import threading
import urllib.parse


class Tracker:
    """Listens on a free port of `host` while entered; `url` is what a torrent names."""

    def __init__(self, host):
        self.peers, self.holders = {}, set()
        self.changed = threading.Condition()
        tracker = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer = tracker._announced(self.client_address[0], urllib.parse.urlsplit(self.path).query)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                # A peer that ends does not wait for its answer.
                with contextlib.suppress(ConnectionError):
                    self.end_headers()
                    self.wfile.write(answer)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.url = f"http://{host}:{self.server.server_address[1]}/announce"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *problem):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def await_holder(self, address, seconds):
        """Until the peer there has announced that it lacks nothing."""
        with self.changed:
            if not self.changed.wait_for(lambda: address in self.holders, seconds):
                raise RuntimeError(f"{address} did not announce that it has the file")

    def _announced(self, address, query):
        given = urllib.parse.parse_qs(query, encoding="latin-1")
        with self.changed:
            if given.get("event") == ["stopped"]:
                self.peers.pop(address, None)
            else:
                self.peers[address] = int(given["port"][0])
            if given.get("left") == ["0"]:
                self.holders.add(address)
                self.changed.notify_all()
            others = b"".join(
                socket.inet_aton(other) + port.to_bytes(2, "big") for other, port in self.peers.items()
                if other != address)
        return b"d8:intervali10e5:peers%d:%be" % (len(others), others)
