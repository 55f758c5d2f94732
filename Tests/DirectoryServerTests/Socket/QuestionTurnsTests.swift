import DirectoryServer
import TestKit
import Testing
import Wire

/// Who of those that ask much is answered first.
struct QuestionTurnsTests {
    private var turns = QuestionTurns()
    private let remote: Remote

    init() throws { remote = try GateFixture.remote("192.0.2.1") }

    private func question(_ session: UInt64, _ number: UInt32, _ request: DirectoryRequest? = nil) -> Question {
        Question(
            session: SessionID(rawValue: session), transaction: TransactionID(rawValue: number),
            request: request ?? .published(PageWindow()), remote: remote)
    }

    @Test mutating func whoAsksMuchWaitsBehindHimself() {
        var begun: [Question] = []
        for number in 0..<UInt32(32) { begun += turns.add(question(1, number)) }
        #expect(begun.count == QuestionTurns.readLimit)
        let none = turns.add(question(2, 100)) + turns.add(question(3, 101))
        #expect(none.isEmpty)
        // His next one had its turn before the others came.
        var order: [UInt64] = []
        for question in begun.prefix(5) { order += turns.finish(question).map(\.session.rawValue) }
        #expect(order == [1, 2, 3, 1, 1])
    }

    @Test mutating func whatWritesWaitsForNoTurn() {
        for number in 0..<UInt32(32) { _ = turns.add(question(1, number)) }
        let begun = turns.add(question(2, 100, .publish([])))
        #expect(begun.count == 1)
    }

    /// Everything is asked once, and never more reads than may be.
    @Test mutating func everythingIsAskedOnce() {
        var random = SeededRandom.fresh()
        var waiting: Set<UInt32> = []
        var underWay: [Question] = []
        for number in 0..<UInt32(Scale.count(20_000)) {
            var begun: [Question] = []
            if turns.hasRoom, Bool.random(using: &random) {
                waiting.insert(number)
                begun = turns.add(question(.random(in: 0..<5, using: &random), number))
            } else if let index = underWay.indices.randomElement(using: &random) {
                begun = turns.finish(underWay.remove(at: index))
            }
            for question in begun {
                #expect(waiting.remove(question.transaction.rawValue) != nil, "seed \(random.seed)")
            }
            underWay += begun
            #expect(underWay.count <= QuestionTurns.readLimit, "seed \(random.seed)")
            #expect(waiting.isEmpty || underWay.count == QuestionTurns.readLimit, "seed \(random.seed)")
        }
    }
}
