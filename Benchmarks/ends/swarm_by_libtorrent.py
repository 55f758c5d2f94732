"""One end of a libtorrent swarm: SETTINGS TORRENT FOLDER ADDRESS OTHER...

Says `ready`; at a line on standard input takes part with what the folder holds, and says `whole` when it lacks nothing.
"""

import json
import sys
import time

import libtorrent as lt

PORT = 6881
SETTINGS = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "enable_outgoing_utp": False, "enable_incoming_utp": False,
    "in_enc_policy": 2, "out_enc_policy": 2,
    "aio_threads": 2, "hashing_threads": 1,
}


def main():
    settings, torrent, folder, address, *others = sys.argv[1:]
    session = lt.session({**SETTINGS, **json.loads(settings), "listen_interfaces": f"{address}:{PORT}"})
    while session.listen_port() != PORT:
        time.sleep(0.01)
    print("ready", flush=True)
    sys.stdin.readline()
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    parameters.peers = [(other, PORT) for other in others]
    handle = session.add_torrent(parameters)
    while not handle.status().is_seeding:
        time.sleep(0.01)
    print("whole", flush=True)
    sys.stdin.read()


main()
