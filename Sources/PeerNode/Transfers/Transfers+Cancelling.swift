import Content
import Library
import Logging
import NodeControl

/// A transfer goes, and what it has fetched.
extension Transfers {
    /// What is being cancelled.
    struct Leaving {
        let record: TransferRecord
        /// Who waits until it is gone.
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Returns when the transfer is gone for good and nothing is left of its partial file, whether it had begun or not,
    /// and whether or not the program is about to end.
    ///
    /// - Parameter isNoted: Whoever waits for a folder in which it comes knows of it; else he does as soon as it holds.
    func cancel(_ number: Number, isNoted: Bool) async throws(NodeFailure) {
        guard let record = known[number], leaving[number] == nil else { throw .noSuchTransfer("\(number)") }
        leaving[number] = Leaving(record: record)
        let wasFinished = queue.items[number]?.wish == .finished
        let unheard = left.contains(number) || unheard.contains(number) ? record.cancelledUnheard(at: wall) : nil
        do {
            // First, so that it does not come back whenever the program ends.
            try await write { records in
                if let unheard { try await records.store(unheard) } else { try await records.remove(number) }
            }
        } catch {
            left(number)
            await store(number)
            throw NodeFailure(ofState: error)
        }
        defer { left(number) }
        if !wasFinished { try await requireUnfinished(record) }
        if !isNoted { note(.cancel, of: record) }
        let job = jobs[number]
        perform(queue.cancel(number, at: now))
        if let job { await waitForEnd(of: job) }
        try await requireUnfinished(record)
        await giveUp(record)
        if let unheard { await note(cancelled: unheard) }
    }

    /// It may become whole before it can be stopped.
    private func requireUnfinished(_ record: TransferRecord) async throws(NodeFailure) {
        guard queue.items[record.number]?.wish == .finished else { return }
        await keep { try await $0.remove(record.number) }
        throw .transferFinished(name: record.text)
    }

    private func left(_ number: Number) {
        for waiter in leaving.removeValue(forKey: number)?.waiters ?? [] { waiter.resume() }
    }

    /// Waits until those are gone that are being cancelled and have the same partial file.
    func waitForLeaving(like record: TransferRecord) async {
        while let number = leaving.first(where: { $0.value.record.sharesPartial(with: record) })?.key {
            await withCheckedContinuation { leaving[number]?.waiters.append($0) }
        }
    }

    /// Removes the partial file, where no other transfer goes on from it: earlier versions let two have the same.
    private func giveUp(_ record: TransferRecord) async {
        let isNeeded = known.values.contains { other in
            other.number != record.number && other.sharesPartial(with: record)
                && queue.items[other.number]?.wish != .finished && leaving[other.number] == nil
        }
        guard !isNeeded else { return }
        do {
            // What is whole stands under its name, and stays.
            try await files.run { _ in
                switch record.content.kind {
                case .file: try PartialFile.removeLeftovers(of: record.content, in: record.folder)
                case .folder:
                    try PartialFolder.removeLeftovers(of: record.content, at: record.path, in: record.folder)
                }
            }
        } catch {
            logger.info("Something is left of a cancelled transfer", metadata: ["reason": "\(error)"])
        }
    }
}
