/// Which downloads have their turn, as a state machine: a bounded number is active, the others wait by priority and
/// place.
///
/// What brings nothing for a while makes room for others, and goes on meanwhile as long as there are few of its kind.
/// What is waited for begins at once. Times are those of one clock.
package struct TransferQueue: Sendable {
    package typealias Number = Int64

    package enum Wish: Hashable, Sendable {
        /// It is to go on whenever there is a place.
        case wanted
        case paused
        case failed
        case finished
        /// It is removed as soon as it does not run any more.
        case cancelled
    }

    package enum Ending: Hashable, Sendable {
        case finished
        case failed
        /// It will go better another time.
        case interrupted
    }

    package enum Action: Hashable, Sendable {
        case start(Number)
        /// It is to end soon, and its end is to be told by ``ended(_:_:at:)``.
        case stop(Number)
        /// It is gone; what it fetched may go.
        case remove(Number)
    }

    package struct Item: Hashable, Sendable {
        package fileprivate(set) var wish: Wish
        /// The higher, the earlier; among those that are equal, the lower place.
        package fileprivate(set) var priority: Int
        package fileprivate(set) var place: Int64
        package fileprivate(set) var isRunning = false
        /// Somebody waits for its end.
        fileprivate var isAwaited = false
        /// It was told to stop, and has not ended yet.
        fileprivate var isStopping = false
        /// It runs, and since this time nothing comes.
        fileprivate var idleSince: Duration?
        /// It was interrupted so often without anything having come.
        fileprivate var interruptions = 0
        fileprivate var notBefore: Duration = .zero

        package var isWaiting: Bool { isRunning ? idleSince != nil : interruptions > 0 }
    }

    /// More that are not finished are not taken.
    package static let limit = 1_000
    /// Of those that are finished, the last ones are remembered.
    package static let finishedLimit = 20
    /// So many may run though nothing comes.
    static let idleLimit = 16
    /// What made room for another, or was interrupted, is tried again after this long at most.
    static let longestPause: Duration = .seconds(300)
    private static let shortestPause: Duration = .seconds(5)
    /// The same where somebody waits for it: all of them have their turns, so that whoever comes is noticed.
    static let awaitedPause: Duration = .seconds(20)

    package private(set) var items: [Number: Item] = [:]
    /// Transfers that are active at the same time.
    package private(set) var active: Int
    /// Nothing begins.
    private let isResting: Bool
    private var actions: [Action] = []
    private var firstPlace: Int64 = 0
    private var lastPlace: Int64 = 0

    package init(active: Int, isResting: Bool = false) {
        self.active = max(1, active)
        self.isResting = isResting
    }

    /// In the order of their turns; finished ones last.
    package var order: [Number] {
        items.keys.sorted { left, right in
            guard let one = items[left], let other = items[right] else { return left < right }
            return Self.rank(one, left) < Self.rank(other, right)
        }
    }

    private static func rank(_ item: Item, _ number: Number) -> (Int, Int, Int64, Number) {
        (item.wish == .finished ? 1 : 0, -item.priority, item.place, number)
    }

    package var isFull: Bool { items.values.count { $0.wish != .finished } >= Self.limit }

    // MARK: What its user wants

    /// One of an earlier time, with the place that it had.
    package mutating func restore(_ number: Number, _ wish: Wish, priority: Int, place: Int64) {
        items[number] = Item(wish: wish, priority: priority, place: place)
        firstPlace = min(firstPlace, place)
        lastPlace = max(lastPlace, place)
    }

    /// A new one, which begins in its turn or, where somebody waits for it, at once.
    package mutating func add(_ number: Number, priority: Int = 0, atOnce: Bool = false, at now: Duration) -> [Action] {
        lastPlace += 1
        items[number] = Item(wish: .wanted, priority: priority, place: lastPlace)
        if atOnce { start(number) }
        return act(at: now)
    }

    /// It goes on in its turn or, where somebody waits for it, at once.
    package mutating func resume(_ number: Number, atOnce: Bool = false, at now: Duration) -> [Action] {
        guard let item = items[number], item.wish != .finished, item.wish != .cancelled else { return [] }
        items[number]?.wish = .wanted
        items[number]?.notBefore = .zero
        items[number]?.interruptions = 0
        if atOnce { start(number) }
        return act(at: now)
    }

    /// Somebody waits for its end from now on, or nobody any more.
    package mutating func note(_ number: Number, isAwaited: Bool) { items[number]?.isAwaited = isAwaited }

    package mutating func pause(_ number: Number, at now: Duration) -> [Action] {
        guard let item = items[number], item.wish == .wanted || item.wish == .failed else { return [] }
        items[number]?.wish = .paused
        stop(number)
        return act(at: now)
    }

    package mutating func cancel(_ number: Number, at now: Duration) -> [Action] {
        guard let item = items[number] else { return [] }
        if item.isRunning {
            items[number]?.wish = .cancelled
            stop(number)
        } else {
            remove(number)
        }
        return act(at: now)
    }

    package mutating func prioritise(_ number: Number, _ priority: Int, at now: Duration) -> [Action] {
        items[number]?.priority = priority
        return act(at: now)
    }

    package mutating func moveToFront(_ number: Number, at now: Duration) -> [Action] {
        guard items[number] != nil else { return [] }
        firstPlace -= 1
        items[number]?.place = firstPlace
        return act(at: now)
    }

    package mutating func moveToBack(_ number: Number, at now: Duration) -> [Action] {
        guard items[number] != nil else { return [] }
        lastPlace += 1
        items[number]?.place = lastPlace
        return act(at: now)
    }

    /// When fewer may be active than are, the last of them wait again.
    package mutating func change(active: Int, at now: Duration) -> [Action] {
        self.active = max(1, active)
        for number in order.filter({ isBusy($0) }).dropFirst(self.active) { stop(number) }
        return act(at: now)
    }

    // MARK: What happens

    /// For a while nothing has come.
    package mutating func wentIdle(_ number: Number, at now: Duration) -> [Action] {
        guard let item = items[number], item.isRunning, item.idleSince == nil else { return [] }
        items[number]?.idleSince = now
        return act(at: now)
    }

    /// Something came.
    package mutating func delivered(_ number: Number) {
        items[number]?.idleSince = nil
        items[number]?.interruptions = 0
    }

    package mutating func ended(_ number: Number, _ ending: Ending, at now: Duration) -> [Action] {
        guard let item = items[number], item.isRunning else { return [] }
        items[number]?.isRunning = false
        items[number]?.isStopping = false
        items[number]?.idleSince = nil
        switch (item.wish, ending) {
        // What was whole when it was paused is whole.
        case (_, .finished): items[number]?.wish = .finished
        case (.cancelled, _): remove(number)
        case (.wanted, .failed): items[number]?.wish = .failed
        case (.wanted, .interrupted) where !item.isStopping:
            items[number]?.interruptions += 1
            let pause = Self.shortestPause * (1 << min(item.interruptions, 6))
            items[number]?.notBefore = now + min(pause, Self.longestPause)
        default: break
        }
        forgetFinished()
        return act(at: now)
    }

    package mutating func tick(at now: Duration) -> [Action] { act(at: now) }

    // MARK: Turns

    private func isBusy(_ number: Number) -> Bool {
        guard let item = items[number] else { return false }
        return item.isRunning && item.idleSince == nil
    }

    private mutating func act(at now: Duration) -> [Action] {
        let wanted = order.filter { number in
            guard let item = items[number] else { return false }
            return item.wish == .wanted && !item.isRunning && item.notBefore <= now
        }
        var busy = items.keys.count { isBusy($0) }
        var running = items.values.count(where: \.isRunning)
        for number in wanted where busy < active {
            guard running < active + Self.idleLimit else {
                makeRoom(at: now)
                break
            }
            start(number)
            busy += 1
            running += 1
        }
        defer { actions = [] }
        return actions
    }

    /// Of those that run for nothing, the one that has done so for longest waits for another time; one that somebody waits for
    /// only where there is no other.
    private mutating func makeRoom(at now: Duration) {
        let idle = items.filter { $0.value.idleSince != nil }
        guard !idle.values.contains(where: \.isStopping) else { return }
        func rank(_ number: Number, _ item: Item) -> (Int, Duration, Number) {
            (item.isAwaited ? 1 : 0, item.idleSince ?? now, number)
        }
        guard let number = idle.min(by: { rank($0.key, $0.value) < rank($1.key, $1.value) })?.key else { return }
        stop(number)
        let isAwaited = items[number]?.isAwaited == true
        items[number]?.notBefore = now + (isAwaited ? Self.awaitedPause : Self.longestPause)
        items[number]?.interruptions += 1
    }

    private mutating func start(_ number: Number) {
        guard items[number]?.isRunning == false, !isResting else { return }
        items[number]?.isRunning = true
        actions.append(.start(number))
    }

    private mutating func stop(_ number: Number) {
        guard items[number]?.isRunning == true, items[number]?.isStopping == false else { return }
        items[number]?.isStopping = true
        actions.append(.stop(number))
    }

    private mutating func remove(_ number: Number) {
        items[number] = nil
        actions.append(.remove(number))
    }

    private mutating func forgetFinished() {
        let finished = items.keys.filter { items[$0]?.wish == .finished }.sorted()
        for number in finished.dropLast(Self.finishedLimit) { items[number] = nil }
    }
}
