import NetworkTestKit
import ServerCommands
import TestKit
import Testing

/// What systemd hears (sd_notify(3)).
struct ServiceManagerTests {
    @Test func itIsToldAtItsPath() async throws {
        let place = try TemporaryDirectory()
        let mailbox = try UnixMailbox(place.file("notify"))
        try #require(ServiceManager(["NOTIFY_SOCKET": mailbox.name])).say("READY=1", "STATUS=x")
        #expect(try await mailbox.next() == "READY=1\nSTATUS=x")
    }

    @Test func itIsToldAtAnAbstractName() async throws {
        let mailbox = try UnixMailbox("@bittrickle-test-\(UInt64.random(in: .min ... .max))")
        try #require(ServiceManager(["NOTIFY_SOCKET": mailbox.name])).say("STOPPING=1")
        #expect(try await mailbox.next() == "STOPPING=1")
    }

    @Test(arguments: [nil, "", "relative", "@", "vsock:2:3"]) func nobodyIsTold(socket: String?) {
        #expect(ServiceManager(socket.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    /// A socket that is gone, or cannot be, is no harm.
    @Test func whereNobodyListensNothingHappens() throws {
        for name in ["/no/such/socket", "@nobody", "/" + String(repeating: "x", count: 200)] {
            try #require(ServiceManager(["NOTIFY_SOCKET": name])).say("READY=1")
        }
    }

    @Test(arguments: [
        ("1000000", "7", Duration.seconds(1)), ("1000000", nil, .seconds(1)), ("1000000", "8", nil), ("x", "7", nil),
        (nil, nil, nil),
    ]) func howOftenItIsToldThatTheServerWorks(limit: String?, process: String?, patience: Duration?) throws {
        var environment = ["NOTIFY_SOCKET": "/x"]
        environment["WATCHDOG_USEC"] = limit
        environment["WATCHDOG_PID"] = process
        #expect(try #require(ServiceManager(environment, process: 7)).patience == patience)
    }
}
