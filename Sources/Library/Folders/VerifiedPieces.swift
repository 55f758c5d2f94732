internal import Content
internal import Synchronization

/// Keeps a ``PartialRecord`` in its file: written at once, and brought to the disk now and then, behind the data that it
/// vouches for. Calls block, and may come from several threads at once.
final class VerifiedPieces: Sendable {
    private struct State {
        var record: PartialRecord
        /// What the synced copy on the disk says.
        var synced: PartialRecord
        var isSyncing = false
        var lastSync = ContinuousClock.now
        /// Why the disk did not take bytes that were written: nothing is recorded any more.
        var failure: FileFailure?
    }

    private let file: Descriptor
    private let threads: IOThreads
    private let syncInterval: Duration
    private let syncData: @Sendable () throws(FileFailure) -> Void
    private let state: Mutex<State>

    /// - Parameter synced: what the synced copy in the file says.
    init(
        _ record: PartialRecord, synced: PartialRecord, in file: Descriptor, threads: IOThreads,
        syncInterval: Duration, syncData: @escaping @Sendable () throws(FileFailure) -> Void
    ) {
        self.file = file
        self.threads = threads
        self.syncInterval = syncInterval
        self.syncData = syncData
        state = Mutex(State(record: record, synced: synced))
    }

    func add(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) {
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

    /// These are not here any more. A sync that is under way may still vouch for them after a power failure: whoever
    /// resumes looks at what there is.
    func remove(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) {
        let result = state.withLock { state -> Result<Void, FileFailure> in
            Result { () throws(FileFailure) in
                for piece in pieces {
                    state.record.remove(piece)
                    state.synced.remove(piece)
                }
                try store(state.synced, .synced)
                try store(state.record, .ofThisBoot)
            }
        }
        try result.get()
    }

    var pieces: [PieceIndex] { state.withLock { $0.record.pieces } }

    /// Throws where the disk failed.
    func holds(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) -> Bool {
        let (record, failure) = state.withLock { ($0.record, $0.failure) }
        if let failure { throw failure }
        return pieces.allSatisfy(record.contains)
    }

    /// Others may lock it from now on.
    ///
    /// - Parameter left: How the files are left.
    func release(_ left: [UInt8]) {
        let offset = state.withLock { Int64($0.record.stampOffset) }
        // Without it the next download reads once more what is here.
        try? file.write(left, at: offset)
        file.unlock()
    }

    private func syncInBackground() {
        let record = state.withLock { $0.record }
        let result = Result { () throws(FileFailure) in
            try syncData()
            try store(record, .synced)
            try file.syncData()
        }
        state.withLock { state in
            switch result {
            case .success: state.synced = record
            case .failure(let failure):
                // Bytes that the disk refused may be gone from memory too. The failure is thrown by the next call.
                state.failure = failure
                try? store(state.synced, .ofThisBoot)
            }
            state.isSyncing = false
            state.lastSync = .now
        }
    }

    private func store(_ record: PartialRecord, _ copy: PartialRecord.Copy) throws(FileFailure) {
        guard let bytes = record.encoded(copy) else { return }
        try file.write(bytes, at: Int64(record.offset(of: copy)))
    }
}
