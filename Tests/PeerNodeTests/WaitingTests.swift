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

    // MARK: When it is looked, and what is said

    private func seconds(_ count: Int) -> Duration { .seconds(count) }

    private func mayLook(_ waiting: inout Waiting, after silence: Int, at now: Int) -> Bool {
        waiting.mayLook(after: seconds(silence), at: seconds(now))
    }

    @Test func itIsLookedOnceAtATimeAndNotAllTheTime() {
        var waiting = Waiting()
        #expect(mayLook(&waiting, after: 4, at: 4) == false)
        #expect(mayLook(&waiting, after: 5, at: 5) == true)
        #expect(mayLook(&waiting, after: 60, at: 60) == false)
        _ = waiting.looked(prospect([]), after: seconds(60), at: seconds(60))
        #expect(mayLook(&waiting, after: 64, at: 64) == false)
        #expect(mayLook(&waiting, after: 65, at: 65) == true)
    }

    @Test func itIsSaidForWhomAndWhetherInVain() {
        func word(_ prospect: Prospect?) -> Waiting.Word? {
            var waiting = Waiting()
            return waiting.looked(prospect, after: seconds(5), at: seconds(5))
        }
        let away = word(prospect([publication(hans, wanted, absentSince: 1)], holders: [vader]))
        #expect(away?.members == [hans, vader] && away?.isInVain == false)
        let here = word(prospect([], holders: [vader]))
        #expect(here?.members == [vader] && here?.isInVain == true)
        #expect(word(prospect([]))?.isInVain == true)
    }

    @Test func whenTheDirectoryIsAwayItIsWaitedForWhomItNamedLast() {
        var waiting = Waiting()
        _ = waiting.looked(prospect([publication(hans, wanted, absentSince: 1)]), after: seconds(5), at: seconds(5))
        let word = waiting.looked(nil, after: seconds(10), at: seconds(10))
        #expect(word?.members == [hans] && word?.isInVain == false)
    }

    @Test func whatComesMeanwhileIsNotSpokenOver() {
        var waiting = Waiting()
        #expect(mayLook(&waiting, after: 5, at: 5) == true)
        let word = waiting.looked(prospect([]), after: seconds(1), at: seconds(7))
        #expect(word == nil)
        #expect(mayLook(&waiting, after: 6, at: 12) == true)
    }

    @Test func ofManyAFewAreNamed() throws {
        let many = try (0..<100).map { try #require(UserName("member\($0)")) }
        var waiting = Waiting()
        let word = waiting.looked(prospect([], holders: many), after: seconds(5), at: seconds(5))
        #expect(word?.members.count == 8)
    }
}
