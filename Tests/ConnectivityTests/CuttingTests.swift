import Connectivity
import Content
import NIOCore
import TestKit
import Testing
import Wire

/// Links end when the right to them does.
@Suite(.timeLimit(.minutes(1))) struct CuttingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func peer(_ name: String, limits: LinkLimits = LinkLimits()) async throws -> TestPeer {
        try await TestPeer(try network.identity(name), limits: limits)
    }

    @Test func revocationCutsOpenLinksOfThatMemberOnly() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        try await hans.serving(echo) {
            let his = try await vader.dial(hans)
            let hers = try await leia.dial(hans)
            hans.trust.revoke([Revocation(serial: 1, user: vader.user, issuedBefore: TestNetwork.now + 1)])
            #expect(try await LinkEnd(of: his) == .finished)
            await #expect(throws: LinkFailure.self) { try await his.send([.haveAll]) }
            try await hers.send([.haveAll])
            var messages = hers.inbound.makeAsyncIterator()
            #expect(try await messages.next() == [.haveAll])
            await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
            await hers.close()
        }
    }

    @Test func whoeverLearnsOfItCutsTheLinksThatHeDialled() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving(echo) {
            let link = try await vader.dial(hans)
            vader.trust.revoke([Revocation(serial: 1, user: hans.user, issuedBefore: TestNetwork.now + 1)])
            #expect(try await LinkEnd(of: link) == .failed(.expelled(hans.user)))
            let failure = await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
            #expect(failure?.attempts == [.refused(.revoked(hans.user))])
        }
    }

    @Test func whoIsBlockedHasNoLinksInEitherDirection() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        let leia = try await peer("leia")
        try await hans.serving(echo) {
            try await vader.serving(echo) {
                let his = try await vader.dial(hans)
                let ours = try await hans.dial(vader)
                let hers = try await leia.dial(hans)
                hans.trust.refuse([vader.user])
                #expect(try await LinkEnd(of: his) == .finished)
                #expect(try await LinkEnd(of: ours) == .failed(.refused(.blocked(vader.user))))
                await #expect(throws: DialFailure.self) { try await vader.dial(hans) }
                let failure = await #expect(throws: DialFailure.self) { try await hans.dial(vader) }
                #expect(failure?.attempts == [.refused(.blocked(vader.user))])
                try await hers.send([.haveAll])
                var messages = hers.inbound.makeAsyncIterator()
                #expect(try await messages.next() == [.haveAll])
                await hers.close()
                hans.trust.refuse([])
                let again = try await vader.dial(hans)
                await again.close()
            }
        }
    }

    @Test func linksFromAnAddressThatIsGoneEndAtOnce() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving(echo) {
            let link = try await vader.dial(hans)
            #expect(vader.trust.cut(from: [[192, 0, 2, 1]]).isEmpty)
            #expect(vader.trust.linkedMembers == [hans.user])
            #expect(vader.trust.cut(from: [[127, 0, 0, 1]]) == [hans.user])
            #expect(try await LinkEnd(of: link) == .failed(.addressGone))
            // Of who accepted it, too.
            let another = try await vader.dial(hans)
            #expect(hans.trust.cut(from: [[127, 0, 0, 1]]) == [vader.user])
            #expect(try await LinkEnd(of: another) == .finished)
        }
    }

    /// What is in doubt stays where something comes.
    @Test func doubtfulLinksEndUnlessSomethingComes() async throws {
        var limits = LinkLimits()
        limits.doubt = (.milliseconds(300), 2)
        let hans = try await peer("hans", limits: limits)
        let (vader, leia) = (try await peer("vader"), try await peer("leia"))
        try await hans.serving(drain) {
            let (his, hers) = (try await vader.dial(hans), try await leia.dial(hans))
            let talking = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        try await hers.send([.haveAll])
                        talking.continuation.yield()
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
                for await _ in talking.stream { break }
                let cut = Seen<[UserName]>([])
                hans.trust.cutSilent { user in cut.change { $0.append(user) } }
                await cut.wait { !$0.isEmpty }
                // That takes as long again: by then hers would be ended, too.
                let another = try await vader.dial(hans)
                hans.trust.cutSilent(of: vader.user) { user in cut.change { $0.append(user) } }
                await cut.wait { $0.count > 1 }
                #expect(cut.value == [vader.user, vader.user])
                #expect(try await LinkEnd(of: another) == .finished)
                group.cancelAll()
            }
            #expect(try await LinkEnd(of: his) == .finished)
            await hers.close()
        }
    }

    @Test func aLinkEndsWithItsCertificate() async throws {
        let hans = try await TestPeer(try network.identity("hans", lifetime: 2_000))
        let vader = try await TestPeer(try network.identity("vader"), time: { TestNetwork.now + 1_800 })
        try await hans.serving(drain) {
            let link = try await vader.dial(hans)
            #expect(try await LinkEnd(of: link) == .failed(.certificateExpired))
        }
    }

    @Test func bytesThatWaitAreNotSentAfterTheCut() async throws {
        let hans = try await peer("hans")
        let vader = try await peer("vader")
        try await hans.serving { link in
            while true { try await link.send(mebibyte) }
        } while: {
            let link = try await vader.dial(hans)
            var messages = link.inbound.makeAsyncIterator()
            _ = try await messages.next()
            hans.trust.revoke([Revocation(serial: 1, user: vader.user, issuedBefore: TestNetwork.now + 1)])
            while try await messages.next() != nil {}
            while hans.trust.linkCount > 0 { await Task.yield() }
        }
    }

    @Test func aPeerThatTakesNothingIsGivenUp() async throws {
        var limits = LinkLimits()
        limits.stalledWrite = .milliseconds(300)
        let hans = try await peer("hans", limits: limits)
        let vader = try await peer("vader")
        let gaveUp = Tally()
        try await hans.serving { link in
            await #expect(throws: LinkFailure.silent) { while true { try await link.send(mebibyte) } }
            gaveUp.add()
        } while: {
            // Dialled, and never read from.
            let link = try await vader.dial(hans)
            await gaveUp.reaches(1)
            await link.close()
        }
    }

    @Test func aPeerThatTakesLittleIsNotGivenUp() async throws {
        var limits = LinkLimits()
        limits.stalledWrite = .seconds(1)
        let hans = try await peer("hans", limits: limits)
        var ticking = LinkLimits()
        ticking.keepAlive = .milliseconds(100)
        let clock = try await peer("clock", limits: ticking)
        let vader = try await peer("vader")
        let count = 40 * 64
        try await hans.serving { link in
            for _ in 0..<count / mebibyte.count { try await link.send(mebibyte) }
            try await drain(link)
        } while: {
            try await clock.serving(drain) {
                let ticks = try await vader.dial(clock)
                let link = try await vader.dial(hans)
                var received = 0
                var messages = link.inbound.makeAsyncIterator()
                // A batch with each keep-alive of somebody else, for twice as long as hans would wait for nothing.
                var tick = ticks.inbound.makeAsyncIterator()
                for _ in 0..<20 {
                    _ = try await tick.next()
                    received += try await messages.next()?.count ?? 0
                }
                #expect(received < count)
                while received < count { received += try #require(try await messages.next()).count }
                #expect(received == count)
                await link.close()
                await ticks.close()
            }
        }
    }

    @Test func aSilentPeerIsGivenUpAndAKeepAliveIsNotSilence() async throws {
        var limits = LinkLimits()
        limits.silence = .milliseconds(400)
        limits.keepAlive = .seconds(60)
        let hans = try await peer("hans", limits: limits)
        var lively = LinkLimits()
        lively.keepAlive = .milliseconds(100)
        let vader = try await peer("vader", limits: lively)
        let leia = try await peer("leia")
        let received = Tally()
        try await hans.serving { link in
            for try await batch in link.inbound { received.add(batch.count) }
        } while: {
            let quiet = try await leia.dial(hans)
            let alive = try await vader.dial(hans)
            #expect(try await LinkEnd(of: quiet) == .finished)
            // Ten keep-alives take longer than hans would wait for one.
            await received.reaches(10)
            try await alive.send([.haveAll])
            await received.reaches(11)
            await alive.close()
        }
    }
}
