/// Reading what is published without waiting until it is whole here. Served only in the node's own process: a daemon's
/// faces read over HTTP.
package protocol NodeStreaming: Sendable {
    /// Opens a file to be read: one's own, one that is here, or another's, which is fetched then.
    ///
    /// Fetching is a transfer as any other, which begins at once, is listed in the queue, waits for nobody, and goes on when
    /// the stream is closed. While it goes on, what is read is fetched first.
    ///
    /// Throws ``NodeFailure/isDirectory(path:)`` for a folder.
    ///
    /// - Parameters:
    ///   - name: as in ``DownloadRequest/name``; one's own publication wins.
    ///   - directory: where the file is put that has to be fetched.
    func open(name: String, directory: String) async throws(NodeFailure) -> any FileStream
}

/// A file that is read, be it whole or still on its way. Several may read at the same time, each with a stream.
package protocol FileStream: Sendable {
    /// The published one, or the last of a path.
    var name: String { get }
    /// In bytes.
    var size: Int64 { get }
    /// Verified bytes from an offset on: as many as are there without waiting, at most so many, but one at least: for that
    /// one it waits while something of the file comes. None at the end.
    ///
    /// Throws ``NodeFailure/sourcesLost(name:partial:done:total:reasons:missed:away:withdrawn:)`` where nobody gives anything for too long, and what
    /// the transfer ended with, ``NodeFailure/cancelled`` for one that was paused or cancelled. May be called again after
    /// a failure.
    func read(at offset: Int64, upTo length: Int) async throws(NodeFailure) -> [UInt8]
    /// Nothing is read any more, and nothing fetched first for it. What is fetched goes on. Never fails.
    func close() async
}
