import Content
import Directory
import DirectoryServer
import TestKit
import Testing
import Wire

/// A real server's TCP port, against clients that do as they like.
@Suite(.serialized, .timeLimit(.minutes(2))) struct StreamServerTests {
    private let device: Device

    init() throws { device = try Device("hans") }

    private func running(
        loops: Int = 1, limits: SessionLimits = SessionLimits(), tcp: TCPPort = .sameAsUDP,
        settings: DirectorySettings = .standard, _ body: (DirectoryServer) async throws -> Void
    ) async throws {
        let members = (0..<12).map { "m\($0) secret\n" }.joined()
        let fixture = try ServerFixture(credentials: "hans falcon*solo\n" + members)
        var configuration = fixture.configuration
        configuration.loops = loops
        configuration.sessionLimits = limits
        configuration.settings = settings
        configuration.tcp = tcp
        configuration.metrics = MetricsAddress(port: 0)
        try await DirectoryServer.whileRunning(configuration, body)
    }

    private func numbers(_ server: DirectoryServer) async throws -> [String: Double] {
        try await Scraper(port: try #require(server.metricsPort)).numbers()
    }

    private func closed(_ reason: String, _ server: DirectoryServer) async throws -> Double {
        try await numbers(server)["bittrickle_streams_closed_total{reason=\"\(reason)\"}"] ?? 0
    }

    private static let push = DirectoryMessage.challenge(Array("8 bytes!".utf8))

    // MARK: Sessions

    @Test(arguments: [1, 3]) func membersLiveOnStreams(loops: Int) async throws {
        try await running(loops: loops) { server in
            #expect(server.tcpPort == server.port)
            let line = try RawLine(.tcp, to: server.port)
            var session = try line.signIn(device, "falcon*solo")
            for number in 0..<10 {
                let draft = PublicationDraft(name: try FileName("file \(number)"), content: .empty)
                guard case .publishResults = try line.ask(.publish([draft]), in: &session) else {
                    Issue.record("not published")
                    return
                }
            }
            guard case .heartbeat = try line.ask(.heartbeat, in: &session),
                case .published(let page) = try line.ask(.published(PageWindow()), in: &session)
            else {
                Issue.record("no list")
                return
            }
            #expect(page.items.count == 10)
            #expect(try await numbers(server)["bittrickle_streams"] == 1)
            line.close()
            try await eventually("the stream is forgotten") {
                try await numbers(server)["bittrickle_streams"] == 0
            }
            #expect(try await numbers(server)["bittrickle_sessions"] == 1, "the session is not")
        }
    }

    @Test(arguments: [1, 4]) func whatIsPushedComesOnTheStreamOrElseToWhereTheSessionLives(loops: Int) async throws {
        try await running(loops: loops) { server in
            for number in 0..<(loops == 1 ? 2 : 12) {
                let home = try RawLine(number.isMultiple(of: 3) ? .tcp : .udp, to: server.port)
                var session = try home.signIn(try Device("m\(number)"), "secret")
                let stream = try RawLine(.tcp, to: server.port)
                #expect(try stream.ask(.attach, in: &session) == .attached(try stream.endpoint()))
                server.perform(DirectoryOutcome(pushes: [DirectoryPush(session: session.id, message: Self.push)]))
                #expect(try stream.message(in: &session) == Self.push)
                // The same datagram, for streams that lead nowhere any more.
                #expect(throws: SealedSessionError.replayed) { try home.message(in: &session) }
                // It did not move there.
                guard case .heartbeat = try home.ask(.heartbeat, in: &session) else {
                    Issue.record("no heartbeat")
                    return
                }
                stream.close()
                try await eventually("the stream is closed") {
                    let open = try await numbers(server)["bittrickle_streams"]
                    return open == (number.isMultiple(of: 3) ? 1 : 0)
                }
                server.perform(DirectoryOutcome(pushes: [DirectoryPush(session: session.id, message: Self.push)]))
                #expect(try home.message(in: &session) == Self.push)
                _ = try home.ask(.goodbye, in: &session)
                home.close()
                try await eventually("all are closed") { try await numbers(server)["bittrickle_streams"] == 0 }
            }
            server.perform(
                DirectoryOutcome(pushes: [DirectoryPush(session: SessionID(rawValue: .max), message: Self.push)]))
            let isAnswering = await server.isAnswering()
            #expect(isAnswering)
        }
    }

    @Test func attachNeedsALoginAndAStream() async throws {
        try await running { server in
            let home = try RawLine(.udp, to: server.port)
            var session = try home.openSession()
            let stream = try RawLine(.tcp, to: server.port)
            #expect(try stream.ask(.attach, in: &session) == .refusal(.notLoggedIn))
            guard case .welcome = try home.ask(.login(device.login("falcon*solo")), in: &session) else {
                Issue.record("no welcome")
                return
            }
            #expect(try home.ask(.attach, in: &session) == .refusal(.malformed))
            #expect(try stream.ask(.attach, in: &session) == .attached(try stream.endpoint()))
            // The next one takes its place.
            let next = try RawLine(.tcp, to: server.port)
            #expect(try next.ask(.attach, in: &session) == .attached(try next.endpoint()))
            stream.close()
            server.perform(DirectoryOutcome(pushes: [DirectoryPush(session: session.id, message: Self.push)]))
            #expect(try next.message(in: &session) == Self.push)
        }
    }

    // MARK: Ports

    @Test func theTCPPortMayBeElsewhereOrNowhere() async throws {
        try await running(tcp: .off) { server in
            #expect(server.tcpPort == nil)
            #expect(throws: TestKitError.self) { try RawLine(.tcp, to: server.port) }
            let port = server.port
            try await running(tcp: .number(Int(port))) { other in
                #expect(other.tcpPort == port)
                #expect(other.port != port)
                _ = try RawLine(.tcp, to: port).openSession()
                await #expect(throws: StartFailure.portTaken(.tcp, port: Int(port))) {
                    try await running(tcp: .number(Int(port))) { _ in }
                }
            }
        }
    }

    // MARK: Bounds

    @Test(arguments: [[0, 0], [0xFF, 0xFF], Array("GET / HTTP/1.1\r\n\r\n".utf8)])
    func whatIsNoDatagramEndsTheStream(bytes: [UInt8]) async throws {
        try await running { server in
            let line = try RawLine(.tcp, to: server.port)
            try line.write(bytes)
            #expect(try line.isEnded())
            #expect(try await closed("malformed", server) == 1)
        }
    }

    @Test func whoSaysNothingAuthenticIsClosed() async throws {
        var limits = SessionLimits()
        limits.unprovenIdle = 300
        try await running(limits: limits) { server in
            let silent = try RawLine(.tcp, to: server.port)
            let talker = try RawLine(.tcp, to: server.port)
            try talker.send([DatagramKind.sealed.rawValue] + [UInt8](repeating: 7, count: 40))
            let member = try RawLine(.tcp, to: server.port)
            var session = try member.signIn(device, "falcon*solo")
            #expect(try silent.isEnded())
            #expect(try talker.isEnded())
            #expect(try await closed("unproven", server) == 2)
            guard case .heartbeat = try member.ask(.heartbeat, in: &session) else {
                Issue.record("a member was closed")
                return
            }
        }
    }

    @Test func whereNoByteComesItIsClosed() async throws {
        var limits = SessionLimits()
        limits.streamIdle = 300
        let settings = try DirectorySettings(heartbeatInterval: 100, silenceLimit: 200)
        try await running(limits: limits, settings: settings) { server in
            let line = try RawLine(.tcp, to: server.port)
            _ = try line.signIn(device, "falcon*solo")
            #expect(try line.isEnded())
            #expect(try await closed("idle", server) == 1)
        }
    }

    @Test func aNetworkHasSoManyAndAMemberKeepsHis() async throws {
        var limits = SessionLimits()
        limits.strangerStreamsPerPrefix = 3
        try await running(limits: limits) { server in
            let member = try RawLine(.tcp, to: server.port, from: "127.0.0.9")
            var session = try member.signIn(device, "falcon*solo")
            let neighbour = try RawLine(.tcp, to: server.port, from: "127.0.0.2")
            let elsewhere = try RawLine(.tcp, to: server.port, from: "127.9.0.1")
            let flood = try (0..<10).map { _ in try RawLine(.tcp, to: server.port) }
            for line in flood.dropLast(2) { #expect(try line.isEnded()) }
            #expect(try await closed("displaced", server) == 8)
            #expect(try await numbers(server)["bittrickle_streams"] == 5)
            for line in [neighbour, elsewhere] + flood.suffix(2) { _ = try line.openSession() }
            guard case .heartbeat = try member.ask(.heartbeat, in: &session) else {
                Issue.record("a member was closed")
                return
            }
        }
    }

    @Test func whereAllAreMembersNobodyIsTakenIn() async throws {
        var limits = SessionLimits()
        limits.streams = 2
        limits.strangerStreams = 2
        try await running(limits: limits) { server in
            var lines: [RawLine] = []
            var sessions = try (0..<2).map { number in
                lines.append(try RawLine(.tcp, to: server.port))
                return try lines[number].signIn(try Device("m\(number)"), "secret")
            }
            let newcomer = try RawLine(.tcp, to: server.port)
            #expect(try newcomer.isEnded())
            #expect(try await closed("refused", server) == 1)
            _ = try lines[0].ask(.heartbeat, in: &sessions[0])
        }
    }

    /// He asks for long lists and takes none of them.
    @Test func whoReadsTooSlowlyIsClosed() async throws {
        try await running { server in
            let line = try RawLine(.tcp, to: server.port, receiveBuffer: 4_096)
            var session = try line.signIn(device, "falcon*solo")
            let drafts = try (0..<1_000).map {
                PublicationDraft(name: try FileName(String(repeating: "x", count: 200) + "\($0)"), content: .empty)
            }
            for batch in Batches.publish(drafts) {
                guard case .publishResults = try line.ask(batch, in: &session) else {
                    Issue.record("not published")
                    return
                }
            }
            for _ in 0..<2_000 {
                do { try line.send(.published(PageWindow()), in: &session) } catch { break }
                if try await closed("slow", server) > 0 { break }
            }
            try await eventually("it is closed") { try await closed("slow", server) == 1 }
            let other = try RawLine(.tcp, to: server.port)
            _ = try other.openSession()
        }
    }

    @Test func aFloodOfConnectionsLeavesMembersServed() async throws {
        var limits = SessionLimits()
        limits.strangerStreamsPerPrefix = 64
        try await running(limits: limits) { server in
            let lines = [try RawLine(.udp, to: server.port), try RawLine(.tcp, to: server.port)]
            var sessions = try (0..<2).map { try lines[$0].signIn(try Device("m\($0)"), "secret") }
            var flood: [RawLine] = []
            for round in 0..<20 {
                for _ in 0..<100 { flood.append(try RawLine(.tcp, to: server.port, from: "127.0.0.\(2 + round)")) }
                flood.removeFirst(max(0, flood.count - 400))
                for number in 0..<2 {
                    let start = ContinuousClock.now
                    guard case .heartbeat = try lines[number].ask(.heartbeat, in: &sessions[number]) else {
                        Issue.record("no heartbeat")
                        return
                    }
                    #expect(ContinuousClock.now - start < .seconds(1))
                }
            }
            #expect(try await numbers(server)["bittrickle_streams"] ?? 0 <= 65)
        }
    }
}
