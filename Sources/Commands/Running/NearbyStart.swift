import Glibc
package import PeerNode
package import Terminal

/// A start without a server, where no network was joined: those that answer on the local network are shown, and whoever
/// can be asked chooses one.
///
/// What is chosen is an address. Which network is there, and whether it is trusted, is decided at the first contact, as
/// with an address that somebody typed.
package struct NearbyStart: Sendable {
    /// `off` keeps it from asking on the local network.
    static let variable = "BITTRICKLE_NEARBY"

    package enum Outcome: Hashable, Sendable {
        case chosen(ServerTarget)
        /// With everything said.
        case ended(ExitStatus)
    }

    private static let mostTries = 3

    private let find: @Sendable () async throws(StateFileFailure) -> [NearbyNetwork]
    private let console: Console
    private let input: any LineInput
    private let columns: Int?

    /// - Parameter columns: Of the window in which standard error is read; nil for none.
    package init(
        console: Console, input: any LineInput, columns: Int?,
        find: @escaping @Sendable () async throws(StateFileFailure) -> [NearbyNetwork]
    ) {
        self.console = console
        self.input = input
        self.columns = columns
        self.find = find
    }

    package func run() async -> Outcome {
        if input.isInteractive { console.remark(Message.lookingNearby) }
        let networks: [NearbyNetwork]
        do throws(StateFileFailure) { networks = try await find() } catch {
            return end(.stateUnusable(error.path, reason: error.reason))
        }
        guard !networks.isEmpty else { return end(.nobodyNearby) }
        guard input.isInteractive else { return end(.whichNearby(networks, width: columns)) }
        for line in DialogueLines.nearby(networks, width: columns, isNumbered: true) { console.remark(line) }
        console.remark(Message.howToJoin(networks))
        for _ in 0..<Self.mostTries {
            switch await input.question(DialogueLines.whichNearby(networks.count)) {
            case .interrupted: return .ended(.interrupted)
            case .line(let answer):
                guard let number = Int(answer) else {
                    if answer.isEmpty { return end(.noneChosen) }
                    continue
                }
                guard networks.indices.contains(number - 1) else { continue }
                let network = networks[number - 1]
                return .chosen(ServerTarget(server: network.server, pin: network.knownPin))
            case .tooLong: continue
            case .end: return end(.noneChosen)
            }
        }
        return end(.noneChosen)
    }

    private func end(_ message: Message) -> Outcome {
        console.remark(message.text)
        return .ended(message.exitStatus)
    }
}

extension NearbyStart {
    /// Nil where it is switched off.
    ///
    /// - Throws: ``Refusal``
    static func ofProgram(_ mode: TerminalMode) throws -> NearbyStart? {
        let environment = Environment.all
        guard environment[variable]?.lowercased() != "off" else { return nil }
        guard let state = NodeConfiguration.standardStateDirectory(environment: environment) else {
            throw Refusal(.noStateFolder)
        }
        TerminalDevice.useUTF8()
        let columns = TerminalDevice.errorsAreTerminal ? TerminalDevice.columns(of: STDERR_FILENO) : nil
        let console = Console.ofProgram()
        let input: any LineInput =
            TerminalDevice.inputIsTerminal
            ? TerminalInput(console: console, mode: mode, history: nil) { Completion.Sources() } : PipedInput()
        return NearbyStart(console: console, input: input, columns: columns) { () throws(StateFileFailure) in
            try await NearbyNetworks(stateDirectory: state).find()
        }
    }
}
