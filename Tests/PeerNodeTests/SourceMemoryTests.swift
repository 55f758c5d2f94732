import PeerNode
import Testing
import Wire

/// Who is dialled when, and where a better way is looked for.
struct SourceMemoryTests {
    private let hans: UserName
    private let leia: UserName
    private let peer: DialledSource
    private let client: DialledSource
    private let places: [Endpoint]
    private let start = ContinuousClock.now
    private var memory = SourceMemory()

    init() throws {
        hans = try #require(UserName("hans"))
        leia = try #require(UserName("leia"))
        peer = DialledSource(hans, isStandardClient: false)
        client = DialledSource(hans, isStandardClient: true)
        places = [try #require(Endpoint(address: [10, 0, 0, 2], port: 4_000))]
    }

    private func at(_ seconds: Int) -> SourceMemory.Instant { start + .seconds(seconds) }

    private mutating func begin(_ source: DialledSource, at seconds: Int = 0) throws -> SourceMemory.Dial {
        let dial = memory.begin(source, at: at(seconds))
        return try #require(dial)
    }

    private mutating func link(_ source: DialledSource, at seconds: Int = 0) throws {
        let dial = try begin(source, at: seconds)
        memory.linked(by: dial, at: places, at(seconds))
        memory.ended(dial)
    }

    private mutating func fail(_ source: DialledSource, at seconds: Int) throws {
        let dial = try begin(source, at: seconds)
        memory.failed(dial, isExplained: false, at: at(seconds))
        memory.ended(dial)
    }

    // MARK: Pauses

    @Test mutating func whoDoesNotAnswerIsDialledLessAndLessOften() throws {
        for (second, pause) in [(0, 1), (10, 2), (20, 4), (30, 8)] {
            #expect(memory.mayDial(peer, at: at(second)))
            try fail(peer, at: second)
            #expect(!memory.mayDial(peer, at: at(second + pause - 1)))
            #expect(memory.mayDial(peer, at: at(second + pause)))
        }
        #expect(memory.missed == [hans])
        let last = try begin(peer)
        #expect(last.failures == 4)
        memory.linked(by: last, at: places, at(60))
        #expect(memory.missed.isEmpty)
    }

    @Test mutating func whoseLinkHeldIsForgiven() throws {
        for second in 0..<5 { try fail(peer, at: second) }
        try link(peer, at: 100)
        memory.lost(hans, isExplained: false, at: at(111))
        #expect(!memory.mayDial(peer, at: at(111)) && memory.mayDial(peer, at: at(112)))
    }

    @Test mutating func standardClientsOfAMemberCostHisPeerNothing() throws {
        try link(client)
        memory.lost(hans, isExplained: false, at: at(0))
        #expect(!memory.mayDial(client, at: at(0)) && memory.mayDial(peer, at: at(0)))
    }

    @Test mutating func nobodyIsDialledTwiceAtTheSameTime() throws {
        let dial = try begin(peer)
        #expect(memory.begin(peer, at: at(0)) == nil)
        #expect(memory.begin(client, at: at(0)) != nil)
        memory.ended(dial)
        #expect(memory.begin(peer, at: at(0)) != nil)
    }

    // MARK: Moves

    @Test mutating func aMoveOfOnesOwnEndsEveryDialAndForgivesWhoIsNotLinked() throws {
        try link(peer)
        try fail(DialledSource(leia, isStandardClient: false), at: 0)
        let dial = try begin(client)
        #expect(memory.moved(Move(isOwn: true, ended: []), at: at(5)) == [dial.number])
        #expect(memory.mayDial(DialledSource(leia, isStandardClient: false), at: at(0)))
        #expect(memory.linked == [hans])
        #expect(memory.begin(client, at: at(0)) != nil, "it is dialled anew at once")
    }

    @Test mutating func aMoveOfAMemberConcernsHimAlone() throws {
        try link(peer)
        let his = try begin(client)
        let hers = try begin(DialledSource(leia, isStandardClient: false))
        #expect(memory.moved(Move(isOwn: false, ended: [hans]), at: at(5)) == [his.number])
        #expect(memory.linked.isEmpty && memory.mayDial(peer, at: at(0)))
        #expect(memory.begin(hers.source, at: at(0)) == nil)
    }

    /// His links end within the time of a doubt, one after the other.
    @Test mutating func whatWasDialledSinceTheFirstOfHisLinksEndedGoesOn() throws {
        let dial = try begin(peer, at: 4)
        #expect(memory.moved(Move(isOwn: false, ended: [hans]), at: at(5)) == [])
        #expect(memory.moved(Move(isOwn: true, ended: []), at: at(5)) == [dial.number])
    }

    @Test mutating func whatWasBegunBeforeAMoveSaysNothingOfWhatCameAfter() throws {
        let old = try begin(peer)
        _ = memory.moved(Move(isOwn: true, ended: []), at: at(5))
        try link(peer, at: 1)
        memory.failed(old, isExplained: false, at: at(2))
        memory.ended(old)
        #expect(memory.linked == [hans] && memory.mayDial(peer, at: at(2)))
        #expect(memory.looks(to: [hans]) == [SourceMemory.Look(member: hans, places: places)])
    }

    @Test mutating func theEndOfAnOldDialIsNotThatOfTheNewOne() throws {
        let old = try begin(peer)
        _ = memory.moved(Move(isOwn: true, ended: []), at: at(5))
        _ = memory.begin(peer, at: at(0))
        memory.ended(old)
        #expect(memory.begin(peer, at: at(0)) == nil)
    }

    @Test mutating func whatAMoveExplainsIsHeldAgainstNobodyAndYetTheLinkIsGone() throws {
        try link(peer)
        memory.lost(hans, isExplained: true, at: at(1))
        #expect(memory.linked.isEmpty && memory.mayDial(peer, at: at(1)))
        let dial = try begin(peer)
        memory.failed(dial, isExplained: true, at: at(1))
        #expect(memory.mayDial(peer, at: at(1)) && dial.failures == 0)
    }

    // MARK: Better ways

    @Test mutating func aBetterWayIsLookedForWhereTheDeviceWasDialled() throws {
        #expect(memory.looks(to: [hans]) == [])
        try link(peer)
        #expect(memory.looks(to: [hans, leia]) == [SourceMemory.Look(member: hans, places: places)])
        #expect(memory.looks(to: [hans]) == [], "it is being looked for")
        memory.looked(SourceMemory.Look(member: hans, places: places))
        let dial = try begin(peer)
        #expect(memory.looks(to: [hans]) == [], "he is being dialled")
        memory.ended(dial)
        #expect(memory.looks(to: [hans]) == [SourceMemory.Look(member: hans, places: places)])
    }

    /// The new one is dialled, and noted, while the old one is about to be lost.
    @Test mutating func theEndOfAnEarlierLinkLeavesWhereToLook() throws {
        try link(peer)
        memory.lost(hans, isExplained: false, at: at(0))
        #expect(memory.looks(to: [hans]).map(\.places) == [places])
    }

    @Test mutating func afterTwelveLooksItIsEverySecondTime() throws {
        try link(peer)
        var turns: [Int] = []
        for turn in 0..<18 {
            for look in memory.looks(to: [hans]) {
                turns.append(turn)
                memory.looked(look)
            }
        }
        #expect(turns == Array(0..<12) + [12, 14, 16])
        try link(peer)
        #expect(memory.looks(to: [hans]).count == 1, "a new link begins anew")
    }
}
