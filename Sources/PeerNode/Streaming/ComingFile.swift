import Content
import Library
import NodeControl
import Synchronization
import Transfer

/// A file that is read while its transfer goes on.
final class ComingFile: FileStream {
    private struct State {
        var job: TransferJob
        /// Its number of this stream.
        var reader: Int
        /// When it is whole.
        var whole: WholeFile?
        /// The run from which nothing more can be read.
        var spent: SwarmRun?
        var isClosed = false
    }

    private let file: StreamedFile
    private let transfers: Transfers
    private let threads: NodeThreads
    private let patience: Duration
    /// Opens it when it is whole.
    private let openWhole: @Sendable (_ path: String) async throws(NodeFailure) -> WholeFile
    private let state: Mutex<State>

    var name: String { file.name }
    var size: Int64 { file.size }

    /// - Parameter patience: Who waits is told that nobody gives anything when nothing has come for so long.
    init(
        _ file: StreamedFile, by job: TransferJob, of transfers: Transfers, threads: NodeThreads, patience: Duration,
        openWhole: @escaping @Sendable (_ path: String) async throws(NodeFailure) -> WholeFile
    ) {
        self.file = file
        self.transfers = transfers
        self.threads = threads
        self.patience = patience
        self.openWhole = openWhole
        state = Mutex(State(job: job, reader: job.newReader()))
    }

    func close() async {
        let state = state.withLock { state in
            state.isClosed = true
            return state
        }
        state.job.setHead(nil, of: state.reader)
        await state.whole?.close()
    }

    // MARK: Reading

    func read(at offset: Int64, upTo length: Int) async throws(NodeFailure) -> [UInt8] {
        guard offset >= 0, offset < size, length > 0 else { return [] }
        var failure: NodeFailure?
        while true {
            guard !Task.isCancelled else { throw .cancelled }
            let state = self.state.withLock { state in
                // Within, so that nothing is fetched first for a stream that was closed meanwhile.
                if !state.isClosed, state.whole == nil { state.job.setHead(file.head(at: offset), of: state.reader) }
                return state
            }
            guard !state.isClosed else { throw .cancelled }
            if let whole = state.whole { return try await whole.read(at: offset, upTo: length) }
            switch await awaited(of: state.job, at: offset, after: state.spent) {
            case .feed(let feed):
                do {
                    return try await bytes(at: offset, upTo: length, from: feed)
                } catch {
                    // It may have been given its name at this moment.
                    failure = NodeFailure(reading: error)
                    self.state.withLock { $0.spent = feed.run }
                }
            case .spent(let run): self.state.withLock { $0.spent = run }
            case .over(let outcome): try await follow(outcome, of: state.job)
            case .silence:
                if let failure { throw failure }
                throw try await transfers.downloads.lost(
                    state.job, partial: state.job.partialPath, done: state.job.progress.done, total: size)
            case .cancelled: throw .cancelled
            }
        }
    }

    private enum Awaited: Sendable {
        /// The piece is there.
        case feed(TransferJob.Feed)
        case spent(SwarmRun)
        case over(TransferJob.Outcome)
        case silence
        case cancelled
    }

    /// Waits for the piece with a byte, as long as something comes.
    private func awaited(of job: TransferJob, at offset: Int64, after spent: SwarmRun?) async -> Awaited {
        if let feed = job.feed, feed.run !== spent, let piece = file.geometry.piece(file.piece(at: offset)),
            feed.run.pieces.contains(piece)
        {
            return .feed(feed)
        }
        return await withTaskGroup(of: Awaited.self) { group in
            group.addTask { await self.piece(of: job, at: offset, after: spent) }
            group.addTask {
                await job.silence(of: self.patience)
                return .silence
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            return Task.isCancelled ? .cancelled : first
        }
    }

    private func piece(of job: TransferJob, at offset: Int64, after spent: SwarmRun?) async -> Awaited {
        switch await job.reading(after: spent) {
        case .feed(let feed):
            guard let piece = file.geometry.piece(file.piece(at: offset)) else { return .spent(feed.run) }
            do throws(PieceFailure) {
                try await feed.run.pieces.wait(for: piece)
                return .feed(feed)
            } catch {
                return error == .ended ? .spent(feed.run) : .cancelled
            }
        case .over(let outcome): return .over(outcome)
        case nil: return .cancelled
        }
    }

    /// What is there from a byte on.
    private func bytes(at offset: Int64, upTo length: Int, from feed: TransferJob.Feed) async throws -> [UInt8] {
        let limit = min(size, offset + Int64(min(length, WholeFile.readLimit)))
        var end = offset
        while end < limit, let piece = file.geometry.piece(file.piece(at: end)), feed.run.pieces.contains(piece) {
            end = min(limit, file.geometry.offset(of: piece) - file.start + Int64(file.geometry.length(of: piece)))
        }
        let count = Int(end - offset)
        return try await threads.reading.run { [start = file.start] _ in
            try feed.bytes.bytes(at: start + offset, count: count)
        }
    }

    // MARK: Ends

    /// What is read from when a job of the transfer is over.
    private func follow(_ outcome: TransferJob.Outcome, of job: TransferJob) async throws(NodeFailure) {
        switch outcome {
        case .success(.completed(_, let path, _, _, _)), .success(.alreadyThere(let path)):
            let whole = try await openWhole(path)
            state.withLock { $0.whole = whole }
        case .failure(let failure):
            // It may have begun anew.
            guard let next = await transfers.next(after: job) else { throw failure }
            state.withLock { state in
                state.job = next
                state.reader = next.newReader()
                state.spent = nil
            }
        }
    }
}
