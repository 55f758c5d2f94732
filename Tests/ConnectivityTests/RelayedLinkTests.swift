import Connectivity
import NIOCore
import Relay
import TestKit
import Testing
import Wire

/// Links that a relay carries: the same as any other, for those who have them.
@Suite(.timeLimit(.minutes(1))) struct RelayedLinkTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func peer(_ name: String, limits: LinkLimits = LinkLimits()) async throws -> TestPeer {
        var limits = limits
        // Asked again, the directory would say the same.
        limits.race.askAgain = []
        return try await TestPeer(try network.identity(name), limits: limits)
    }

    /// Runs the called side while the body has the caller's.
    private func linked(
        _ caller: TestPeer, _ called: TestPeer, at relay: Endpoint, _ place: RelayPlace,
        serve: @escaping @Sendable (AuthenticatedLink) async throws -> Void,
        _ body: @Sendable (AuthenticatedLink) async throws -> Void
    ) async throws {
        let tickets = try place.tickets(of: caller.user.text)
        try await called.serving(serve) {
            async let answer: Void = called.answer(caller.user, at: try place.endpoint, tickets.called)
            let link = try await caller.call(called, at: relay, tickets.caller)
            #expect(link.path == .relayed)
            try await body(link)
            try await answer
        }
    }

    /// Who calls has no more links by a relay than by dialling.
    @Test func thoseOfOneMemberAreBounded() async throws {
        var limits = LinkLimits()
        limits.perMember = 1
        let (hans, leia) = (try await peer("hans"), try await peer("leia", limits: limits))
        try await RelayPlace.running(of: network) { place in
            let relay = try place.endpoint
            try await linked(hans, leia, at: relay, place, serve: drain) { link in
                let tickets = try place.tickets(of: "hans")
                async let answered = failure(of: leia, by: tickets.called, at: relay, calledBy: hans.user)
                await #expect(throws: LinkFailure.self) { try await hans.call(leia, at: relay, tickets.caller) }
                #expect(await answered == .tooManyLinks)
                await link.close()
            }
        }
    }

    private func failure(
        of peer: TestPeer, by ticket: [UInt8], at relay: Endpoint, calledBy caller: UserName
    ) async -> LinkFailure? {
        do throws(LinkFailure) { try await peer.answer(caller, at: relay, ticket) } catch { return error }
        return nil
    }

    private static func pieces(_ random: inout SeededRandom, count: Int) -> [PeerMessage] {
        (0..<count).map {
            .piece(piece: UInt32($0), begin: 0, data: ByteBuffer(bytes: random.bytes(16_384)))
        }
    }

    @Test func bothAreSureOfEachOtherAndAllArrives() async throws {
        var random = SeededRandom.fresh()
        print("BITTRICKLE_TEST_SEED=\(random.seed)")
        let content = Self.pieces(&random, count: 256)
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        try await RelayPlace.running(of: network) { place in
            try await linked(hans, leia, at: try place.endpoint, place) { link in
                #expect(link.member.text == "hans")
                for start in stride(from: 0, to: content.count, by: 16) {
                    try await link.send(Array(content[start..<start + 16]))
                }
                // Until he has it all.
                try await drain(link)
            } _: { link in
                #expect(link.member.text == "leia")
                var arrived: [PeerMessage] = []
                for try await batch in link.inbound {
                    arrived += batch
                    if arrived.count == content.count { break }
                }
                #expect(arrived == content)
                await link.close()
            }
        }
    }

    /// Of what two say to each other nothing is there for whoever stands at the relay, or before it.
    @Test func whatPassesIsCiphertext() async throws {
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        let marker = Array("the plans of the battle station ".utf8)
        let block = ByteBuffer(bytes: Array(repeating: marker, count: 512).flatMap(\.self))
        let messages = (0..<64).map { PeerMessage.piece(piece: UInt32($0), begin: 0, data: block) }
        try await RelayPlace.running(of: network) { place in
            try await Tap.running(before: place.port) { tap in
                try await linked(hans, leia, at: try loopback(tap.port), place, serve: echo) { link in
                    try await link.send(messages)
                    var count = 0
                    for try await batch in link.inbound {
                        #expect(batch.allSatisfy { messages.contains($0) })
                        count += batch.count
                        if count == messages.count { break }
                    }
                    await link.close()
                }
                let passed = tap.passed.bytes
                #expect(passed.count > 2 * messages.count * block.readableBytes)
                for secret in [marker, Array("leia".utf8), Array("BitTorrent protocol".utf8)] {
                    #expect(!passed.contains(secret))
                }
                // What it does see: who pays for it.
                #expect(passed.contains(Array("hans".utf8)))
            }
        }
    }

    @Test func whoIsNotTheOneThatWasCalledIsRefused() async throws {
        let (hans, leia, vader) = (try await peer("hans"), try await peer("leia"), try await peer("vader"))
        try await RelayPlace.running(of: network) { place in
            let tickets = try place.tickets(of: "hans")
            let relay = try place.endpoint
            async let intruder = { try? await vader.answer(hans.user, at: relay, tickets.called) }()
            await #expect(throws: LinkFailure.refused(.unexpectedMember(vader.user))) {
                try await hans.call(leia, at: relay, tickets.caller)
            }
            #expect(await intruder == nil)
        }
    }

    @Test func whoIsNotTheOneThatCallsIsRefused() async throws {
        let (hans, leia, vader) = (try await peer("hans"), try await peer("leia"), try await peer("vader"))
        try await RelayPlace.running(of: network) { place in
            let tickets = try place.tickets(of: "hans")
            let relay = try place.endpoint
            async let intruder = { try? await vader.call(leia, at: relay, tickets.caller) }()
            await #expect(throws: LinkFailure.refused(.unexpectedMember(vader.user))) {
                try await leia.answer(hans.user, at: relay, tickets.called)
            }
            #expect(await intruder == nil)
        }
    }

    // MARK: Refusals

    @Test(arguments: RelayStatus.allCases.filter { $0 != .paired })
    func aRefusalIsSaid(status: RelayStatus) async throws {
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        try await FakeRelay.running([status.rawValue]) { relay in
            await #expect(throws: LinkFailure.relayRefused(status)) {
                try await hans.call(leia, at: try loopback(relay.port), [1])
            }
            await #expect(throws: LinkFailure.relayRefused(status)) {
                try await leia.answer(hans.user, at: try loopback(relay.port), [1])
            }
            while hans.trust.linkCount + leia.trust.linkCount > 0 { await Task.yield() }
        }
    }

    @Test(
        arguments: [
            ([200], LinkFailure.malformed("the relay says 200")), ([], .closedByPeer), (nil, .relaySilent),
        ] as [([UInt8]?, LinkFailure)])
    func whatIsNoAnswerIsAFailure(answer: [UInt8]?, failure: LinkFailure) async throws {
        var limits = LinkLimits()
        limits.relayAdmission = .milliseconds(200)
        let (hans, leia) = (try await peer("hans", limits: limits), try await peer("leia"))
        try await FakeRelay.running(answer) { relay in
            await #expect(throws: failure) {
                try await hans.call(leia, at: try loopback(relay.port), [1])
            }
        }
    }

    @Test func theRelayItselfRefuses() async throws {
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        var limits = RelayLimits()
        limits.partner = 100
        try await RelayPlace.running(of: network, limits) { place in
            let tickets = try place.tickets(of: "hans")
            let relay = try place.endpoint
            await #expect(throws: LinkFailure.relayRefused(.partnerMissing)) {
                try await hans.call(leia, at: relay, tickets.caller)
            }
            await #expect(throws: LinkFailure.relayRefused(.ticketUsed)) {
                try await hans.call(leia, at: relay, tickets.caller)
            }
            await #expect(throws: LinkFailure.relayRefused(.ticketInvalid)) {
                try await hans.call(leia, at: relay, [1, 2, 3])
            }
        }
    }

    @Test func whatCannotBeATicketIsNotSent() async throws {
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        await #expect(throws: LinkFailure.malformed("the ticket for a relay is none")) {
            try await hans.call(leia, at: try loopback(9), [])
        }
    }

    /// Nothing of a dial stays when nobody wants it any more.
    @Test func aCancelledCallEnds() async throws {
        let (hans, leia) = (try await peer("hans"), try await peer("leia"))
        try await RelayPlace.running(of: network) { place in
            let tickets = try place.tickets(of: "hans")
            let relay = try place.endpoint
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: LinkFailure.self) {
                        try await hans.call(leia, at: relay, tickets.caller)
                    }
                }
                while hans.trust.linkCount == 0 { await Task.yield() }
                group.cancelAll()
            }
            while hans.trust.linkCount > 0 { await Task.yield() }
        }
    }
}
