import DirectoryServer
import Testing

struct RecentAnswersTests {
    @Test func forgetsTheOldestBeyondItsCapacity() {
        var answers = RecentAnswers<Int, Int>(capacity: 3, lifetime: 1_000)
        for key in 1...100 { answers.insert(key * 10, for: key, now: 0) }
        #expect(answers.count == 3)
        let kept = (96...100).map { answers.value(for: $0, now: 0) }
        #expect(kept == [nil, nil, 980, 990, 1_000])
    }

    @Test func forgetsWhatIsTooOld() {
        var answers = RecentAnswers<Int, Int>(capacity: 3, lifetime: 1_000)
        answers.insert(1, for: 1, now: 0)
        answers.insert(2, for: 2, now: 600)
        let kept = [(1, 1_000), (1, 1_001), (2, 1_001)].map { answers.value(for: $0, now: $1) }
        #expect(kept == [1, nil, 2])
    }

    @Test func aNewValueKeepsTheAgeOfTheFirst() {
        var answers = RecentAnswers<Int, Int>(capacity: 3, lifetime: 1_000)
        answers.insert(1, for: 1, now: 0)
        answers.insert(2, for: 1, now: 900)
        let kept = [1_000, 1_001].map { answers.value(for: 1, now: $0) }
        #expect(kept == [2, nil])
    }
}
