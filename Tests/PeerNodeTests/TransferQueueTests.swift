import PeerNode
import TestKit
import Testing

/// Whose turn it is.
struct TransferQueueTests {
    private typealias Queue = TransferQueue

    private func started(_ actions: [Queue.Action]) -> [Int64] {
        actions.compactMap { if case .start(let number) = $0 { number } else { nil } }
    }

    @Test func soManyAreActiveAndTheNextFollows() {
        var queue = Queue(active: 2)
        #expect(queue.add(1, at: .zero) == [.start(1)])
        #expect(queue.add(2, at: .zero) == [.start(2)])
        #expect(queue.add(3, at: .zero) == [])
        #expect(queue.add(4, priority: 1, at: .zero) == [])
        #expect(queue.order == [4, 1, 2, 3])
        #expect(queue.ended(1, .finished, at: .zero) == [.start(4)])
        #expect(queue.ended(2, .failed, at: .zero) == [.start(3)])
        #expect(queue.items[2]?.wish == .failed)
        #expect(queue.order == [4, 2, 3, 1])
        #expect(queue.resume(2, at: .zero) == [])
        #expect(queue.change(active: 3, at: .zero) == [.start(2)])
        #expect(queue.change(active: 1, at: .zero) == [.stop(2), .stop(3)])
        #expect(queue.ended(2, .interrupted, at: .zero) == [])
        #expect(queue.ended(3, .interrupted, at: .zero) == [])
        #expect(queue.ended(4, .finished, at: .zero) == [.start(2)])
    }

    @Test func whatIsPausedMakesRoomWhenItHasEnded() {
        var queue = Queue(active: 1)
        _ = queue.add(1, at: .zero)
        _ = queue.add(2, at: .zero)
        #expect(queue.pause(1, at: .zero) == [.stop(1)])
        #expect(queue.pause(1, at: .zero) == [])
        // It must have let go of its file before it may go on.
        #expect(queue.resume(1, at: .zero) == [])
        #expect(queue.ended(1, .interrupted, at: .zero) == [.start(1)])
        #expect(queue.pause(1, at: .zero) == [.stop(1)])
        #expect(queue.ended(1, .interrupted, at: .zero) == [.start(2)])
        #expect(queue.items[1]?.wish == .paused && queue.items[1]?.isRunning == false)
        #expect(queue.pause(1, at: .zero) == [])
        #expect(queue.resume(1, at: .zero) == [])
        #expect(queue.resume(1, atOnce: true, at: .zero) == [.start(1)])
        // What was whole in the meantime is whole.
        #expect(queue.pause(1, at: .zero) == [.stop(1)])
        #expect(queue.ended(1, .finished, at: .zero) == [])
        #expect(queue.items[1]?.wish == .finished)
        #expect(queue.resume(1, at: .zero) == [] && queue.pause(1, at: .zero) == [])
    }

    @Test func whatIsCancelledGoesWhenItHasEnded() {
        var queue = Queue(active: 1)
        _ = queue.add(1, at: .zero)
        _ = queue.add(2, at: .zero)
        #expect(queue.cancel(2, at: .zero) == [.remove(2)])
        #expect(queue.cancel(1, at: .zero) == [.stop(1)])
        #expect(queue.resume(1, at: .zero) == [])
        #expect(queue.ended(1, .interrupted, at: .zero) == [.remove(1)])
        #expect(queue.items.isEmpty)
        #expect(queue.cancel(1, at: .zero) == [] && queue.ended(1, .failed, at: .zero) == [])
    }

    @Test func orderIsChanged() {
        var queue = Queue(active: 1)
        for number in 1...4 { _ = queue.add(Int64(number), at: .zero) }
        _ = queue.moveToFront(4, at: .zero)
        _ = queue.moveToBack(2, at: .zero)
        #expect(queue.order == [4, 1, 3, 2])
        _ = queue.prioritise(3, 1, at: .zero)
        _ = queue.prioritise(4, -1, at: .zero)
        #expect(queue.order == [3, 1, 2, 4])
        #expect(queue.ended(1, .finished, at: .zero) == [.start(3)])
    }

    @Test func whatBringsNothingMakesRoom() {
        var queue = Queue(active: 1)
        _ = queue.add(1, at: .zero)
        _ = queue.add(2, at: .zero)
        #expect(queue.wentIdle(1, at: .seconds(10)) == [.start(2)])
        #expect(queue.items[1]?.isWaiting == true)
        // It is not stopped when it comes back: two are active then.
        queue.delivered(1)
        #expect(queue.items[1]?.isWaiting == false)
        _ = queue.add(3, at: .seconds(10))
        #expect(queue.ended(2, .finished, at: .seconds(11)) == [])
        #expect(queue.ended(1, .finished, at: .seconds(12)) == [.start(3)])
    }

    @Test func ofThoseThatBringNothingOnlyFewRun() {
        var queue = Queue(active: 1)
        var stopped: [Int64] = []
        var second = 0
        for number in 1...40 {
            var actions = queue.add(Int64(number), at: .seconds(second))
            while !actions.isEmpty {
                second += 1
                let now = Duration.seconds(second)
                actions = actions.flatMap { action -> [Queue.Action] in
                    switch action {
                    case .start(let number): return queue.wentIdle(number, at: now)
                    case .stop(let number):
                        stopped.append(number)
                        return queue.ended(number, .interrupted, at: now)
                    case .remove: return []
                    }
                }
            }
            #expect(queue.items.values.count { $0.isRunning } <= 17)
        }
        // Those that waited longest made room, and come again later.
        #expect(stopped == Array(1...23))
        #expect(started(queue.tick(at: .seconds(second))) == [])
        #expect(!queue.tick(at: .seconds(second + 300)).isEmpty)
    }

    @Test func whatNobodyWaitsForMakesRoomFirst() {
        var queue = Queue(active: 1)
        for number in Int64(1)...17 {
            _ = queue.add(number, atOnce: true, at: .zero)
            queue.note(number, isAwaited: number != 9)
            #expect(queue.wentIdle(number, at: .seconds(number)) == [])
        }
        // It has waited for a shorter time than others.
        #expect(queue.add(18, at: .seconds(20)) == [.stop(9)])
        #expect(queue.ended(9, .interrupted, at: .seconds(20)) == [.start(18)])
        _ = queue.wentIdle(18, at: .seconds(30))
        queue.note(18, isAwaited: true)
        // Somebody waits for each of them, so it is the one that has waited for longest.
        #expect(queue.add(19, at: .seconds(40)) == [.stop(1)])
        #expect(queue.ended(1, .interrupted, at: .seconds(40)) == [.start(19)])
        _ = queue.wentIdle(19, at: .seconds(50))
        queue.note(5, isAwaited: false)
        queue.note(19, isAwaited: true)
        #expect(queue.add(20, at: .seconds(60)) == [.stop(5)])
    }

    /// So that whoever comes is noticed soon, however many are waited for.
    @Test func whatIsAwaitedComesAgainSoon() {
        var queue = Queue(active: 1)
        for number in Int64(1)...17 {
            _ = queue.add(number, atOnce: true, at: .zero)
            queue.note(number, isAwaited: true)
            _ = queue.wentIdle(number, at: .seconds(10))
        }
        #expect(queue.add(18, at: .seconds(20)) == [.stop(1)])
        queue.note(18, isAwaited: true)
        #expect(queue.ended(1, .interrupted, at: .seconds(20)) == [.start(18)])
        #expect(queue.wentIdle(18, at: .seconds(30)) == [])
        #expect(queue.tick(at: .seconds(39)) == [])
        // Nobody comes twice before each of the others has had his turn.
        for turn in Int64(2)...40 {
            let now = Duration.seconds(20 * turn)
            let stopped = (turn - 1) % 18 + 1
            #expect(queue.tick(at: now) == [.stop(stopped)])
            let next = (turn - 2) % 18 + 1
            #expect(queue.ended(stopped, .interrupted, at: now) == [.start(next)])
            #expect(queue.wentIdle(next, at: now + .seconds(10)) == [])
        }
    }

    @Test func whatIsInterruptedIsTriedLaterAndLater() {
        var queue = Queue(active: 1)
        _ = queue.add(1, at: .zero)
        var now = Duration.zero
        var pauses: [Int64] = []
        for _ in 0..<8 {
            #expect(queue.ended(1, .interrupted, at: now) == [])
            #expect(queue.items[1]?.isWaiting == true)
            let before = now
            while queue.tick(at: now).isEmpty { now += .seconds(1) }
            pauses.append((now - before).components.seconds)
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 300, 300])
        queue.delivered(1)
        _ = queue.ended(1, .interrupted, at: now)
        #expect(queue.tick(at: now + .seconds(5)) == [.start(1)])
    }

    @Test func whatWasThereBeforeHasItsPlaceAgain() {
        var queue = Queue(active: 1)
        queue.restore(7, .wanted, priority: 0, place: 3)
        queue.restore(5, .paused, priority: 0, place: -2)
        queue.restore(6, .wanted, priority: 0, place: 1)
        #expect(queue.order == [5, 6, 7])
        #expect(queue.tick(at: .zero) == [.start(6)])
        _ = queue.add(8, at: .zero)
        _ = queue.moveToFront(7, at: .zero)
        #expect(queue.order == [7, 5, 6, 8])
    }

    @Test func itIsBounded() {
        var queue = Queue(active: 1)
        for number in 1...Queue.limit { _ = queue.add(Int64(number), at: .zero) }
        #expect(queue.isFull)
        for number in 1...Queue.limit { _ = queue.ended(Int64(number), .finished, at: .zero) }
        #expect(!queue.isFull)
        #expect(queue.items.count == Queue.finishedLimit)
    }

    /// Whatever is asked for and happens: never more busy ones than are allowed but for those that are waited for, none
    /// started twice, and in the end all are finished.
    @Test func randomLives() {
        var random = SeededRandom.fresh()
        let seed = random.seed
        for _ in 0..<Scale.count(300) {
            var queue = Queue(active: Int.random(in: 1...4, using: &random))
            var running: Set<Int64> = []
            var now = Duration.zero
            var next: Int64 = 0
            func note(_ actions: [Queue.Action]) {
                for action in actions {
                    switch action {
                    case .start(let number): #expect(running.insert(number).inserted, "seed \(seed)")
                    case .stop(let number): #expect(running.contains(number), "seed \(seed)")
                    case .remove(let number): #expect(!running.contains(number), "seed \(seed)")
                    }
                }
                #expect(Set(queue.items.filter { $0.value.isRunning }.keys) == running, "seed \(seed)")
            }
            for _ in 0..<300 {
                now += .seconds(Int.random(in: 0...20, using: &random))
                let number = Int64.random(in: 1...max(1, next), using: &random)
                if Bool.random(using: &random) { queue.note(number, isAwaited: Bool.random(using: &random)) }
                switch Int.random(in: 0..<10, using: &random) {
                case 0, 1:
                    next += 1
                    note(queue.add(next, priority: Int.random(in: -1...1, using: &random), at: now))
                case 2: note(queue.pause(number, at: now))
                case 3: note(queue.resume(number, atOnce: Bool.random(using: &random), at: now))
                case 4: note(queue.cancel(number, at: now))
                case 5: note(queue.wentIdle(number, at: now))
                case 6: queue.delivered(number)
                case 7: note(queue.change(active: Int.random(in: 1...4, using: &random), at: now))
                case 8 where running.contains(number):
                    running.remove(number)
                    let endings = [Queue.Ending.finished, .failed, .interrupted]
                    note(queue.ended(number, endings[Int.random(in: 0..<3, using: &random)], at: now))
                default: note(queue.tick(at: now))
                }
            }
            for number in queue.items.keys { note(queue.resume(number, at: now)) }
            for _ in 0..<10_000 where queue.items.values.contains(where: { $0.wish != .finished }) {
                now += .seconds(60)
                note(queue.tick(at: now))
                for number in running.sorted() {
                    running.remove(number)
                    note(queue.ended(number, .finished, at: now))
                }
            }
            #expect(queue.items.values.allSatisfy { $0.wish == .finished }, "seed \(seed)")
        }
    }
}
