import Content
import FoundationEssentials
import Library
import NodeControl
import Wire

/// A transfer is paused or cancelled elsewhere than where somebody waits for it. He is told at once, or, where he has no node that
/// could tell him, as his ended and the next one is not there yet, as soon as he asks that one.
extension Transfers {
    /// Who has not come back for what was cancelled before so much else hardly will.
    private static let unheardLimit = 100
    /// For so long what was cancelled is kept for him, in milliseconds: a week.
    private static let unheardTime: Int64 = 7 * 86_400_000

    /// Milliseconds since 1970.
    var wall: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// What its user did with a transfer elsewhere than where he waits for it; nil where he did nothing.
    func word(on number: Number, called name: String) -> NodeFailure? {
        guard !isOver else { return nil }
        return switch queue.items[number]?.wish {
        case .paused: .pausedElsewhere(name: name)
        case .cancelled, nil: .cancelledElsewhere(name: name)
        case .wanted, .failed, .finished: nil
        }
    }

    /// Throws what its user did with what whoever asks had begun at a node that has ended; of a folder that others share, with all
    /// of it that is not there.
    func requireNothingUnheard(of request: DownloadRequest) throws(NodeFailure) {
        guard request.isContinued == true else { return }
        func isMeant(_ record: TransferRecord) -> Bool { record.isMeant(by: request) || record.isBelow(request) }
        let cancelled = cancelledUnheard.filter(isMeant)
        let paused = known.values.filter { unheard.contains($0.number) && isMeant($0) }
        guard let one = paused.first ?? cancelled.last,
            !known.values.contains(where: { isMeant($0) && queue.items[$0.number]?.wish == .wanted })
        else { return }
        let inner = AskedName(request.name).way(to: one)?.path ?? []
        let name = ([one.name.text] + one.path.dropLast(inner.count)).joined(separator: "/")
        throw paused.isEmpty ? .cancelledElsewhere(name: name) : .pausedElsewhere(name: name)
    }

    func note(cancelled record: TransferRecord) async {
        cancelledUnheard.append(record)
        guard cancelledUnheard.count > Self.unheardLimit else { return }
        let number = cancelledUnheard.removeFirst().number
        await keep { try await $0.remove(number) }
    }

    /// Nobody comes back for it any more.
    func dropOldCancellations() async {
        let last = wall - Self.unheardTime
        // One from the future stays: the clock may be wrong now and have been right then.
        await forgetCancelled { $0.cancelled < last }
    }

    /// An earlier version did not keep when something was cancelled: its time begins now.
    func dateCancellations() async {
        let now = wall
        let undated = cancelledUnheard.indices.filter { cancelledUnheard[$0].cancelled == 0 }
        for index in undated { cancelledUnheard[index] = cancelledUnheard[index].cancelledUnheard(at: now) }
        for record in undated.map({ cancelledUnheard[$0] }) { await keep { try await $0.store(record) } }
    }

    /// It is begun anew, whatever is published under its name by now.
    func forgetCancelled(like wanted: TransferRecord) async {
        await forgetCancelled { $0.isSameDownload(as: wanted) }
    }

    private func forgetCancelled(where isOver: (TransferRecord) -> Bool) async {
        let over = cancelledUnheard.filter(isOver)
        cancelledUnheard.removeAll(where: isOver)
        for record in over { await keep { try await $0.remove(record.number) } }
    }
}

extension TransferRecord {
    /// As it is kept for whoever waits for it.
    ///
    /// - Parameter time: in milliseconds since 1970.
    func cancelledUnheard(at time: Int64) -> TransferRecord {
        var record = self
        record.state = .cancelledUnheard(since: time)
        record.verified = 0
        return record
    }

    /// When it was, where it is kept for whoever waits for it; 0 for any other.
    fileprivate var cancelled: Int64 { if case .cancelledUnheard(let time) = state { time } else { 0 } }

    /// Whether both are the same to their user: of one name, of the same member as far as that is known, for one place.
    fileprivate func isSameDownload(as other: TransferRecord) -> Bool {
        text == other.text && folder == other.folder && target == other.target
            && (owner == nil || other.owner == nil || owner == other.owner)
    }

    /// Whether it is the one transfer that the request would begin, as far as its name and place say.
    func isMeant(by request: DownloadRequest) -> Bool {
        guard AskedName(request.name).means(self), let here = AbsolutePath.of(request.directory) else { return false }
        let place = folder.pathParts
        guard let output = request.output.map({ AbsolutePath.of($0, below: here).pathParts }) else {
            return place == here.pathParts
        }
        return place == output || place + [target] == output
    }

    /// Whether it is a file of a folder that others share, which the request would fetch, as far as name and place say.
    func isBelow(_ request: DownloadRequest) -> Bool {
        guard let way = AskedName(request.name).way(to: self), let here = AbsolutePath.of(request.directory) else {
            return false
        }
        let output = request.output.map { AbsolutePath.of($0, below: here) }
        return [(output ?? here) + "/" + way.folder, output].compactMap(\.self)
            .contains { folder.pathParts == $0.pathParts + way.path.dropLast() }
    }
}
