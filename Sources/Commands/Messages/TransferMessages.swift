import NodeControl
import Terminal

/// What there is to say of the queue of downloads and of limits.
extension Message {
    static func noSuchTransfer(_ text: String) -> Message {
        Message(
            "There is no transfer \(SafeText(text).truncated(to: 60)).",
            hint: "queue lists them, each with its number.", exitStatus: .unavailable)
    }

    static let noneFinished = "No transfer has finished."

    /// - Parameter places: Of those that have not begun.
    static func severalTransfers(_ name: String, _ numbers: [Int64], _ places: [String]) -> Message {
        let listed = numbers.map { "\($0)" } + places.map { "what will be \(SafeText($0))" }
        return Message(
            "\(listed.count) transfers are called \(SafeText(name)): \(listed.prefix(10).joined(separator: ", ")).",
            hint: "Name one by its number; queue says which is which."
                + (places.isEmpty ? "" : " What has not begun has one as soon as it does."), exitStatus: .usage)
    }

    static func queueFull(_ limit: Int) -> Message {
        Message(
            "The queue is full: it holds \(HumanUnits.counted(limit, "transfer")).",
            hint: "Wait for some to end, or cancel some.", exitStatus: .temporary)
    }

    static func transferFinished(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) is finished.",
            hint: "There is nothing to change any more; cancel takes it from the list.", exitStatus: .unavailable)
    }

    static func queuedAlready(_ number: Int64, _ path: String) -> Message {
        Message(
            "The same content is in the queue already: number \(number), which will be \(SafeText(path)).",
            hint: "queue says how far it is: copy it when it is there. If it is paused, resume \(number) has it go on; "
                + "cancel \(number) gives it up.",
            exitStatus: .temporary)
    }

    static func waitsInQueue(
        _ name: String, _ number: Int64, _ done: Int64, _ total: Int64, _ owners: [AbsentOwner], now: Int64
    ) -> Message {
        let who = owners.isEmpty ? "nobody who has it is online" : "it waits for \(named(owners, now: now))"
        return Message(
            "\(SafeText(name)) is number \(number) of the queue, of which \(HumanUnits.size(done)) of "
                + "\(HumanUnits.size(total)) are here; \(who).",
            hint: "It goes on by itself as soon as it can. cancel \(number) gives it up.", exitStatus: .temporary)
    }

    /// After the login, and before leaving.
    static func unfinished(_ transfers: [TransferStatus], isLeaving: Bool) -> String? {
        let going = transfers.count { [.queued, .active, .waiting].contains($0.state) }
        let paused = transfers.count { $0.state == .paused }
        guard going + paused > 0 else { return nil }
        var parts: [String] = []
        if going > 0 {
            parts.append(
                "\(HumanUnits.counted(going, "download")) \(going == 1 ? "goes" : "go") on"
                    + (isLeaving ? " after the next login" : ""))
        }
        if paused > 0 {
            // Without the noun a lone number reads like that of a transfer.
            let what = going > 0 ? "\(paused)" : HumanUnits.counted(paused, "download")
            parts.append("\(what) \(paused == 1 ? "is" : "are") paused")
        }
        return parts.joined(separator: ", ") + (isLeaving ? "." : "; queue lists them.")
    }

    static func leftRunning(_ name: String, _ number: Int64) -> Message {
        Message(
            "Interrupted. \(SafeText(name)) goes on in the background, as it did before: number \(number) of the queue.",
            hint: "pause \(number) keeps what has arrived for later, cancel \(number) gives it up.",
            exitStatus: .interrupted)
    }

    static func pausedElsewhere(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) was paused from elsewhere.",
            hint: "What has arrived is kept: the same get goes on from there, and so does resume "
                + "\(SafeText(Quoting.quoted(name))).",
            exitStatus: .temporary)
    }

    static func cancelledElsewhere(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) was cancelled from elsewhere.",
            hint: "Nothing of it is kept; the same get begins anew.", exitStatus: .commandFailed)
    }

    static func downloaded(_ name: String, _ path: String) -> String {
        "\(SafeText(name)) is downloaded: \(SafeText(path))."
    }

    static func downloadFailed(_ name: String, _ failure: NodeFailure) -> String {
        "\(SafeText(name)) does not go on. \(Message(failure, now: 0).what) The same get tries again, cancel gives it up."
    }

    /// Where no progress is shown, once for the same members.
    static func waiting(_ name: String, for members: [String]) -> String {
        "\(SafeText(name)): \(DialogueLines.waiting(for: members)). It goes on when somebody comes who has it; Ctrl-C leaves it in "
            + "the queue."
    }

    static func queuedBefore(_ number: Int64) -> String {
        "It was in the queue before, as number \(number), and goes on with what has arrived."
    }

    static let waitsForSomebody = "Nobody who published it is online: it begins when somebody is who has it."

    static let helpThere = "help lists all commands, and explains each."

    static let nothingServed = """
        Nothing is served from here now: no uploads, what you publish is not to be had, and nobody is told what you \
        have fetched.
        limit up none, or another rate, serves again.
        """
}

/// Lines of standard output about transfers and limits.
extension DialogueLines {
    /// - Parameter members: Empty where nobody is known who has it.
    static func waiting(for members: [String]) -> String {
        let shown = members.prefix(2).map { SafeText($0).text }
        return switch members.count {
        case 0: "waiting for somebody who has it"
        case 1...2: "waiting for \(shown.joined(separator: " or "))"
        default: "waiting for \(shown.joined(separator: ", ")) or others"
        }
    }

    static func queued(_ name: String) -> String { "\(SafeText(name)) queued successfully" }

    static func throwAway(_ transfer: TransferStatus) -> String {
        "Throw away \(HumanUnits.size(transfer.done)) of \(SafeText(transfer.name))? [y/N] "
    }

    static func changed(_ transfer: TransferStatus, _ change: TransferChange) -> String {
        let name = SafeText(transfer.name)
        return switch change {
        case .pause: "\(name) paused"
        case .resume: "\(name) resumed"
        case .cancel where transfer.state == .finished: "\(name) taken from the list; what it fetched is not touched"
        case .cancel: "\(name) cancelled"
        case .prioritise(let priority): "\(name) has \(text(priority)) priority"
        case .moveToFront: "\(name) is first of its priority"
        case .moveToBack: "\(name) is last of its priority"
        case .limit(let direction, let rate): "\(name) \(direction.rawValue): \(limitText(rate))"
        }
    }

    static func limits(_ limits: NodeLimits) -> [String] {
        [
            limit(.up(limits.upward)), limit(.down(limits.downward)), limit(.slots(limits.slots)),
            limit(.active(limits.active)),
        ]
    }

    static func limitText(_ rate: Int?) -> String { rate.map(RateText.text) ?? "no limit" }

    static func limit(_ change: LimitChange) -> String {
        switch change {
        case .up(let rate): "up: \(limitText(rate))\(rate == 0 ? " (nothing is served)" : "")"
        case .down(let rate): "down: \(limitText(rate))"
        case .slots(let count): "slots: \(count)"
        case .active(let count): "active: \(count)"
        }
    }

    static func transfers(_ transfers: [TransferStatus]) -> [String] {
        guard !transfers.isEmpty else { return ["No transfers"] }
        let numbers = transfers.map { "\($0.number)" }
        let width = numbers.map(\.count).max() ?? 1
        let rows = zip(transfers, numbers).flatMap { transfer, number -> [String] in
            let padding = String(repeating: " ", count: width - number.count)
            // On a line of its own: paths are long, and terminals narrow.
            return [
                "\(padding)\(number)  \(padded(word(transfer.state), to: 8))  \(percent(transfer))  "
                    + "\(SafeText(transfer.name))\(facts(transfer))",
                String(repeating: " ", count: width + 2) + "to \(SafeText(transfer.path))",
            ]
        }
        return ["\(HumanUnits.counted(transfers.count, "transfer")):"] + rows
    }

    private static func text(_ priority: TransferPriority) -> String {
        switch priority {
        case .low: "low"
        case .normal: "normal"
        case .high: "high"
        }
    }

    private static func word(_ state: TransferStatus.State) -> String {
        switch state {
        case .queued: "queued"
        case .active: "active"
        case .waiting: "waiting"
        case .paused: "paused"
        case .finished: "finished"
        case .failed: "failed"
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func percent(_ transfer: TransferStatus) -> String {
        var text = "-"
        if let total = transfer.total {
            text = "\(ProgressLine(verb: "", name: "", done: transfer.done, total: total).percent)%"
        }
        return String(repeating: " ", count: 4 - text.count) + text
    }

    private static func facts(_ transfer: TransferStatus) -> String {
        var facts = [HumanUnits.size(transfer.done)]
        if transfer.state != .finished, let total = transfer.total { facts[0] += " of \(HumanUnits.size(total))" }
        if case .failed(let failure) = transfer.state {
            facts.append(Message(failure, now: 0).what.split(separator: "\n").first.map(String.init) ?? "")
        }
        if transfer.state == .waiting {
            facts.append(transfer.waitsFor.map { waiting(for: $0) } ?? "nobody gives of it just now")
        }
        if transfer.state == .active {
            if transfer.sources > 0, let rate = transfer.rate, rate > 0 {
                facts.append(HumanUnits.rate(rate))
                if let total = transfer.total {
                    let left = Double(total - transfer.done) / rate
                    facts.append("\(HumanUnits.timeLeft(seconds: left)) left")
                }
            }
            let paths = transfer.paths.isEmpty ? "" : " (\(transfer.paths.map(\.rawValue).joined(separator: ", ")))"
            facts.append(HumanUnits.counted(transfer.sources, "source") + paths)
        }
        if transfer.priority != .normal { facts.append("\(text(transfer.priority)) priority") }
        if let rate = transfer.upward { facts.append("up \(RateText.text(rate))") }
        if let rate = transfer.downward { facts.append("down \(RateText.text(rate))") }
        return "  " + facts.joined(separator: ", ")
    }
}
