import Crypto
import NetworkTestKit
import Relay
import TestKit
import Testing
import Wire

/// Why a relay turns somebody away, each as he hears it.
@Suite(.timeLimit(.minutes(1))) struct RelayRefusalTests {
    private static func refused(
        _ guest: RelayGuest, _ status: RelayStatus, at place: RelayPlace, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let said = try await guest.status()
        #expect(said == status, sourceLocation: location)
        let rest = await guest.heardAll()
        #expect(rest.isEmpty, sourceLocation: location)
        #expect(place.watcher.seen.value.refusals.contains(status), sourceLocation: location)
    }

    @Test(arguments: [Array("GET / HTTP/1.1\r\n\r\n".utf8), [0x16, 3, 1], Array("BTrelay\u{1}\u{FF}".utf8)])
    func nonsense(bytes: [UInt8]) async throws {
        try await RelayPlace.running { place in
            let guest = try await RelayGuest.connect(to: place.relay.port)
            try await guest.say(bytes)
            try await Self.refused(guest, .malformed, at: place)
        }
    }

    /// Nobody would read it.
    @Test func moreThanAHello() async throws {
        try await RelayPlace.running { place in
            let hello = try #require(RelayHello(ticket: try place.office.ticket(.random(), .caller)))
            let guest = try await RelayGuest.connect(to: place.relay.port)
            try await guest.say(hello.encoded + [0])
            try await Self.refused(guest, .malformed, at: place)
        }
    }

    @Test func silence() async throws {
        var limits = RelayLimits()
        limits.hello = 100
        try await RelayPlace.running(limits) { place in
            let guest = try await RelayGuest.connect(to: place.relay.port)
            try await guest.say(Array("BTr".utf8))
            try await Self.refused(guest, .slow, at: place)
        }
    }

    @Test func anothersTicket() async throws {
        try await RelayPlace.running { place in
            let ticket = try RelayOffice().ticket(.random(), .caller)
            let guest = try await RelayGuest.connect(to: place.relay.port, showing: ticket)
            try await Self.refused(guest, .ticketInvalid, at: place)
        }
    }

    @Test func anOldTicket() async throws {
        try await RelayPlace.running { place in
            let ticket = try place.office.ticket(.random(), .caller, expiresAt: RelayOffice.wall - 60_000)
            let guest = try await RelayGuest.connect(to: place.relay.port, showing: ticket)
            try await Self.refused(guest, .ticketExpired, at: place)
        }
    }

    @Test func aTicketForTheSecondTime() async throws {
        try await RelayPlace.running { place in
            let pair = AttemptID.random()
            let first = try await place.guest(pair, .caller)
            await place.watcher.seen.wait { $0.load.waiting == 1 }
            try await Self.refused(try await place.guest(pair, .caller), .ticketUsed, at: place)
            await first.leave()
        }
    }

    @Test func noRoom() async throws {
        var limits = RelayLimits()
        limits.pairs = 1
        try await RelayPlace.running(limits) { place in
            _ = try await place.pair()
            try await Self.refused(try await place.guest(.random(), .caller, "luke"), .full, at: place)
        }
    }

    @Test func tooManyOfACaller() async throws {
        var limits = RelayLimits()
        limits.pairsPerMember = 1
        try await RelayPlace.running(limits) { place in
            _ = try await place.pair()
            try await Self.refused(try await place.guest(.random(), .caller), .tooManyOfMember, at: place)
            _ = try await place.pair("leia")
        }
    }

    @Test func nobodyCame() async throws {
        var limits = RelayLimits()
        limits.partner = 100
        try await RelayPlace.running(limits) { place in
            try await Self.refused(try await place.guest(.random(), .called), .partnerMissing, at: place)
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    @Test func strangersGiveWayToStrangers() async throws {
        var limits = RelayLimits()
        limits.unproven = UnprovenLimits(total: 2)
        // However long all of it takes on a machine that is busy.
        limits.hello = 600_000
        try await RelayPlace.running(limits) { place in
            let first = try await RelayGuest.connect(to: place.relay.port)
            await place.watcher.seen.wait { $0.load.unproven == 1 }
            _ = try await RelayGuest.connect(to: place.relay.port)
            _ = try await RelayGuest.connect(to: place.relay.port)
            try await Self.refused(first, .closing, at: place)
            #expect(place.watcher.seen.value.load.unproven == 2)
        }
    }

    /// He has his ticket used up, and his place is free.
    @Test func whoDoesNotWaitIsForgotten() async throws {
        try await RelayPlace.running { place in
            let pair = AttemptID.random()
            let first = try await place.guest(pair, .caller)
            await place.watcher.seen.wait { $0.load.waiting == 1 }
            await first.leave()
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }
}
