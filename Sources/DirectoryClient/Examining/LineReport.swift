package import NIOCore
package import Proxies
package import Wire

/// How greetings to one address of a server were answered.
package struct LineReport: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// By a server of this protocol, and by the network that is meant where one is.
        case answered
        case silent
        /// The computer is there, and nothing listens.
        case refused
        /// This computer has no way there.
        case noRoute
        /// Something answers that does not speak this protocol.
        case foreign
        /// A connection is taken, and then nothing comes.
        case mute
        case wrongPin(expected: NetworkPin, found: NetworkPin)
        /// Milliseconds since 1970.
        case clockFarOff(here: Int64, there: Int64)
        case otherVersion
        /// There is a proxy in between, and it leads nowhere.
        case proxyFailed(ProxyFailure)
    }

    package var transport: Transport
    package var address: SocketAddress
    /// Each of its own; over TCP one.
    package var sent: Int
    /// Of those that were answered, milliseconds.
    package var roundTrips: [Int64]
    /// The best of all.
    package var outcome: Outcome

    package init(transport: Transport, address: SocketAddress, sent: Int, roundTrips: [Int64], outcome: Outcome) {
        self.transport = transport
        self.address = address
        self.sent = sent
        self.roundTrips = roundTrips
        self.outcome = outcome
    }

    init(_ transport: Transport, _ address: SocketAddress, _ outcomes: [(Outcome, Int64)]) {
        self.init(
            transport: transport, address: address, sent: outcomes.count,
            roundTrips: outcomes.filter { $0.0.isAnswer }.map(\.1).sorted(),
            outcome: outcomes.map(\.0).min { $0.rank < $1.rank } ?? .silent)
    }
}

/// How a greeting through a proxy was answered.
package struct ProxiedLine: Hashable, Sendable {
    /// Of the server's, to which the proxy was to lead.
    package var port: Int
    package var outcome: LineReport.Outcome
    package var milliseconds: Int64

    package init(port: Int, outcome: LineReport.Outcome, milliseconds: Int64) {
        self.port = port
        self.outcome = outcome
        self.milliseconds = milliseconds
    }
}

extension LineReport.Outcome {
    /// A server of this protocol said something.
    package var isAnswer: Bool {
        switch self {
        case .answered, .wrongPin, .clockFarOff, .otherVersion: true
        case .silent, .refused, .noRoute, .foreign, .mute, .proxyFailed: false
        }
    }

    fileprivate var rank: Int {
        switch self {
        case .wrongPin, .clockFarOff, .otherVersion: 0
        case .answered: 1
        case .foreign: 2
        case .mute: 3
        case .refused: 4
        case .silent: 5
        case .noRoute, .proxyFailed: 6
        }
    }
}
