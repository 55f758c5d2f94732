import Connectivity
import DirectoryServer
import Glibc
import NIOCore
import NIOPosix
import NodeControl
import PeerNode
import TestKit
import Testing

/// Where others reach a node.
@Suite(.timeLimit(.minutes(2))) struct ListeningPortTests {
    @Test(
        arguments: [
            (ListeningPort(wanted: 0, picked: nil, insists: false), [0]),
            (ListeningPort(wanted: 0, picked: 5_000, insists: true), [5_000, 0]),
            (ListeningPort(wanted: 4_000, picked: 5_000, insists: false), [4_000, 5_000, 0]),
            (ListeningPort(wanted: 4_000, picked: 4_000, insists: false), [4_000, 0]),
            (ListeningPort(wanted: 4_000, picked: 5_000, insists: true), [4_000]),
        ] as [(ListeningPort, [UInt16])])
    func someAreTriedBeforeOthers(port: ListeningPort, attempts: [UInt16]) {
        #expect(port.attempts == attempts)
    }

    private static func outcome(
        _ port: ListeningPort, _ listen: (UInt16) throws -> UInt16
    ) async throws -> (listener: UInt16, fault: PortFault?) {
        try await port.first { try listen($0) }
    }

    @Test(arguments: [(EADDRINUSE, PortFault.taken), (EACCES, .notAllowed)])
    func theFirstThatWillDoIsListenedOn(code: CInt, fault: PortFault) async throws {
        let yielding = ListeningPort(wanted: 4_000, picked: 5_000, insists: false)
        let only5000: (UInt16) throws -> UInt16 = {
            guard $0 == 5_000 else { throw IOError(errnoCode: code, reason: "bind") }
            return $0
        }
        let other = try await Self.outcome(yielding, only5000)
        #expect(other.listener == 5_000 && other.fault == fault)
        let wanted = try await Self.outcome(yielding) { $0 }
        #expect(wanted.listener == 4_000 && wanted.fault == nil)
        // What was picked once, and is taken now, nobody asked for.
        let picked = ListeningPort(wanted: 0, picked: 4_000, insists: true)
        let any = try await Self.outcome(picked) {
            if $0 != 0 { throw IOError(errnoCode: code, reason: "bind") }
            return 6_000
        }
        #expect(any.listener == 6_000 && any.fault == nil)
        await #expect(throws: NodeFailure.portUnusable(port: 4_000, fault: fault)) {
            try await Self.outcome(ListeningPort(wanted: 4_000, picked: 5_000, insists: true), only5000)
        }
    }

    @Test func whatHasNothingToDoWithThePortIsAFault() async throws {
        for insists in [false, true] {
            let failure = await #expect(throws: NodeFailure.self) {
                try await Self.outcome(ListeningPort(wanted: 4_000, picked: nil, insists: insists)) { _ in
                    throw IOError(errnoCode: EMFILE, reason: "socket")
                }
            }
            guard case .internalError = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    private static func port(of node: TestNode) async throws -> Int {
        try await node.signedIn { try await node.node.status().port }
    }

    /// A port that nobody has just now.
    private static func freePort() async throws -> Int {
        let listener = try await Self.listener()
        await listener.close()
        return Int(listener.port)
    }

    private static func listener() async throws -> LinkListener {
        try await LinkListener.bind(group: MultiThreadedEventLoopGroup.singleton, logger: quiet)
    }

    @Test func whatTheSystemPickedIsPickedAgain() async throws {
        try await TestNetwork().running { server in
            let hans = try TestNode("hans", port: server.port)
            let port = try await Self.port(of: hans)
            #expect(port > 0)
            let again = try TestNode("hans", port: server.port, home: hans.home)
            #expect(try await Self.port(of: again) == port)
            let wanted = try await Self.freePort()
            let third = try TestNode("hans", port: server.port, home: hans.home) {
                $0.settings = SettingsOfProgram(commandLine: [.port: "\(wanted)"])
                $0.insistsOnPort = true
            }
            #expect(try await Self.port(of: third) == wanted)
            #expect(third.notices.all == [])
            // Not that of a program that was started with another.
            let fourth = try TestNode("hans", port: server.port, home: hans.home)
            #expect(try await Self.port(of: fourth) == port)
        }
    }

    @Test func thePortThatIsSetIsListenedOnFromTheNextStartOn() async throws {
        try await TestNetwork().running { server in
            let wanted = try await Self.freePort()
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn {
                let setting = try await hans.node.set(.port, to: "\(wanted)")
                #expect(setting == Setting(key: .port, value: "\(wanted)", source: .set))
                #expect(try await hans.node.status().port != wanted)
            }
            let again = try TestNode("hans", port: server.port, home: hans.home) { $0.insistsOnPort = true }
            try await again.signedIn {
                #expect(try await again.node.status().port == wanted)
                try await again.publish("a", content(100_000, seed: 1))
                let vader = try TestNode("vader", port: server.port)
                try await vader.signedIn {
                    // What is there of links does not keep the port from the next program.
                    try await vader.get("a")
                    await again.node.leave()
                    let third = try TestNode("hans", port: server.port, home: hans.home) { $0.insistsOnPort = true }
                    try await third.running {
                        try await eventually("the folder is free") {
                            _ = try await third.node.connect()
                            do {
                                try await third.node.signIn(user: "hans", password: TestNetwork.passwords["hans"] ?? "")
                                return true
                            } catch NodeFailure.onlineElsewhere { return false }
                        }
                        #expect(try await third.node.status().port == wanted)
                    }
                }
            }
        }
    }

    @Test func aTakenPortIsTold() async throws {
        try await TestNetwork().running { server in
            let other = try await Self.listener()
            let taken = Int(other.port)
            let settings = SettingsOfProgram(commandLine: [.port: "\(taken)"])
            let insisting = try TestNode("hans", port: server.port) {
                $0.settings = settings
                $0.insistsOnPort = true
            }
            try await insisting.running {
                _ = try await insisting.node.connect()
                await #expect(throws: NodeFailure.portUnusable(port: taken, fault: .taken)) {
                    try await insisting.node.signIn(user: "hans", password: TestNetwork.passwords["hans"] ?? "")
                }
            }
            // Others go on with any port, and are reached.
            let hans = try TestNode("hans", port: server.port, home: insisting.home) { $0.settings = settings }
            try await hans.signedIn {
                let port = try await hans.node.status().port
                #expect(port != taken)
                try await eventually("a notice") {
                    hans.notices.contains(.listensElsewhere(wanted: taken, port: port, fault: .taken))
                }
                try await hans.publish("a", [1, 2, 3])
                let vader = try TestNode("vader", port: server.port)
                try await vader.signedIn { _ = try await vader.get("a") }
            }
            await other.close()
        }
    }
}
