package import Content
internal import Glibc
internal import Synchronization

/// The file that a download fills: `.bittrickle-<key>.part` in the folder of the target, with a record of
/// its verified pieces beside it (`.have`, see ``PartialRecord``). The target's name appears only when the
/// whole is on the disk.
///
/// Invariant: a piece stands in the record only if its bytes were written before; a bit is taken back only when the
/// disk fails or the bytes are found to be others. The file is locked while this lives, so that two programs cannot
/// write into it.
///
/// All calls block, and may come from several threads at once.
package final class PartialFile: Sendable {
    package let content: ContentID
    package let geometry: Geometry
    /// Where the target will be.
    package let folderPath: String
    /// The pieces that an earlier download left verified.
    package let resumed: [PieceIndex]
    /// Whether they are certainly as they were left: the file has the stamp with which its download ended in order.
    /// Where it has not, somebody may have written into it since.
    package let isAsLeft: Bool

    private struct State {
        var record: PartialRecord
        /// What the synced copy on the disk says.
        var synced: PartialRecord
        var isSyncing = false
        var lastSync = ContinuousClock.now
        /// Why the disk did not take bytes that were written: nothing is recorded any more.
        var failure: FileFailure?
        var watch: FileWatch
    }

    private let folder: Descriptor
    private let data: Descriptor
    private let recordFile: Descriptor
    private let state: Mutex<State>
    private let threads: IOThreads
    private let syncInterval: Duration

    /// Where the bytes are until then.
    package var path: String { Self.path(of: content, in: folderPath) }

    package static func path(of content: ContentID, in folderPath: String) -> String {
        "\(folderPath)/\(HiddenNames.part(content.key))"
    }

    private var dataName: String { HiddenNames.part(content.key) }
    private var recordName: String { HiddenNames.record(content.key) }

    /// Opens or makes the partial file of a content in a folder.
    ///
    /// Throws ``FileFailure``: ``FileFailure/Reason/inUse`` where another download of it runs here,
    /// ``FileFailure/Reason/diskFull`` where what is missing does not fit.
    ///
    /// - Parameters:
    ///   - threads: where bytes are brought to the disk, while the download goes on.
    ///   - syncInterval: how often that is begun at most.
    ///   - bootID: what tells this run of the system from others; see ``PartialRecord``.
    package init(
        of content: ContentID, geometry: Geometry, in folderPath: String, threads: IOThreads,
        syncInterval: Duration = .seconds(2), bootID: [UInt8]? = BootID.current()
    ) throws(FileFailure) {
        let folder = try Descriptor(folder: folderPath)
        let data = try folder.openLocked(HiddenNames.part(content.key))
        let recordFile = try folder.openLocked(HiddenNames.record(content.key))
        var record = PartialRecord(content: content, geometry: geometry, bootID: bootID)
        var synced = record
        let stamp = try data.stamp()
        var isAsLeft = false
        if stamp.size == content.size {
            let stored = try recordFile.prefix(record.maximumLength)
            record.merge(stored)
            synced.merge(stored, [.synced])
            isAsLeft = record.wasLeft(stamp, stored)
        }
        do throws(FileFailure) {
            if record.count == 0 {
                // The record first: bits must never meet bytes that they do not speak of.
                try recordFile.resize(to: 0)
                try data.resize(to: 0)
                try data.resize(to: content.size)
            }
            try data.requireSpace(for: content.size)
        } catch {
            if record.count == 0 { try folder.removePartial(content) }
            throw error
        }

        self.content = content
        self.geometry = geometry
        self.folderPath = folderPath
        self.folder = folder
        self.data = data
        self.recordFile = recordFile
        self.threads = threads
        self.syncInterval = syncInterval
        resumed = record.pieces
        self.isAsLeft = isAsLeft
        state = Mutex(State(record: record, synced: synced, watch: FileWatch(try data.stamp())))
    }

    /// Writes bytes one after the other from `offset` on, which must lie within the content.
    package func write(_ bytes: [UnsafeRawBufferPointer], at offset: Int64) throws(FileFailure) {
        let size = bytes.reduce(0) { $0 + Int64($1.count) }
        precondition(offset >= 0 && size <= content.size - offset, "outside the content")
        let before = try data.stamp()
        state.withLock { $0.watch.begin(before) }
        try data.write(ScatteredBytes(bytes), at: offset)
        let after = try data.stamp()
        state.withLock { $0.watch.end(after) }
    }

    /// Another program was at work there since this one began.
    package var isTouched: Bool {
        let watch = state.withLock { $0.watch }
        return watch.isSpoiled || (try? data.stamp()) != watch.stamp
    }

    /// Reads bytes that were written before, from `offset` on.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) {
        precondition(offset >= 0 && Int64(buffer.count) <= content.size - offset, "outside the content")
        guard try data.read(into: buffer, at: offset) == buffer.count else {
            throw FileFailure(.changed, path: data.path)
        }
    }

    /// Puts what lies here already in the place of the content, and looks whether it is that. Nil where it is not: then
    /// nothing is here. Only where an earlier download left nothing. Shares the bytes where the file system can.
    ///
    /// - Parameters:
    ///   - source: A file that had this stamp and content when it was hashed.
    ///   - progress: Told the bytes looked at, and their total.
    package func copy(
        from source: String, stamp: FileStamp, flag: CancellationFlag, progress: (Int64, Int64) -> Void
    ) throws -> PieceLayer? {
        precondition(resumed.isEmpty, "a copy begins with nothing")
        defer {
            // Bytes that are still to come have their places.
            if let size = try? data.stamp().size, size != content.size { try? data.resize(to: content.size) }
            if let stamp = try? data.stamp() { state.withLock { $0.watch = FileWatch(stamp) } }
        }
        do {
            guard
                let layer = try data.takeCopy(
                    of: source, stamp: stamp, content: content, pieceLength: geometry.pieceLength, flag: flag,
                    progress: progress)
            else { return nil }
            try recordVerified(layer.geometry.pieces)
            return layer
        } catch let failure as FileFailure where failure.path == source {
            // It is fetched, as if it were not here.
            return nil
        }
    }

    /// Notes that these pieces are verified; all their writes must have returned. From here on a program that
    /// is killed finds them again, and one whose computer fails does so some seconds later.
    package func recordVerified(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) {
        let result = state.withLock { state -> Result<Bool, FileFailure> in
            Result { () throws(FileFailure) in
                if let failure = state.failure { throw failure }
                for piece in pieces { state.record.insert(piece) }
                try store(state.record, .ofThisBoot)
                guard !state.isSyncing, state.lastSync.duration(to: .now) >= syncInterval else { return false }
                state.isSyncing = true
                return true
            }
        }
        if try result.get() { threads.start { self.syncInBackground() } }
    }

    /// Brings what was recorded to the disk: from here on a power failure loses none of it.
    package func sync() throws(FileFailure) {
        let record = state.withLock { $0.record }
        do throws(FileFailure) {
            try data.syncData()
            try store(record, .synced)
            try recordFile.syncData()
        } catch {
            // Bytes that the disk refused may be gone from memory too.
            state.withLock { state in
                state.failure = error
                try? store(state.synced, .ofThisBoot)
            }
            throw error
        }
        state.withLock { $0.synced = record }
    }

    private func syncInBackground() {
        // The failure is kept, and thrown by the next call that records.
        try? sync()
        state.withLock { state in
            state.isSyncing = false
            state.lastSync = .now
        }
    }

    private func store(_ record: PartialRecord, _ copy: PartialRecord.Copy) throws(FileFailure) {
        guard let bytes = record.encoded(copy) else { return }
        let offset = Int64(record.offset(of: copy))
        try recordFile.write(bytes, at: offset)
    }

    /// Gives the whole and synced file its name in the folder, where nothing may stand yet, and removes the
    /// record. Throws ``FileFailure``: ``FileFailure/Reason/exists`` where the name is taken; then this may be
    /// called again with another; ``FileFailure/Reason/changed`` where the partial file was removed, or another put in its
    /// place.
    ///
    /// - Parameter hardLinks: false goes the way of file systems that have none.
    package func finish(as name: String, hardLinks: Bool = true) throws(FileFailure) -> FileStamp {
        let (isComplete, failure) = state.withLock { state in (state.record.isComplete, state.failure) }
        if let failure { throw failure }
        guard isComplete else { throw FileFailure(.incomplete, path: data.path) }
        try data.sync()
        guard try folder.holds(data, as: dataName) else { throw FileFailure(.changed, path: data.path) }
        try folder.rename(dataName, to: name, hardLinks: hardLinks)
        try folder.sync()
        try folder.remove(recordName)
        return try data.stamp()
    }

    /// Forgets pieces of an earlier download that are not what they were: called before anything is recorded. From here
    /// on a power failure does not bring them back.
    package func forget(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) {
        let result = state.withLock { state -> Result<Void, FileFailure> in
            Result { () throws(FileFailure) in
                for piece in pieces { state.record.remove(piece) }
                try store(state.record, .ofThisBoot)
            }
        }
        try result.get()
        try sync()
    }

    /// Leaves what there is to the next download of it. Nothing may be written any more.
    ///
    /// - Parameter isProven: Whether all that the record names was verified by this download, or is as it was left.
    package func release(isProven: Bool = true) {
        // Without a stamp the next download reads once more what is here.
        if isProven, !isTouched, let stamp = try? data.stamp() {
            let (bytes, offset) = state.withLock { ($0.record.encoded(stamp), Int64($0.record.stampOffset)) }
            try? recordFile.write(bytes, at: offset)
        }
        recordFile.unlock()
        data.unlock()
    }

    /// Gives up: removes the partial file and its record, but none that another download has put in their place. To be
    /// called before ``release(isProven:)``: afterwards they may be somebody's who has begun meanwhile.
    package func discard() throws(FileFailure) {
        // The record first, which must never stand beside other bytes.
        if try folder.holds(recordFile, as: recordName) { try folder.remove(recordName) }
        if try folder.holds(data, as: dataName) { try folder.remove(dataName) }
    }

    /// Removes what a download may have left that was killed between naming its file and tidying up, but
    /// nothing that another program is at work on.
    package static func removeLeftovers(of content: ContentID, in folderPath: String) throws(FileFailure) {
        let folder = try Descriptor(folder: folderPath)
        let hasData = try folder.exists(HiddenNames.part(content.key))
        let hasRecord = try folder.exists(HiddenNames.record(content.key))
        guard hasData || hasRecord else { return }
        let data = try folder.openLocked(HiddenNames.part(content.key))
        try folder.removePartial(content)
        withExtendedLifetime(data) {}
    }

    /// Throws ``FileFailure/Reason/nameTooLong`` where the folder cannot hold a file of this name: to be asked
    /// before anything is fetched.
    package static func checkName(_ name: String, in folderPath: String) throws(FileFailure) {
        let folder = try Descriptor(folder: folderPath)
        let limit = fpathconf(folder.number, Int32(_PC_NAME_MAX))
        guard limit < 0 || name.utf8.count <= limit else {
            throw FileFailure(.nameTooLong, path: "\(folderPath)/\(name)")
        }
    }
}
