import Content
import Directory
import TestKit
import Testing
import Wire

@Suite struct KeepersTests {
    private static let vantage = Vantage(seen: [[192, 0, 2, 1]])

    /// Compared with a dictionary: contents with several holders each, of whom some have many, come and go.
    @Test func holdsWhatADictionaryHolds() throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let users = try (0..<40).map { try Sample.user("member\($0)") }
        let contents = try (0..<60).map(Sample.content)
        let ready = ReadyAnswer(.done)
        var keepers = Keepers()
        var model: [ContentID: [Keeper]] = [:]
        var answered: Set<ContentID> = []
        for step in 0..<Scale.count(6_000) {
            let content = try #require(contents.randomElement(using: &random))
            let user = users[min(Int.random(in: 0..<40, using: &random), Int.random(in: 0..<40, using: &random))]
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                keepers.forget(of: user, [content])
                model = model.filter { $0.key != content && !$0.value.contains { $0.user == user } }
            case 1:
                keepers.stale([user])
                answered.subtract(model.filter { $0.value.contains { $0.user == user } }.keys)
            case 2 where step % 50 == 0:
                keepers.forgetAll()
                model = [:]
            case 3..<10:
                keepers.keep([ready], about: content, toldTo: Self.vantage, besides: [])
                if model[content] != nil { answered.insert(content) }
            default:
                let found = (0..<Int.random(in: 0...5, using: &random)).map { number in
                    Keeper(
                        user: users.randomElement(using: &random) ?? user,
                        way: .publication(top: PublicationID(rawValue: Int64(number))))
                }
                keepers.insert(found, of: content, since: keepers.mark)
                model[content] = found
                answered.remove(content)
            }
            answered.formIntersection(model.keys)
            #expect(keepers.keepers(of: content) == model[content], "seed \(seed), step \(step)")
            let isAnswered = answered.contains(content) && model[content]?.contains { $0.user == user } == false
            #expect(
                (keepers.answers(about: content, to: user, at: Self.vantage) == [ready]) == isAnswered,
                "seed \(seed), step \(step)")
        }
        for content in contents { #expect(keepers.keepers(of: content) == model[content], "seed \(seed)") }
    }

    /// The store may have changed while it was asked.
    @Test func whatWasReadBeforeAChangeIsNotKept() throws {
        var keepers = Keepers()
        let (content, mark) = (try Sample.content(1), keepers.mark)
        keepers.forget(of: try Sample.user("hans"), [])
        keepers.insert([], of: content, since: mark)
        #expect(keepers.keepers(of: content) == nil)
    }
}
