import PeerNode
import Terminal
import Wire

/// Opens the connection and makes sure that it leads to the network that is meant.
struct FirstContact: Sendable {
    let node: Node
    let server: HostPort
    let console: Console
    let input: any LineInput
    let interrupts: Interrupts
    /// Whether it can be done without a server that is away, which is asked before anything is said.
    var rest: @Sendable () async -> Bool = { false }

    /// Nil where all is well; else what the program is to exit with, with everything said.
    func make() async -> ExitStatus? {
        let attempt = await interrupts.interruptible { () async -> Result<NetworkContact, ContactFailure> in
            do throws(ContactFailure) { return .success(try await node.connect()) } catch { return .failure(error) }
        }
        switch attempt {
        case .failure(.cancelled): return .interrupted
        case .failure(let failure):
            if failure.isOfAbsentServer, await rest() { return nil }
            return refuse(Message(failure, at: server))
        case .success(let contact): return await judge(contact)
        }
    }

    private func judge(_ contact: NetworkContact) async -> ExitStatus? {
        switch contact {
        case .known, .pinned:
            return nil
        case .replaced(let before, let now):
            console.remark(Message.loopbackReplaced(server, known: before, found: now))
            return nil
        case .changed(let expected, let found, remembered: true):
            return refuse(.networkChanged(server, known: expected, found: found))
        case .changed(let expected, let found, remembered: false):
            return refuse(.fingerprintMismatch(server, expected: expected, found: found))
        case .unknown(let pin):
            return await ask(pin)
        }
    }

    private func ask(_ pin: NetworkPin) async -> ExitStatus? {
        guard input.isInteractive else { return refuse(.trustNeedsTerminal(server, found: pin)) }
        console.remark(Message.firstContact(server, found: pin))
        switch await input.question(DialogueLines.trustPrompt) {
        case .interrupted:
            return .interrupted
        case .line(let answer) where ["y", "yes"].contains(answer.lowercased()):
            do throws(ContactFailure) {
                try await node.trust(pin)
                return nil
            } catch {
                return refuse(Message(error, at: server))
            }
        case .line, .end, .tooLong:
            return refuse(.notTrusted(server))
        }
    }

    private func refuse(_ message: Message) -> ExitStatus {
        console.remark(message.text)
        return message.exitStatus
    }
}

extension ContactFailure {
    fileprivate var isOfAbsentServer: Bool {
        switch self {
        case .away, .unknownHost, .proxyFailed: true
        case .busy, .clockFarOff, .misbehaved, .stateUnusable, .cancelled: false
        }
    }
}
