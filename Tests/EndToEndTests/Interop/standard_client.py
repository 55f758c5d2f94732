"""A standard BitTorrent client (libtorrent) as a member of a BitTrickle network, for the tests.

    standard_client.py create v1|v2|hybrid PATH TORRENT        makes a torrent of a file or folder
    standard_client.py fetch TORRENT IDENTITY FOLDER PORT...   fetches into the folder from peers on loopback; says `done`,
                                                               and until its input ends it serves
    standard_client.py seed TORRENT IDENTITY FOLDER PORT...    serves what the folder holds to peers, until its input ends

Both dial the ports until they are linked to the first of them, and say `linked` then. Without ports they know of nobody but by the
torrent's tracker, and say `announced` when that has answered. At the end they say how many bytes of
blocks they gave, and took of whom: `gave 5`, `took 7 from 40123`. IDENTITY is the folder that `identity` wrote. What goes
wrong is said on standard error, as the alerts of libtorrent.
"""

import os
import select
import sys
import time

import libtorrent as lt

PATIENCE = 60  # seconds


def create(kind, file, torrent):
    flags = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}[kind]
    files = lt.file_storage()
    lt.add_files(files, file)
    made = lt.create_torrent(files, 65536, flags)
    lt.set_piece_hashes(made, os.path.dirname(file))
    with open(torrent, "wb") as output:
        output.write(lt.bencode(made.generate()))


def session():
    return lt.session({
        "listen_interfaces": "127.0.0.1:0s",
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False, "allow_multiple_connections_per_ip": True,
        # Who is refused is dialled again.
        "min_reconnect_time": 1, "max_failcount": 100,
        "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.status_notification
        | lt.alert.category_t.peer_notification | lt.alert.category_t.tracker_notification,
    })


def join(own, torrent, identity, folder, seeds):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if seeds:
        parameters.flags |= lt.torrent_flags.seed_mode
    handle = own.add_torrent(parameters)
    # No file of Diffie-Hellman parameters: TLS 1.3 has no use for it.
    handle.set_ssl_certificate(f"{identity}/certificate.pem", f"{identity}/key.pem", "", "")
    return handle


class Watch:
    """The links of a torrent: dials, and keeps what each gave, for as long as it is looked at."""

    def __init__(self, own, handle, ports):
        self.own, self.handle, self.ports = own, handle, ports
        self.taken, self.linked, self.next_dial, self.announced = {}, set(), 0, False

    def look(self):
        if not self.ports:
            self.hear()
        linked = set()
        for peer in self.handle.get_peer_info():
            if not peer.flags & (peer.connecting | peer.handshake):
                linked.add(peer.ip[1])
                self.taken[peer.ip[1]] = max(peer.total_download, self.taken.get(peer.ip[1], 0))
        self.linked |= linked
        # A peer may not know of the torrent yet when it is dialled first.
        if time.monotonic() >= self.next_dial:
            self.next_dial = time.monotonic() + 1
            for port in self.ports:
                if port not in self.linked:
                    self.handle.connect_peer(("127.0.0.1", port))

    def hear(self):
        for alert in self.own.pop_alerts():
            if isinstance(alert, lt.tracker_reply_alert):
                self.announced = True
            elif isinstance(alert, (lt.tracker_error_alert, lt.peer_error_alert)):
                print(alert.what(), alert.message(), file=sys.stderr, flush=True)

    def wait(self, what, holds):
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                for alert in self.own.pop_alerts():
                    print(alert.what(), alert.message(), file=sys.stderr)
                sys.exit(f"waited {PATIENCE} seconds until {what}")
            self.look()
            time.sleep(0.02)
        print(what, flush=True)

    def serve(self):
        while not select.select([sys.stdin], [], [], 0.02)[0]:
            self.look()
        status = self.handle.status()
        print(f"gave {status.total_payload_upload}")
        for port, size in sorted(self.taken.items()):
            print(f"took {size} from {port}")


def main():
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "create":
        return create(*arguments)
    torrent, identity, folder, *ports = arguments
    ports = [int(port) for port in ports]
    own = session()
    handle = join(own, torrent, identity, folder, mode == "seed")
    watch = Watch(own, handle, ports)
    if ports:
        # What is small is done before a link was seen.
        watch.wait("linked", lambda: ports[0] in watch.linked or handle.status().is_seeding)
    else:
        watch.wait("announced", lambda: watch.announced)
    if mode == "fetch":
        # All of it is on the disk when this program has ended.
        watch.wait("done", lambda: handle.status().is_seeding)
    watch.serve()


main()
