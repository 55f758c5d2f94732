"""One end of a libtorrent transfer: `TORRENT seed FOLDER` serves what the folder holds, `TORRENT fetch` fetches.

Says its port. When it fetches, each line on standard input is a port and a folder: it fetches from there into that, and
says `done` when all is whole.
"""

import sys
import time

import libtorrent as lt

# What makes it fastest here: TCP in the clear, large buffers, deep queues, no limits.
SETTINGS = {
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_outgoing_utp": False, "enable_incoming_utp": False,
    "in_enc_policy": 2, "out_enc_policy": 2,
    "allow_multiple_connections_per_ip": True,
    "aio_threads": 4, "hashing_threads": 2,
    "send_socket_buffer_size": 4 << 20, "recv_socket_buffer_size": 4 << 20,
    "send_buffer_watermark": 8 << 20, "send_buffer_low_watermark": 1 << 20, "send_buffer_watermark_factor": 200,
    "max_out_request_queue": 2000, "max_allowed_in_request_queue": 4000, "request_queue_time": 1,
    "max_queued_disk_bytes": 64 << 20, "unchoke_slots_limit": -1,
}


def add(session, torrent, folder, seeds):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if seeds:
        parameters.flags |= lt.torrent_flags.seed_mode
    return session.add_torrent(parameters)


def main():
    torrent, mode = sys.argv[1], sys.argv[2]
    session = lt.session(SETTINGS)
    while not session.listen_port():
        time.sleep(0.01)
    if mode == "seed":
        add(session, torrent, sys.argv[3], True)
    print(session.listen_port(), flush=True)
    for line in sys.stdin:
        port, folder = line.rstrip("\n").split(" ", 1)
        handle = add(session, torrent, folder, False)
        handle.connect_peer(("127.0.0.1", int(port)))
        while not handle.status().is_seeding:
            time.sleep(0.002)
        print("done", flush=True)
        session.remove_torrent(handle)


main()
