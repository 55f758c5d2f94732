import Connectivity
import Content
import NIOCore
import TestKit
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct LinkTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func peer(_ name: String, limits: LinkLimits = LinkLimits()) async throws -> TestPeer {
        try await TestPeer(try network.identity(name), limits: limits)
    }

    @Test func membersMeetAndMessagesKeepTheirOrder() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving { link in
            #expect(link.member == vader.user)
            try await echo(link)
        } while: {
            let link = try await vader.dial(hans)
            #expect(link.member == hans.user)
            #expect(link.handshake.infoHash == TestPeer.someHash)
            var sent: [PeerMessage] = [.haveNone, .unchoke]
            sent += (0..<3_000).map { .have(piece: $0) }
            sent += (0..<100).map {
                .piece(piece: 1, begin: $0 * 16_384, data: ByteBuffer(repeating: 7, count: 16_384))
            }
            let messages = sent
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await link.send(messages) }
                var received: [PeerMessage] = []
                for try await batch in link.inbound {
                    #expect(!batch.isEmpty)
                    received += batch
                    if received.count == messages.count { break }
                }
                #expect(received == messages)
                // Whoever keeps a block keeps nothing else.
                for case .piece(_, _, let data) in received { #expect(data.storageCapacity == 16_384) }
                try await group.waitForAll()
            }
            await link.close()
            #expect(try await LinkEnd(of: link) == .finished)
        }
    }

    @Test func aSlowReaderHoldsTheSenderBack() async throws {
        var limits = LinkLimits()
        limits.inboundBytes.most = 256 << 10
        let hans = try await peer("hans", limits: limits)
        let vader = try await peer("vader", limits: limits)
        let sent = Tally()
        let mayRead = Tally()
        let total = 64 * mebibyte.count
        try await hans.serving { link in
            await mayRead.reaches(1)
            try await drain(link)
        } while: {
            let link = try await vader.dial(hans)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<total {
                        try await link.send([mebibyte[number % mebibyte.count]])
                        sent.add()
                    }
                }
                await sent.reaches(1)
                // Kernel buffers, ours and one batch: far less than the 64 MiB that want to go.
                var last = -1
                while last != sent.count {
                    last = sent.count
                    try await Task.sleep(for: .milliseconds(200))
                }
                #expect(last < total / 2)
                mayRead.add()
                try await group.waitForAll()
            }
            await link.close()
        }
    }

    @Test func theBytesThatWaitOnAllLinksAreSharedOut() {
        let limits = LinkLimits()
        #expect(limits.inboundShare(ofLinks: 0) == 1 << 20)
        #expect(limits.inboundShare(ofLinks: 16) == 1 << 20)
        #expect(limits.inboundShare(ofLinks: 64) == 256 << 10)
        #expect(limits.inboundShare(ofLinks: 512) == 128 << 10)
    }

    @Test func anotherMemberThanTheOneDialledIsRefused() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        let accepted = Tally()
        try await hans.serving { _ in
            accepted.add()
        } while: {
            let failure = await #expect(throws: DialFailure.self) {
                try await vader.dialer.dial(
                    try TestNetwork.user("leia"), at: try hans.endpoints, greeting: TestPeer.greeting(TestPeer.someHash)
                )
            }
            #expect(failure?.attempts == [.refused(.unexpectedMember(hans.user))])
        }
        #expect(accepted.count == 0)
    }

    @Test func theNextEndpointIsTriedWhereOneIsDead() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        try await hans.serving(drain) {
            try await leia.serving(drain) {
                let dead = try #require(Endpoint(address: [127, 0, 0, 1], port: 1))
                let six = [UInt8](repeating: 0, count: 15) + [1]
                let overSix = try #require(Endpoint(address: six, port: hans.listener.port))
                let link = try await vader.dialer.dial(
                    hans.user, at: [dead] + (try leia.endpoints) + [overSix],
                    greeting: TestPeer.greeting(TestPeer.someHash))
                #expect(link.member == hans.user)
                await link.close()
            }
        }
    }

    @Test func nobodyThereIsAFailureWithItsReasons() async throws {
        let vader = try await peer("vader")
        let dead = try #require(Endpoint(address: [127, 0, 0, 1], port: 1))
        let failure = await #expect(throws: DialFailure.self) {
            try await vader.dialer.dial(
                try TestNetwork.user("hans"), at: [dead, dead], greeting: TestPeer.greeting(TestPeer.someHash))
        }
        #expect(failure?.attempts.count == 2)
        let none = await #expect(throws: DialFailure.self) {
            try await vader.dialer.dial(
                try TestNetwork.user("hans"), at: [], greeting: TestPeer.greeting(TestPeer.someHash))
        }
        #expect(none?.attempts == [])
    }

    @Test func aRefusedContentIsAClosedLink() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await hans.listener.run(trust: hans.trust) { await $0.refuse() } }
            let failure = await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
            #expect(failure?.attempts == [.closedByPeer])
            group.cancelAll()
        }
    }

    @Test func aRenewedCertificateIsUsedFromTheNextLinkOn() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving(echo) {
            let first = try await vader.dial(hans)
            try hans.trust.replace(try network.identity("hans", issuedAt: TestNetwork.now + 60_000))
            let second = try await vader.dial(hans)
            #expect(second.certificate.expiresAt == first.certificate.expiresAt + 60_000)
            try await first.send([.haveAll])
            var messages = first.inbound.makeAsyncIterator()
            #expect(try await messages.next() == [.haveAll])
            await first.close()
            await second.close()
        }
    }

    @Test func membersAndStrangersAreBoundedAndPlacesComeBack() async throws {
        var limits = LinkLimits()
        limits.perMember = 2
        let hans = try await peer("hans", limits: limits)
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        try await hans.serving(drain) {
            let first = try await vader.dial(hans)
            let second = try await vader.dial(hans)
            await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
            let other = try await leia.dial(hans)
            await first.close()
            // The place is free once hans has seen the end.
            while hans.trust.linkCount > 2 { await Task.yield() }
            let third = try await vader.dial(hans)
            for link in [second, third, other] { await link.close() }
        }
    }

    /// A few members with many links keep nobody out, and not even all that others want keeps us from dialling.
    @Test func whoHasMostLinksGivesOneUpToWhoHasNone() async throws {
        var limits = LinkLimits()
        limits.total = 16
        let places = limits.members
        let hans = try await peer("hans", limits: limits)
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        try await vader.serving(echo) {
            try await hans.serving(echo) {
                var links: [AuthenticatedLink] = []
                for _ in 0..<places { links.append(try await vader.dial(hans)) }
                let last = try #require(links.last)
                let newcomers = [try await leia.dial(hans), try await leia.dial(hans)]
                for link in newcomers {
                    try await link.send([.have(piece: 1)])
                    var echoes = link.inbound.makeAsyncIterator()
                    #expect(try await echoes.next() != nil)
                }
                var rest = last.inbound.makeAsyncIterator()
                while (try? await rest.next()) != nil {}
                #expect(hans.trust.linkCount == places)
                // Who has most himself has nobody give way.
                await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
                links.append(try await hans.dial(vader))
                for link in links + newcomers { await link.close() }
            }
        }
    }

    @Test func whenAllPlacesAreTakenNewLinksWaitForOne() async throws {
        var limits = LinkLimits()
        limits.total = 1
        let hans = try await peer("hans", limits: limits)
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        let dialled = Tally()
        try await hans.serving(echo) {
            let first = try await vader.dial(hans)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let second = try await leia.dial(hans)
                    dialled.add()
                    await second.close()
                }
                while leia.trust.linkCount == 0 { await Task.yield() }
                // Had she a place, she would have it before all of this has gone there and back.
                var echoes = first.inbound.makeAsyncIterator()
                for number in 0..<200 {
                    try await first.send([.have(piece: UInt32(number))])
                    _ = try await echoes.next()
                }
                #expect(dialled.count == 0)
                await first.close()
                try await group.waitForAll()
            }
        }
    }

    @Test func aCancelledDialEnds() async throws {
        var limits = LinkLimits()
        limits.connect = .seconds(50)
        let vader = try await peer("vader", limits: limits)
        let full = try FullListener()
        let endpoint = try #require(Endpoint(address: [127, 0, 0, 1], port: full.port))
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await vader.dialer.dial(
                    vader.user, at: [endpoint], greeting: TestPeer.greeting(TestPeer.someHash))
            }
            while vader.trust.linkCount == 0 { await Task.yield() }
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        while vader.trust.linkCount > 0 { await Task.yield() }
        full.close()
    }

    @Test func aCancelledReadEnds() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving(drain) {
            let link = try await vader.dial(hans)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await drain(link) }
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            await link.close()
        }
    }
}
