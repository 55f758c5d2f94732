import Directory
import TestKit
import Testing
import Wire

/// Heartbeats come the more seldom the more peers there are.
@Suite struct HeartbeatPaceTests {
    typealias Fixture = DirectoryFixture

    /// Two peers at most may come each second, whose interval is two seconds: from five on they are asked to wait.
    private func crowded(_ count: Int) async throws -> Fixture {
        var settings = DirectorySettings.standard
        settings.heartbeatRate = 2
        let credentials = (1...count).map { "m\($0) secret\n" }.joined()
        let fixture = try await Fixture(credentials, settings: settings)
        for number in 1...count { try await fixture.signIn("m\(number)", UInt64(number)) }
        await fixture.pass(0)
        return fixture
    }

    private func pulse(_ fixture: Fixture, _ session: UInt64) async throws -> HeartbeatAnswer {
        guard case .heartbeat(let pulse)? = await fixture.ask(.heartbeat, session).first else {
            throw TestKitError.timedOut("no pulse")
        }
        return pulse
    }

    @Test func fewGoByWhatIsSet() async throws {
        let fixture = try await crowded(4)
        let pulse = try await pulse(fixture, 1)
        #expect(pulse.interval == 2_000)
        #expect(pulse.silenceLimit == 3_000)
    }

    @Test func manyAreAskedToComeMoreSeldomAndMayBeSilentAsMuchLonger() async throws {
        let fixture = try await crowded(5)
        let pulse = try await pulse(fixture, 1)
        #expect(pulse.interval == 4_000)
        #expect(pulse.silenceLimit == 6_000)
        #expect(await fixture.directory.beat.interval == 4_000)
        await fixture.pass(5_999)
        #expect(await fixture.directory.activeCount == 5)
        await fixture.pass(1)
        #expect(await fixture.directory.activeCount == 0)
    }

    @Test func whoWasToldToComeSeldomMayWhenTheOthersHaveGone() async throws {
        let fixture = try await crowded(5)
        for session in UInt64(2)...4 { _ = await fixture.ask(.goodbye, session) }
        await fixture.pass(0)
        // Session 1 hears of it, session 5 does not yet.
        #expect(try await pulse(fixture, 1).interval == 2_000)
        await fixture.pass(3_999)
        _ = await fixture.ask(.heartbeat, 1)
        #expect(await fixture.directory.activeCount == 2)
        await fixture.pass(2_001)
        #expect(await fixture.directory.activeCount == 1)
    }
}
