import NodeControl
import Terminal

/// Carries out the commands that are about the queue of downloads, and about limits.
extension CommandRun {
    func listTransfers() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let transfers = try await node.transfers()
            names.transfers = transfers.map(\.name)
            console.line(DialogueLines.transfers(transfers).joined(separator: "\n"), isLaidOut: true)
        }
    }

    func enqueue(_ name: String, to output: String?) async -> Outcome {
        let request = DownloadRequest(name: name, output: output, directory: directory)
        do throws(NodeFailure) {
            if let transfer = try await node.enqueue(request) {
                names.transfers.append(transfer.name)
                console.line(DialogueLines.queued(transfer.name))
            } else {
                console.remark(Message.alreadyThere(name))
            }
            return .done
        } catch {
            return refused(error)
        }
    }

    /// `cancel finished` means all that are.
    func meant(_ transfers: [String], _ change: TransferChange) async -> [String] {
        guard change == .cancel, transfers == [Verb.finished], let all = try? await node.transfers(),
            !all.contains(where: { $0.name == Verb.finished })
        else { return transfers }
        let finished = all.filter { $0.state == .finished }.map { "\($0.number)" }
        return finished.isEmpty ? transfers : finished
    }

    func change(_ transfer: String, _ change: TransferChange) async -> Outcome {
        do throws(NodeFailure) {
            let changed = try await node.change(transfer: transfer, change)
            console.line(DialogueLines.changed(changed, change))
            return .done
        } catch {
            report(error)
            return .failed
        }
    }

    func showLimits() async -> Bool {
        await succeeds { () async throws(NodeFailure) in say(DialogueLines.limits(try await node.limits())) }
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
            console.line(DialogueLines.limit(change))
            if change == .up(0) { console.remark(Message.nothingServed) }
        }
    }
}
