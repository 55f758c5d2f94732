/// Publishing what no file has yet: what a web page was given by drag and drop.
package protocol NodeUploads: Sendable {
    /// Writes the bytes into a new file, and publishes it once it is whole and synced. What came of a source that fails
    /// is removed. Throws ``NodeFailure/alreadyExists(path:)`` where something of that name stands there.
    ///
    /// - Parameters:
    ///   - name: of the file, without a path.
    ///   - directory: where it is kept from then on; absolute, and made where it is missing.
    ///   - audience: as of ``NodePublishing/publish(path:to:progress:)``.
    func upload(
        _ bytes: any AsyncSequence<[UInt8], any Error> & Sendable, as name: String, in directory: String,
        to audience: Audience?
    ) async throws(NodeFailure) -> Publishing
}
