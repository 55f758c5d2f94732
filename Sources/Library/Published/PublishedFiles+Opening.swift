internal import GRDB
internal import Glibc

/// Opening a record that may be damaged. What it holds can be had again: the directory knows what is published, and
/// whoever published it knows from where.
extension PublishedFiles {
    /// Bytes of SQLite's smallest page: a file that is shorter was emptied, because ours appear whole.
    private static let smallest: Int64 = 512

    /// Opens or makes the record; a damaged or emptied one is set aside, and a new one takes its place. Throws
    /// ``RecordFailure``. Blocks.
    ///
    /// - Returns: The record, and where the damaged one is now.
    package static func open(path: String) throws -> (record: PublishedFiles, setAside: String?) {
        do {
            guard let size = size(path) else { return (try fresh(path), nil) }
            guard size >= smallest else { throw RecordFailure.damaged(path: path) }
            return (try whole(path), nil)
        } catch RecordFailure.damaged {
            guard let place = setAside(path) else { throw RecordFailure.damaged(path: path) }
            return (try fresh(path), place)
        }
    }

    /// Nil where there is none. What is no file has no size that says anything.
    private static func size(_ path: String) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : .max
    }

    /// Makes one that is there wholly or not at all, whenever the program is killed.
    private static func fresh(_ path: String) throws -> PublishedFiles {
        let temporary = "\(path).new"
        let logs = ["\(path)-wal", "\(path)-shm", "\(temporary)-wal", "\(temporary)-shm"]
        // The log of a record that was removed could be taken for the new one's.
        for leftover in logs + [temporary] { unlink(leftover) }
        try PublishedFiles(path: temporary).close()
        for leftover in logs { unlink(leftover) }
        guard rename(temporary, path) == 0 else {
            throw RecordFailure.unusable(FileFailure(errno: errno, path: path))
        }
        return try PublishedFiles(path: path)
    }

    private static func whole(_ path: String) throws -> PublishedFiles {
        let record = try PublishedFiles(path: path)
        do {
            try record.check()
            return record
        } catch {
            record.close()
            throw error
        }
    }

    /// Nil where it cannot be moved.
    static func setAside(_ path: String) -> String? {
        var place = "\(path).damaged"
        var number = 1
        while access(place, F_OK) == 0 {
            number += 1
            place = "\(path).damaged-\(number)"
        }
        // The log goes first: beside a new database it could be taken for that one's.
        for suffix in ["-wal", "-shm", ""] {
            guard rename(path + suffix, place + suffix) == 0 || errno == ENOENT else { return nil }
        }
        return place
    }
}
