import PeerNode
import TestKit
import Testing
import Wire

/// Two dials to one member at the same time are in each other's way, also where one of them only looks for a better way.
@Suite(.timeLimit(.minutes(1))) struct DialsUnderWayTests {
    private let dials = DialsUnderWay()

    private func source(_ name: String, isStandardClient: Bool = false) throws -> DialsUnderWay.Source {
        DialsUnderWay.Source(try #require(UserName(name)), isStandardClient: isStandardClient)
    }

    /// A dial that goes on until it is told to end.
    private func open(_ source: DialsUnderWay.Source, until end: Seen<Bool>, in group: inout TaskGroup<Void>) async {
        let hasBegun = Seen(false)
        group.addTask { [dials] in
            await dials.alone(source) {
                hasBegun.change { $0 = true }
                await end.wait { $0 }
            }
        }
        await hasBegun.wait { $0 }
    }

    private func isFree(_ source: DialsUnderWay.Source) async -> Bool {
        let hasBegun = Seen(false)
        await dials.alone(source) { hasBegun.change { $0 = true } }
        return hasBegun.value
    }

    @Test func oneAtATimeToEach() async throws {
        let (hans, client, leia) = (
            try source("hans"), try source("hans", isStandardClient: true), try source("leia")
        )
        let end = Seen(false)
        await withTaskGroup(of: Void.self) { group in
            await open(hans, until: end, in: &group)
            #expect(await !isFree(hans))
            #expect(await isFree(client))
            #expect(await isFree(leia))
            end.change { $0 = true }
        }
        #expect(await isFree(hans))
    }

    /// He moved: what was begun to where he was is in nobody's way, and at its end takes nothing from what began since.
    @Test func whatLeadsNowhereIsForgotten() async throws {
        let hans = try source("hans")
        let (former, current) = (Seen(false), Seen(false))
        await withTaskGroup(of: Void.self) { group in
            await open(hans, until: former, in: &group)
            dials.forget { $0.user.text == "leia" }
            #expect(await !isFree(hans))
            dials.forget { $0.user.text == "hans" }
            await open(hans, until: current, in: &group)
            former.change { $0 = true }
            await group.next()
            #expect(await !isFree(hans))
            current.change { $0 = true }
        }
        #expect(await isFree(hans))
    }
}
