internal import GRDB
internal import Glibc

/// Opening a record that may be damaged. What it holds can be had again: the directory knows what is published, and
/// whoever published it knows from where.
extension PublishedFiles {
    /// Opens or makes the record; a damaged one is set aside, and an empty one takes its place. Throws
    /// ``RecordFailure``. Blocks.
    ///
    /// - Returns: The record, and where the damaged one is now.
    package static func open(path: String) throws -> (record: PublishedFiles, setAside: String?) {
        do {
            return (try whole(path), nil)
        } catch RecordFailure.damaged {
            guard let place = setAside(path) else { throw RecordFailure.damaged(path: path) }
            return (try whole(path), place)
        }
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
    private static func setAside(_ path: String) -> String? {
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
