import PeerNode
import Testing
import Wire

/// The directory is told where this node is until it knows.
struct ToldPlacesTests {
    private let home: [Endpoint]
    private let cafe: [Endpoint]
    private let members: [UserName]

    init() throws {
        home = [try #require(Endpoint(address: [10, 0, 0, 2], port: 4_000))]
        cafe = [try #require(Endpoint(address: [192, 168, 1, 7], port: 4_000))]
        members = try (0..<20).map { try #require(UserName("m\($0)")) }
    }

    @Test func nothingIsSaidTwice() throws {
        var told = ToldPlaces(first: home)
        #expect(told.telling(home) == nil)
        let telling = try #require(told.telling(cafe))
        #expect(telling.places == cafe && telling.members.isEmpty)
        #expect(told.answered(telling) == false)
        #expect(told.telling(cafe) == nil)
    }

    @Test func aLoginByItselfSaysWhatTheFirstOneSaid() throws {
        var told = ToldPlaces(first: home)
        _ = told.answered(try #require(told.telling(cafe)))
        told.signedInAgain()
        #expect(told.telling(cafe)?.places == cafe)
        #expect(told.telling(home) == nil)
    }

    @Test func anAnswerToWhatWasSaidBeforeALoginCountsForNothing() throws {
        var told = ToldPlaces(first: home)
        let telling = try #require(told.telling(cafe))
        told.signedInAgain()
        #expect(told.answered(telling) == true)
        #expect(told.telling(cafe)?.places == cafe)
    }

    @Test func whoWasLinkedHearsOfAMoveOnce() throws {
        var told = ToldPlaces(first: home)
        told.moved(telling: Set(members))
        let first = try #require(told.telling(home))
        #expect(first.members.count == DirectoryMessage.toldOfMoveLimit)
        #expect(told.answered(first) == true)
        let second = try #require(told.telling(home))
        #expect(Set(first.members + second.members) == Set(members))
        #expect(told.answered(second) == false)
        #expect(told.telling(home) == nil)
    }
}
