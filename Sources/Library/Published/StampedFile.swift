/// A file that is open for being read: gives bytes only while it is the one of its stamp.
///
/// Files are read, not mapped: reading a map of a file that someone truncates kills the process.
package final class StampedFile: Sendable {
    package let path: String
    package let stamp: FileStamp
    private let file: Descriptor
    private let pathCheck: NowAndThen

    /// Opens the file; throws ``FileFailure/Reason/changed`` where it is not the one of the stamp. Blocks.
    ///
    /// - Parameter pathCheckInterval: how often reading makes sure that the path still leads to this file.
    package init(
        path: String, stamp: FileStamp, pathCheckInterval: Duration = .milliseconds(250)
    ) throws(FileFailure) {
        file = try Descriptor(reading: path)
        self.path = path
        self.stamp = stamp
        pathCheck = NowAndThen(every: pathCheckInterval)
        try checkFile()
    }

    /// Fills the buffer with the bytes from `offset` on, which must lie within the file. Throws
    /// ``FileFailure/Reason/changed`` or ``FileFailure/Reason/missing`` where the file is not what it was,
    /// whatever the buffer holds then. Blocks.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) {
        precondition(offset >= 0 && Int64(buffer.count) <= stamp.size - offset, "outside the content")
        if pathCheck.isDue() { try checkPath() }
        let count = try file.read(into: buffer, at: offset)
        // After reading: a change that came before it has left its mark on the stamp by now.
        try checkFile()
        guard count == buffer.count else { throw FileFailure(.changed, path: path) }
    }

    /// Throws where the file is not what it was, or not under its path any more. Blocks.
    package func check() throws(FileFailure) {
        try checkFile()
        try checkPath()
    }

    private func checkFile() throws(FileFailure) {
        guard try file.stamp() == stamp else { throw FileFailure(.changed, path: path) }
    }

    private func checkPath() throws(FileFailure) {
        guard try FileStamp(path: path) == stamp else { throw FileFailure(.changed, path: path) }
    }
}
