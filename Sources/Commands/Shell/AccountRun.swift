import NodeControl
import Terminal

/// Carries out the commands about one's own account.
extension CommandRun {
    func changePassword(_ file: String?) async -> Bool {
        guard
            let secrets = await secrets(
                ["Password that you have: ", DialogueLines.newPasswordPrompt, DialogueLines.repeatPasswordPrompt], file)
        else { return false }
        return await succeeds { () async throws(NodeFailure) in
            try await node.changePassword(old: secrets[0], new: secrets[1])
            voice.done("Password changed", .done("passwd", of: nil))
        }
    }

    /// Asks for secrets, of which the last is the one before it once more; or reads them from a file, or from where
    /// nobody is asked. Nil where they are not to be had, which is said.
    func secrets(_ prompts: [String], _ file: String?) async -> [String]? {
        var secrets: [String] = []
        if let file {
            do throws(SecretFile.Failure) {
                secrets = try SecretFile.lines(prompts.count - 1, of: file)
            } catch {
                voice.fail(Message.unreadable(file, error.reason), nil)
                return nil
            }
        }
        for prompt in prompts.dropFirst(secrets.count) where file == nil {
            // Without a person there is nobody who mistypes.
            if prompt == prompts.last, !asking.isPerson { break }
            guard let secret = await asking.secret(prompt) else { return nil }
            secrets.append(secret)
        }
        if secrets.count == prompts.count, secrets.popLast() != secrets.last {
            voice.fail(.passwordsDiffer, nil)
            return nil
        }
        return secrets
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
