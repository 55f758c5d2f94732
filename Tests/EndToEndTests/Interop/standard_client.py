"""A standard BitTorrent client (libtorrent) as a member of a BitTrickle network, for the tests.

    standard_client.py create v1|v2|hybrid FILE TORRENT     makes a torrent of a file
    standard_client.py fetch TORRENT IDENTITY FOLDER PORT   fetches into the folder from a peer on loopback; says `done`
    standard_client.py seed TORRENT IDENTITY FOLDER PORT    serves what the folder holds to a peer that it dials, until its
                                                            input ends; says `linked` when it is linked

IDENTITY is the folder that `identity` wrote. What goes wrong is said on standard error, as the alerts of libtorrent.
"""

import os
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
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.status_notification
        | lt.alert.category_t.peer_notification,
    })


def join(own, torrent, identity, folder, port, seeds):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if seeds:
        parameters.flags |= lt.torrent_flags.seed_mode
    handle = own.add_torrent(parameters)
    # No file of Diffie-Hellman parameters: TLS 1.3 has no use for it.
    handle.set_ssl_certificate(f"{identity}/certificate.pem", f"{identity}/key.pem", "", "")
    handle.connect_peer(("127.0.0.1", port))
    return handle


def wait(own, what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            for alert in own.pop_alerts():
                print(alert.what(), alert.message(), file=sys.stderr)
            sys.exit(f"waited {PATIENCE} seconds until {what}")
        time.sleep(0.02)
    print(what, flush=True)


def main():
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "create":
        return create(*arguments)
    torrent, identity, folder, port = arguments
    own = session()
    handle = join(own, torrent, identity, folder, int(port), mode == "seed")
    if mode == "fetch":
        # All of it is on the disk when this program has ended.
        wait(own, "done", lambda: handle.status().is_seeding)
    else:
        wait(own, "linked", lambda: any(not peer.flags & peer.connecting for peer in handle.get_peer_info()))
        sys.stdin.read()


main()
