import Content
import PeerNode
import Testing
import Wire

/// For whom a download waits of which nothing comes, and whether in vain.
struct WaitingTests {
    private let hans: UserName
    private let leia: UserName
    private let vader: UserName
    private let wanted: ContentID

    init() throws {
        hans = try #require(UserName("hans"))
        leia = try #require(UserName("leia"))
        vader = try #require(UserName("vader"))
        wanted = try #require(ContentID(root: Hash256(hashing: [1]), size: 1))
    }

    private func publication(_ owner: UserName, _ content: ContentID?, absentSince: Int64? = nil) -> Finding {
        Finding(
            publication: PublicationID(rawValue: 1), owner: owner, content: content, absentSince: absentSince)
    }

    private func prospect(
        _ publications: [Finding], holders: [UserName] = [], but others: Set<UserName> = []
    ) -> Prospect {
        Prospect(of: wanted, publications, holders: holders, but: others)
    }

    // MARK: Who may bring it

    @Test func whoPublishedItMayComeBack() {
        let both = prospect([publication(leia, wanted, absentSince: 5), publication(hans, wanted, absentSince: 0)])
        #expect(both.here == [] && both.away == [hans, leia])
    }

    @Test func whoHasItIsHereWhetherHePublishedItOrNot() {
        let found = prospect([publication(hans, wanted), publication(leia, wanted, absentSince: 1)], holders: [vader])
        #expect(found.here == [hans, vader] && found.away == [leia])
        // Who published it and gives it from another device.
        #expect(prospect([publication(hans, wanted, absentSince: 1)], holders: [hans]).away == [])
    }

    @Test func whoHasSomethingElseByNowIsNotWaitedFor() throws {
        let other = try #require(ContentID(root: Hash256(hashing: [2]), size: 1))
        let found = prospect([publication(hans, other), publication(leia, nil, absentSince: 1)])
        #expect(found == prospect([]))
    }

    @Test func nothingIsHopedForFromOneselfAndLiars() {
        let publications = [publication(hans, wanted, absentSince: 1), publication(leia, wanted)]
        #expect(prospect(publications, holders: [vader], but: [hans, leia, vader]) == prospect([]))
    }

    // MARK: Who is online

    @Test func whatTheDirectorySaidOfAllHoldsForAMoment() async {
        let online = OnlineMembers()
        func names(at now: Int, _ answer: [String]?) async -> [String]? {
            await online.names(at: seconds(now)) { answer }
        }
        // That it said nothing is not kept.
        #expect(await names(at: 0, nil) == nil)
        #expect(await names(at: 1, ["hans"]) == ["hans"])
        #expect(await names(at: 5, []) == ["hans"])
        #expect(await names(at: 6, nil) == nil)
        #expect(await names(at: 7, ["leia"]) == ["leia"])
    }

    /// Of somebody who has just left it is not said that he is here.
    @Test func whoWantsToKnowItAnewAsksAgain() async {
        let online = OnlineMembers()
        func names(at now: Int, since: Int, _ answer: [String]?) async -> [String]? {
            await online.names(at: seconds(now), since: seconds(since)) { answer }
        }
        #expect(await names(at: 1, since: 0, ["hans"]) == ["hans"])
        #expect(await names(at: 2, since: 2, ["leia"]) == ["leia"])
        // The others know it, too, by then.
        #expect(await names(at: 3, since: 2, []) == ["leia"])
        #expect(await names(at: 4, since: 0, []) == ["leia"])
        #expect(await names(at: 5, since: 3, nil) == nil)
    }

    // MARK: When it is looked, and what is said

    private func seconds(_ count: Int) -> Duration { .seconds(count) }

    private func mayLook(_ waiting: inout Waiting, after silence: Int, at now: Int) -> Bool {
        waiting.mayLook(after: seconds(silence), at: seconds(now))
    }

    private func looked(
        _ waiting: inout Waiting, _ prospect: Prospect?, after silence: Int, at now: Int, silenceLimit: Int = 3
    ) -> Waiting.Word? {
        waiting.looked(prospect, silenceLimit: seconds(silenceLimit), after: seconds(silence), at: seconds(now))
    }

    @Test func itIsLookedOnceAtATimeAndNotAllTheTime() {
        var waiting = Waiting()
        #expect(mayLook(&waiting, after: 4, at: 4) == false)
        #expect(mayLook(&waiting, after: 5, at: 5) == true)
        #expect(mayLook(&waiting, after: 60, at: 60) == false)
        _ = looked(&waiting, prospect([]), after: 60, at: 60)
        #expect(mayLook(&waiting, after: 64, at: 64) == false)
        #expect(mayLook(&waiting, after: 65, at: 65) == true)
    }

    @Test func theLongerNothingComesTheMoreSeldomItIsLooked() {
        var waiting = Waiting()
        func looks(from first: Int, to last: Int, since silent: Int) -> [Int] {
            (first...last).filter { now in
                guard mayLook(&waiting, after: now - silent, at: now) else { return false }
                let word = looked(
                    &waiting, prospect([publication(hans, wanted, absentSince: 1)]), after: now - silent, at: now)
                #expect(word != nil)
                return true
            }
        }
        #expect(looks(from: 0, to: 270, since: 0) == [5, 10, 20, 40, 80, 140, 200, 260])
        // Something comes, and then nothing again.
        #expect(looks(from: 271, to: 300, since: 271) == [276, 281, 291])
    }

    @Test func itIsSaidForWhom() {
        func members(_ prospect: Prospect?) -> [UserName]? {
            var waiting = Waiting()
            return looked(&waiting, prospect, after: 5, at: 5)?.members
        }
        #expect(members(prospect([publication(hans, wanted, absentSince: 1)], holders: [vader])) == [hans, vader])
        #expect(members(prospect([], holders: [vader])) == [vader])
        #expect(members(prospect([])) == [] && members(nil) == [])
    }

    // MARK: In vain

    /// When it is looked, and said to be in vain, though nothing comes, until a time.
    private func doubts(
        _ waiting: inout Waiting, _ prospect: (Int) -> Prospect?, from first: Int = 0, to last: Int,
        silenceLimit: Int = 3
    ) -> (looks: [Int], vain: [Int]) {
        var (looks, vain): ([Int], [Int]) = ([], [])
        for now in first...last where mayLook(&waiting, after: now, at: now) {
            looks.append(now)
            let word = looked(&waiting, prospect(now), after: now, at: now, silenceLimit: silenceLimit)
            if word?.isInVain == true { vain.append(now) }
        }
        return (looks, vain)
    }

    /// Who died is listed for a while, as one who is here and gives nothing.
    @Test func whatIsInVainForLongEnoughIsSaidToBe() {
        var waiting = Waiting()
        let found = doubts(&waiting, { _ in prospect([publication(hans, wanted)]) }, to: 50)
        #expect(found.looks == [5, 10, 20, 40] && found.vain == [20, 40])
    }

    /// Who is here and gave it has it no longer: the second look confirms that.
    @Test func whatIsWithdrawnIsInVainSoon() {
        var waiting = Waiting()
        var over = prospect([])
        over.withdrawn = [hans]
        let found = doubts(&waiting, { _ in over }, to: 20)
        #expect(found.looks == [5, 10, 15, 20] && found.vain == [10, 15, 20])
        // Somebody else may bring it.
        waiting = Waiting()
        var other = prospect([publication(leia, wanted)])
        other.withdrawn = [hans]
        #expect(doubts(&waiting, { _ in other }, to: 19).vain == [])
    }

    @Test func whoDiedIsWaitedForHoweverLongHeIsListed() {
        var waiting = Waiting()
        let never = doubts(
            &waiting, { prospect([publication(hans, wanted, absentSince: $0 < 60 ? nil : 60)]) }, to: 600,
            silenceLimit: 60)
        #expect(never.vain == [])
        waiting = Waiting()
        let late = doubts(&waiting, { _ in prospect([publication(hans, wanted)]) }, to: 100, silenceLimit: 60)
        #expect(late.looks == [5, 10, 20, 40, 75] && late.vain == [75])
    }

    @Test func whoeverMayComeEndsTheDoubt() {
        var waiting = Waiting()
        // Gone for a moment, and unknown at another.
        let found = doubts(
            &waiting,
            { now in
                switch now {
                case 10: nil
                case 35: prospect([publication(hans, wanted, absentSince: 30)])
                default: prospect([publication(hans, wanted)])
                }
            }, to: 100)
        #expect(found.looks == [5, 10, 20, 35, 75, 90] && found.vain == [90])
    }

    /// After an hour in which this computer slept, who is listed may yet be linked.
    @Test func whatWasFoundBeforeASleepIsForgotten() {
        var waiting = Waiting()
        let listed = prospect([publication(hans, wanted)])
        #expect(doubts(&waiting, { _ in listed }, to: 10).vain == [])
        #expect(doubts(&waiting, { _ in listed }, from: 3_600, to: 3_614).vain == [])
        #expect(doubts(&waiting, { _ in listed }, from: 3_615, to: 3_615).vain == [3_615])
    }

    @Test func whenTheDirectoryIsAwayItIsWaitedForWhomItNamedLast() {
        var waiting = Waiting()
        _ = looked(&waiting, prospect([publication(hans, wanted, absentSince: 1)]), after: 5, at: 5)
        let word = looked(&waiting, nil, after: 10, at: 10)
        #expect(word?.members == [hans] && word?.isInVain == false)
    }

    @Test func whatComesMeanwhileIsNotSpokenOver() {
        var waiting = Waiting()
        #expect(mayLook(&waiting, after: 5, at: 5) == true)
        let word = looked(&waiting, prospect([]), after: 1, at: 7)
        #expect(word == nil)
        #expect(mayLook(&waiting, after: 6, at: 12) == true)
    }

    @Test func ofManyAFewAreNamed() throws {
        let many = try (0..<100).map { try #require(UserName("member\($0)")) }
        var waiting = Waiting()
        let word = looked(&waiting, prospect([], holders: many), after: 5, at: 5)
        #expect(word?.members.count == 8)
    }
}
