import NodeControl
import Terminal

/// Carries out the commands about settings, and about members who are blocked.
extension CommandRun {
    func listSettings() async -> Bool {
        await succeeds(.config) { () async throws(NodeFailure) in
            let settings = try await node.settings()
            voice.answer(
                DialogueLines.settings(settings, width: voice.console.outputWidth), settings.map(Record.setting))
        }
    }

    func showSetting(_ key: SettingKey) async -> Bool {
        await succeeds(.config) { () async throws(NodeFailure) in
            guard let setting = try await node.settings().first(where: { $0.key == key }) else { return }
            voice.answer(DialogueLines.settings([setting], width: voice.console.outputWidth), [.setting(setting)])
        }
    }

    func set(_ key: SettingKey, to value: String?) async -> Bool {
        await succeeds(.config) { () async throws(NodeFailure) in
            // Of a folder what is meant is the one from here on.
            let isRelative = key == .downloads && value?.hasPrefix("/") == false
            let setting = try await node.set(key, to: value.map { isRelative ? "\(directory)/\($0)" : $0 })
            voice.done("\(key.rawValue): \(SafeText(SettingText.shown(setting)))", .setting(setting))
            if setting.source == .commandLine { voice.remark(Message.startedOtherwise(key)) }
            if key.needsRestart { voice.remark(Message.fromNextStartOn) }
            if key == .up, setting.value == "0" { voice.remark(Message.nothingServed) }
        }
    }

    func listBlocked() async -> Bool {
        await succeeds(.block) { () async throws(NodeFailure) in
            let members = try await node.blocked()
            voice.answer(DialogueLines.blocked(members), members.map(Record.blocked))
        }
    }

    func block(_ member: String) async -> Outcome {
        await done(.block, member, "Member blocked successfully") { () async throws(NodeFailure) in
            try await node.block(member: member)
        }
    }

    func unblock(_ member: String) async -> Outcome {
        await done(.unblock, member, "Member unblocked successfully") { () async throws(NodeFailure) in
            try await node.unblock(member: member)
        }
    }

    private func done(
        _ verb: Verb, _ item: String, _ line: String, _ work: () async throws(NodeFailure) -> Void
    ) async -> Outcome {
        do throws(NodeFailure) {
            try await work()
            voice.done(line, .done(verb.rawValue, of: item))
            return .done
        } catch {
            report(error, of: item, for: verb)
            return Outcome(error)
        }
    }
}

extension DialogueLines {
    static func settings(_ settings: [Setting], width: Int?) -> [String] {
        let table = TextTable(
            [.init("KEY"), .init("VALUE"), .init("FROM")],
            rows: settings.map { [$0.key.rawValue, SettingText.shown($0), from($0.source)] })
        return table.lines(width: width)
    }

    static func blocked(_ members: [String]) -> [String] {
        guard !members.isEmpty else { return ["Nobody is blocked"] }
        return ["\(HumanUnits.counted(members.count, "member")) blocked:"] + members.map { SafeText($0).text }
    }

    private static func from(_ source: Setting.Source) -> String {
        switch source {
        case .standard: "by itself"
        case .set: "set"
        case .commandLine: "command line"
        }
    }
}

extension Message {
    static func startedOtherwise(_ key: SettingKey) -> String {
        "What is running here was started with another \(key.rawValue), which goes on until it ends."
    }

    static let fromNextStartOn = "It takes effect when bittrickle daemon is started the next time."
}
