import NodeControl
import PeerNode
import Terminal

/// Carries out the commands that are about the queue of downloads, and about limits.
extension CommandRun {
    func listTransfers() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let transfers = try await node.transfers()
            names.transfers = transfers.map(\.name)
            voice.answer(DialogueLines.transfers(transfers), isLaidOut: true, transfers.map(Record.transfer))
        }
    }

    func enqueue(_ name: String, to output: String?, isAsking: Bool) async -> Outcome {
        let request = DownloadRequest(name: name, output: output, directory: directory)
        do throws(NodeFailure) {
            let former = Set(try await node.transfers().filter { $0.state != .finished }.map(\.number))
            let transfers = try await node.enqueue(request)
            for transfer in transfers {
                names.transfers.append(transfer.name)
                voice.done(DialogueLines.queued(transfer.name), .transfer(transfer))
                if former.contains(transfer.number) { voice.remark(Message.queuedBefore(transfer.number)) }
                if transfer.state == .waiting { voice.remark(Message.waitsForSomebody) }
            }
            if transfers.isEmpty {
                voice.remark(Message.alreadyThere(name))
                if voice.manner.isJSON { voice.done("", .alreadyThere(name)) }
            }
            return .done
        } catch {
            return await locked(error, name, isAsking: isAsking) ?? refused(error, name)
        }
    }

    /// `cancel finished` means all that are.
    func meant(_ transfers: [String], _ change: TransferChange) async -> [String] {
        guard change == .cancel, transfers == [Verb.finished], let all = try? await node.transfers(),
            !all.contains(where: { $0.name == Verb.finished })
        else { return transfers }
        let finished = all.filter { $0.state == .finished }.map { "\($0.number)" }
        if finished.isEmpty { voice.remark(Message.noneFinished) }
        return finished
    }

    func change(_ transfer: String, _ change: TransferChange) async -> Outcome {
        guard await isMeant(transfer, change) else { return .failed }
        do throws(NodeFailure) {
            let changed = try await node.change(transfer: transfer, change)
            voice.done(DialogueLines.changed(changed, change), .transfer(changed))
            return .done
        } catch {
            report(error, of: transfer, for: .queue)
            return .failed
        }
    }

    /// What has arrived of a download is not thrown away unasked.
    private func isMeant(_ transfer: String, _ change: TransferChange) async -> Bool {
        guard change == .cancel, let all = try? await node.transfers() else { return true }
        guard let meant = Self.meant(transfer, among: all), meant.done > 0 else { return true }
        return await asking.agrees(DialogueLines.throwAway(meant))
    }

    /// What of them that is not finished a word names, together. Nil where that is nothing, or several are called so: then the node
    /// says which there are.
    private static func meant(_ word: String, among all: [TransferStatus]) -> TransferStatus? {
        if let one = all.first(where: { "\($0.number)" == word }) { return one.state == .finished ? nil : one }
        let (open, asked) = (all.filter { $0.state != .finished }, AskedName(word))
        let named = open.filter { $0.name == word }
        let meant = named.isEmpty ? open.filter { asked.means($0.name) } : named
        guard meant.isEmpty else { return meant.count == 1 ? meant[0] : nil }
        let files = open.filter { asked.isAbove($0.name) }
        guard var whole = files.first else { return nil }
        whole.name = word
        whole.done = files.reduce(0) { $0 + $1.done }
        return whole
    }

    func showLimits() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let limits = try await node.limits()
            voice.answer(DialogueLines.limits(limits), [.limits(limits)])
        }
    }

    func limit(_ change: LimitChange) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            var limits = try await node.limits()
            switch change {
            case .up(let rate): limits.upward = rate
            case .down(let rate): limits.downward = rate
            case .slots(let count): limits.slots = count
            case .active(let count): limits.active = count
            }
            try await node.setLimits(limits)
            voice.done(DialogueLines.limit(change), .limits(limits))
            if change == .up(0) { voice.remark(Message.nothingServed) }
        }
    }
}
