import NodeControl
import Terminal

/// Carries out the commands about what is not for everybody.
extension CommandRun {
    func listAsks() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let asks = try await node.asks()
            voice.answer(
                DialogueLines.asks(asks, now: now(), width: voice.console.outputWidth),
                asks.ofOthers.map(Record.ask) + asks.own.map(Record.asked))
        }
    }

    func answer(_ number: String, _ verdict: AskVerdict) async -> Outcome {
        let verb: Verb = verdict == .refuse ? .refuse : .approve
        do throws(NodeFailure) {
            guard let id = Int64(number) else { throw .noSuchAsk(0) }
            try await node.answer(ask: id, verdict)
            voice.done(
                verdict == .refuse ? "Question refused" : "Question approved", .done(verb.description, of: number))
            return .done
        } catch {
            report(error, of: number, for: verb)
            return Outcome(error)
        }
    }

    /// Asks for what is locked, where that is wanted and was not done before. Nil where nobody was asked, so that it is still to be said what
    /// is wrong. To have asked is to have done what was wanted.
    ///
    /// - Parameter isAsking: It was said beforehand.
    func locked(_ failure: NodeFailure, _ name: String, isAsking: Bool) async -> Outcome? {
        guard case .locked(let locked, let owner) = failure, isAsking || asking.isPerson || asking.manner.isAgreed
        else { return nil }
        if await isAsked(locked, of: owner) {
            voice.remark(Message.askedAlready(locked, owner))
            if voice.manner.isJSON { voice.done("", .done("ask", of: name)) }
            return .done
        }
        let question = "\(SafeText(name)) is locked. Ask \(SafeText(owner)) for it? [y/N] "
        if !isAsking, await !asking.agrees(question) { return nil }
        do throws(NodeFailure) {
            try await node.ask(for: name)
            voice.remark("\(SafeText(owner)) is asked. You are told of the answer; then get it again.")
            if voice.manner.isJSON { voice.done("", .done("ask", of: name)) }
            return .done
        } catch {
            report(error, of: name)
            return .failed
        }
    }

    /// Whether it was asked for, and not answered.
    ///
    /// - Parameter name: With the owner behind it, where it was chosen by him.
    private func isAsked(_ name: String, of owner: String) async -> Bool {
        guard let asks = try? await node.asks() else { return false }
        return asks.own.contains { ask in
            ask.state == .open && ask.member == owner && [ask.name, "\(ask.name)@\(owner)"].contains(name)
        }
    }
}

extension DialogueLines {
    static func asks(_ asks: Asks, now: Int64, width: Int?) -> [String] {
        guard !asks.ofOthers.isEmpty || !asks.own.isEmpty else { return ["Nobody asks for anything"] }
        func table(_ asks: [AskStatus], _ who: String, _ last: String) -> [String] {
            TextTable(
                [.init("NUMBER", isNumber: true), .init(who), .init(last), .init("NAME")],
                rows: asks.map { ask in
                    [
                        "\(ask.id)", ask.member,
                        last == "STATE" ? ask.state.rawValue : HumanUnits.period(milliseconds: max(0, now - ask.time)),
                        ask.name,
                    ]
                }
            ).lines(width: width)
        }
        var lines: [String] = []
        if !asks.ofOthers.isEmpty {
            let who = HumanUnits.counted(asks.ofOthers.count, "question")
            lines += ["\(who) to you:"] + table(asks.ofOthers, "MEMBER", "SINCE")
        }
        if !asks.own.isEmpty { lines += ["You asked:"] + table(asks.own, "OWNER", "STATE") }
        return lines
    }

    /// For whom something is, in a few words.
    static func audience(_ audience: Audience) -> String {
        if audience.isEverybody { return "everybody" }
        let names = audience.readers.joined(separator: ",")
        if audience.isListed { return names.isEmpty ? "on request" : "\(names), others on request" }
        return names.isEmpty ? "only you" : names
    }

    static func published(_ files: [PublishedFile], width: Int?) -> [String] {
        guard !files.isEmpty else { return publishedFiles([]) }
        let table = TextTable(
            [.init("SIZE", isNumber: true), .init("FOR"), .init("NAME")],
            rows: files.map { [$0.size.map(HumanUnits.size) ?? "-", audience($0.audience), $0.shown] })
        return Array(publishedFiles(files.map(\.shown)).prefix(1)) + table.lines(width: width)
    }
}
