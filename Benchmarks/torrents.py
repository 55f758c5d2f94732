"""Torrents of one file, made with libtorrent."""

import os

V1, V2 = "v1_only", "v2_only"


def make(path, torrent, version, piece_length=0, tracker=None):
    """Writes to `torrent` what describes the file at `path`. A piece length of 0 leaves it to libtorrent."""
    import libtorrent as lt

    folder, name = os.path.split(path)
    files = lt.file_storage()
    files.add_file(name, os.path.getsize(path))
    made = lt.create_torrent(files, piece_length, getattr(lt.create_torrent, version))
    if tracker:
        made.add_tracker(tracker)
    lt.set_piece_hashes(made, folder)
    with open(torrent, "wb") as out:
        out.write(lt.bencode(made.generate()))
