import NodeControl
import Terminal

/// Carries out the commands about one's own account.
extension CommandRun {
    func changePassword(_ source: SecretSource?) async -> Bool {
        let wanted = [
            WantedSecret("Password that you have: ", given: asking.given.password),
            WantedSecret(DialogueLines.newPasswordPrompt, given: asking.given.newPassword),
        ]
        guard let secrets = await secrets(wanted, source) else { return false }
        return await succeeds(.passwd) { () async throws(NodeFailure) in
            try await node.changePassword(old: secrets[0], new: secrets[1])
            voice.done("Password changed", .done("passwd", of: nil))
        }
    }

    /// A secret that is needed, and how a person is asked for it where it is not given.
    struct WantedSecret {
        let prompt: String
        let given: String?

        init(_ prompt: String, given: String? = nil) {
            self.prompt = prompt
            self.given = given
        }
    }

    /// Nil where they are not to be had, which is said. The last one is new: a person types it twice.
    func secrets(_ wanted: [WantedSecret], _ source: SecretSource?) async -> [String]? {
        if let source { return read(wanted.count, from: source) }
        var secrets: [String] = []
        for (index, secret) in wanted.enumerated() {
            if let given = secret.given {
                secrets.append(given)
                continue
            }
            // Without a person there is nobody who mistypes.
            let isTwice = index == wanted.count - 1 && asking.isPerson
            let read =
                isTwice
                ? await asking.input.newSecret(secret.prompt) { voice.warn($0.text) }
                : await asking.input.secret(secret.prompt)
            guard let typed = typed(read) else { return nil }
            secrets.append(typed)
        }
        return secrets
    }

    private func read(_ count: Int, from source: SecretSource) -> [String]? {
        do throws(SecretLines.Failure) {
            let found = try SecretLines.read(count, from: source)
            if case .file(let path) = source, found.isOpenToOthers { voice.warn(Message.openToOthers(path)) }
            return found.lines
        } catch {
            voice.fail(Message.unreadable(error.place, error.reason), nil)
            return nil
        }
    }

    /// Nil where nothing was typed, which is said.
    private func typed(_ read: LineRead) -> String? {
        switch read {
        case .line(let secret): return secret
        case .interrupted: return nil
        case .end, .tooLong:
            voice.fail(.noSecret, nil)
            return nil
        }
    }

    func listDevices() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let devices = try await node.devices()
            voice.answer(
                DialogueLines.devices(devices, now: now(), width: voice.console.outputWidth),
                devices.map(Record.device))
        }
    }

    func signOut(device start: String) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let meant = try await node.devices().filter { $0.id.hasPrefix(start) }
            guard meant.count == 1, !start.isEmpty else { throw .noSuchDevice(start) }
            try await node.signOut(device: meant[0].id)
            voice.done("Device signed out", .done("devices --sign-out", of: meant[0].id))
        }
    }

    func signOutOthers() async -> Bool {
        guard await asking.agrees("Sign out all your other devices? [y/N] ") else { return false }
        return await succeeds { () async throws(NodeFailure) in
            try await node.signOutOthers()
            voice.done("All other devices signed out", .done("devices --sign-out-others", of: nil))
        }
    }
}

extension DialogueLines {
    static func devices(_ devices: [MemberDevice], now: Int64, width: Int?) -> [String] {
        let table = TextTable(
            [.init("DEVICE"), .init("STATE"), .init("LAST LOGIN"), .init("NAME")],
            rows: devices.map { device in
                [
                    String(device.id.prefix(8)), device.isThis ? "this one" : device.isOnline ? "online" : "away",
                    ago(device.lastSignIn, now), device.label,
                ]
            })
        return [HumanUnits.counted(devices.count, "device") + ":"] + table.lines(width: width)
    }

    /// How long ago, or `-`.
    static func ago(_ moment: Int64?, _ now: Int64) -> String {
        guard let moment else { return "-" }
        return now - moment < 60_000 ? "just now" : "\(HumanUnits.period(milliseconds: now - moment)) ago"
    }
}
