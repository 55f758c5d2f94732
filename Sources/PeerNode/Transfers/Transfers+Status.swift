import Library
import NodeControl
import Wire

// MARK: What is told of a transfer

extension Transfers {
    /// Nil where there is none, or it is being cancelled.
    func status(_ number: Number) -> TransferStatus? {
        guard leaving[number] == nil, let record = known[number], let item = queue.items[number] else { return nil }
        let job = jobs[number]
        let progress = job?.progress
        let isDelivering = item.isRunning && !item.isWaiting
        return TransferStatus(
            number: number, name: record.text, path: "\(record.folder)/\(record.target)",
            state: state(item, number), priority: TransferPriority(rawValue: item.priority) ?? .normal,
            done: item.wish == .finished ? record.size ?? record.verified : progress?.done ?? record.verified,
            total: progress?.total ?? record.size, rate: isDelivering ? progress?.rate : nil,
            sources: isDelivering ? progress?.sources ?? 0 : 0, paths: isDelivering ? progress?.paths ?? [] : [],
            missed: job?.missed.map(\.text) ?? [],
            waitsFor: item.isWaiting ? waiting[number]?.members?.map(\.text) : nil, upward: record.upward,
            downward: record.downward)
    }

    private func state(_ item: TransferQueue.Item, _ number: Number) -> TransferStatus.State {
        switch item.wish {
        case .wanted: item.isWaiting ? .waiting : item.isRunning ? .active : .queued
        case .paused, .cancelled: .paused
        case .failed: .failed(failures[number] ?? .cancelled)
        case .finished: .finished
        }
    }
}
