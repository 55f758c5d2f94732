import NodeControl
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
        let named = all.filter { $0.name == transfer }
        // Of several the node says which there are.
        let meant = all.first { "\($0.number)" == transfer } ?? (named.count == 1 ? named[0] : nil)
        guard let meant, meant.state != .finished, meant.done > 0 else { return true }
        return await asking.agrees(DialogueLines.throwAway(meant))
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
