/// Bounds what others can have this program log: a member who asks for what cannot be read, over and over, costs the log a line each
/// time. Of lines that say the same, of the same member where they name one, so many are told in a minute; the next one says how many were
/// left out.
package struct LogPacing: Sendable {
    /// What tells lines from each other, besides their facts.
    package struct Kind: Hashable, Sendable {
        let sentence: String
        let member: String?

        package init(_ sentence: String, of member: String? = nil) {
            self.sentence = sentence
            self.member = member
        }
    }

    private struct Minute {
        let began: ContinuousClock.Instant
        var told = 0
        var leftOut = 0
    }

    package static let limit = 20
    package static let period = Duration.seconds(60)
    /// Kinds that are counted; with one more all begin anew.
    package static let capacity = 256

    private var minutes: [Kind: Minute] = [:]

    package init() {}

    /// How many of its kind were left out before it; nil where it is left out itself.
    package mutating func admits(_ kind: Kind, at now: ContinuousClock.Instant) -> Int? {
        if minutes[kind] == nil, minutes.count >= Self.capacity { minutes = [:] }
        var minute = minutes[kind] ?? Minute(began: now)
        defer { minutes[kind] = minute }
        if now - minute.began >= Self.period {
            let leftOut = minute.leftOut
            minute = Minute(began: now, told: 1)
            return leftOut
        }
        guard minute.told < Self.limit else {
            minute.leftOut += 1
            return nil
        }
        minute.told += 1
        return 0
    }
}
