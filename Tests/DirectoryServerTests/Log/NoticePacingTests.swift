import Directory
import DirectoryServer
import TestKit
import Testing
import Wire

/// What strangers and members can have logged is bounded, and none of them has another one's lines left out.
struct NoticePacingTests {
    private func refused(_ network: UInt8) throws -> DirectoryNotice {
        .loginRefused(try Sample.user("hans"), address: [192, 0, network, 9], .slowDown(retryAfter: 1))
    }

    private func issued(_ user: String) throws -> DirectoryNotice {
        .certificateIssued(try Sample.user(user), days: 90)
    }

    private func told(_ pacing: inout NoticePacing, _ notices: [DirectoryNotice], now: Int64) -> Int {
        notices.reduce(0) { $0 + (pacing.admits($1, now: now) ? 1 : 0) }
    }

    @Test func aMemberIsToldAFewTimesThenOnceASecond() throws {
        var pacing = NoticePacing(now: 0)
        let flood = Array(repeating: try issued("vader"), count: 1_000)
        for (now, expected) in [(0, NoticePacing.burst), (1_000, 1), (1_500, 0), (2_000, 1)] as [(Int64, Int)] {
            let told = told(&pacing, flood, now: now)
            #expect(told == expected)
            let untold = pacing.nextSecond()
            #expect(untold == NoticePacing.Untold(deeds: 1_000 - expected, mostOf: try Sample.user("vader")))
        }
        let (vader, hans) = (try Sample.user("vader"), try Sample.user("hans"))
        let refusal = told(&pacing, [.certificateRefused(vader, reason: "")], now: 2_000)
        #expect(refusal == 0)
        // What else he does is not hidden by it; others are told, and what is not a member's doing.
        for notice in [
            .signedIn(vader, place: "", byToken: true), .published(vader, []), .passwordChanged(vader),
            .certificateRefused(hans, reason: ""), try refused(2), .storeFailed(.full), .storeWorks,
            .administered(by: vader, AdministrativeDeed("Invited")),
        ] as [DirectoryNotice] {
            let told = told(&pacing, [notice], now: 2_000)
            #expect(told == 1)
        }
    }

    @Test func ofEachKindAMemberIsToldByItself() throws {
        let vader = try Sample.user("vader")
        let kinds: [[DirectoryNotice]] = [
            [.signedIn(vader, place: "", byToken: true), .left(vader, .goodbye), .returned(vader)],
            [.published(vader, []), .unpublished(vader, [])],
            [.certificateIssued(vader, days: 90), .certificateRefused(vader, reason: "")],
            [.joined(vader, .member), .passwordChanged(vader), .signedOutDevices(vader)],
        ]
        var pacing = NoticePacing(now: 0)
        for kind in kinds {
            let flood = (0..<1_000).map { kind[$0 % kind.count] }
            let told = told(&pacing, flood, now: 0)
            #expect(told == NoticePacing.burst)
        }
    }

    @Test func whatHappensAllDayLeavesRoomForTheRest() throws {
        var pacing = NoticePacing(now: 0)
        let everyday = try (0..<2_000).map { DirectoryNotice.published(try Sample.user("m\($0)"), []) }
        let unusual = try (0..<2_000).map { DirectoryNotice.passwordChanged(try Sample.user("m\($0)")) }
        for notices in [everyday, unusual] {
            let told = told(&pacing, notices, now: 0)
            #expect(told == NoticePacing.members)
        }
    }

    @Test func ofRefusedLoginsEachNetworkHasItsShare() throws {
        var pacing = NoticePacing(now: 0)
        let flood = Array(repeating: try refused(2), count: 1_000)
        let first = told(&pacing, flood, now: 0)
        #expect(first == NoticePacing.strangers)
        let second = told(&pacing, flood, now: 1_000)
        #expect(second == 1)
        let other = told(&pacing, [try refused(3)], now: 1_000)
        #expect(other == 1)
        let untold = pacing.nextSecond()
        #expect(untold == NoticePacing.Untold(refusals: 2_000 - NoticePacing.strangers - 1))
        let rest = pacing.nextSecond()
        #expect(rest == NoticePacing.Untold())
    }

    @Test func allTogetherHaveALimitToo() throws {
        var pacing = NoticePacing(now: 0)
        let networks = try (0..<200).map { try refused(UInt8($0)) }
        let members = try (0..<2_000).map { try issued("m\($0)") }
        for now in [0, 1_000] as [Int64] {
            let strangers = told(&pacing, networks, now: now)
            #expect(strangers == NoticePacing.strangers)
            let deeds = told(&pacing, members, now: now)
            #expect(deeds == NoticePacing.members)
            let untold = pacing.nextSecond()
            #expect(untold.refusals == 200 - NoticePacing.strangers && untold.deeds == 2_000 - NoticePacing.members)
            #expect(untold.mostOf != nil)
        }
    }
}
