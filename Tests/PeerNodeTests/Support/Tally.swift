import Synchronization

/// A sum that several threads add to.
final class Tally: Sendable {
    private let sum = Mutex<Int64>(0)

    /// The sum with what was added.
    @discardableResult
    func add(_ number: Int64) -> Int64 {
        sum.withLock { sum in
            sum += number
            return sum
        }
    }
}
