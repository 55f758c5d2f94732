/// Says when a watched file is worth reading: it is another than the one read last, and has not
/// changed for a second, so that nobody reads what is still being written.
package struct FileStability {
    /// Milliseconds.
    package static let quietTime: Int64 = 1_000

    private var read: FileStamp?
    private var seen: FileStamp?
    private var since: Int64

    /// - Parameter read: The file's stamp, taken before it was read.
    package init(read: FileStamp?, now: Int64) {
        self.read = read
        seen = read
        since = now
    }

    /// Takes a look at the file, and says whether to read it now.
    package mutating func isDue(_ stamp: FileStamp?, now: Int64) -> Bool {
        if stamp != seen {
            seen = stamp
            since = now
        }
        guard stamp != read, now - since >= Self.quietTime else { return false }
        read = stamp
        return true
    }

    /// It was read for another reason.
    package mutating func wasRead(_ stamp: FileStamp?) {
        read = stamp
        seen = stamp
    }
}
