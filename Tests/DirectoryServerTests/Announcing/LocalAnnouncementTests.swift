import DirectoryClient
import DirectoryServer
import Logging
import NIOCore
import NIOPosix
import TestKit
import Testing
import Wire

/// A real server is found over multicast that does not leave this machine.
@Suite struct LocalAnnouncementTests {
    /// Whatever multicasts: loopback alone.
    private static var loopback: [LocalInterface] {
        let index = (try? System.enumerateDevices())?.first { $0.address?.ipAddress == "127.0.0.1" }
        return index.map {
            [LocalInterface(name: $0.name, index: $0.interfaceIndex, addresses: [.init([127, 0, 0, 1], prefix: 8)])]
        } ?? []
    }

    /// A port that nobody uses, in place of the one that a responder of this machine may have.
    private static func freePort() async throws -> UInt16 {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return UInt16(port)
    }

    private func find(_ port: UInt16) async -> [LocalServer] {
        await LocalSearch(port: port, interfaces: { Self.loopback }).run()
    }

    private func configuration(_ fixture: ServerFixture, _ port: UInt16, _ log: Logger? = nil) -> ServerConfiguration {
        var configuration = fixture.configuration
        configuration.announcement = LocalAnnouncement(name: "studio", port: port) { Self.loopback }
        if let log { configuration.log = ServerLog(events: log) }
        return configuration
    }

    @Test func aServerIsFoundAsLongAsItRuns() async throws {
        let fixture = try ServerFixture()
        let port = try await Self.freePort()
        try await DirectoryServer.whileRunning(configuration(fixture, port)) { server in
            let expected = LocalServer(
                name: "studio", pin: server.pin, addresses: [try HostPort(host: "127.0.0.1", port: server.port)])
            try await eventually("is found") { await find(port) == [expected] }
        }
        #expect(await find(port).isEmpty)
    }

    @Test func severalAreFoundAtTheSameTime() async throws {
        let port = try await Self.freePort()
        let (one, other) = (try ServerFixture(), try ServerFixture())
        try await DirectoryServer.whileRunning(configuration(one, port)) { first in
            try await DirectoryServer.whileRunning(configuration(other, port)) { second in
                let pins = Set([first.pin, second.pin])
                try await eventually("both are found") { await Set(find(port).map(\.pin)) == pins }
            }
        }
    }

    /// No interface, or a port that somebody has for himself: a line in the log, and everything else goes on.
    @Test func whereItCannotBeItIsSaidOnce() async throws {
        let captured = CapturedLog()
        let fixture = try ServerFixture()
        var nowhere = configuration(fixture, 5353, captured.logger)
        nowhere.announcement?.interfaces = { [] }
        try await DirectoryServer.whileRunning(nowhere) { server in
            try await eventually("is said") { captured.lines.contains { $0.contains("Not announced") } }
            #expect(await server.isAnswering())
        }
        let taken = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: MulticastGroup.address4, port: 0).get()
        let port = UInt16(try #require(taken.localAddress?.port))
        let again = CapturedLog()
        try await DirectoryServer.whileRunning(configuration(fixture, port, again.logger)) { server in
            try await eventually("is said") {
                again.lines.contains { $0.contains("Not announced") && $0.contains("Address already in use") }
            }
            #expect(await server.isAnswering())
        }
        try await taken.close()
        #expect(captured.lines.count { $0.contains("announced") } == 1)
        #expect(again.lines.count { $0.contains("announced") } == 1)
    }

    @Test(
        arguments: [
            ("192.168.7.1", [[192, 168, 7, 1]]), ("0.0.0.0", [[192, 168, 7, 1], [10, 0, 0, 1]]),
            ("::", [[192, 168, 7, 1], [10, 0, 0, 1], [0xFD] + [UInt8](repeating: 0, count: 15)]),
            ("fd00::", [[0xFD] + [UInt8](repeating: 0, count: 15)]), ("127.0.0.1", []), ("example.org", []),
        ] as [(String, [[UInt8]])])
    func nothingIsAnnouncedButWhatIsListenedOn(host: String, expected: [[UInt8]]) {
        let interface = LocalInterface(
            name: "eth0", index: 2,
            addresses: [
                .init([192, 168, 7, 1], prefix: 24), .init([10, 0, 0, 1], prefix: 8),
                .init([0xFD] + [UInt8](repeating: 0, count: 15), prefix: 64),
            ])
        #expect(interface.restricted(to: host)?.addresses.map(\.bytes) ?? [] == expected)
    }
}
