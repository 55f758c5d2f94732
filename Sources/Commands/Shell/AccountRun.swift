import NodeControl
import Terminal
import Wire

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
            guard let typed = isTwice ? await typedTwice(secret.prompt) : await typed(secret.prompt) else { return nil }
            secrets.append(typed)
        }
        return secrets
    }

    /// Asks until it can be a password, and is the same twice.
    private func typedTwice(_ prompt: String) async -> String? {
        while true {
            guard let typed = await typed(prompt) else { return nil }
            guard Login.canBeChosen(typed.utf8) else {
                voice.warn(Message.passwordUnfit.text)
                continue
            }
            guard let again = await self.typed(DialogueLines.repeatPasswordPrompt) else { return nil }
            if again == typed { return typed }
            voice.warn(Message.passwordsDiffer.text)
        }
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

    private func typed(_ prompt: String) async -> String? {
        switch await asking.input.secret(prompt) {
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
