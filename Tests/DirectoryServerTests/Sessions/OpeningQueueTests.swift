import Directory
import DirectoryServer
import Testing

struct OpeningQueueTests {
    private let flood = Origin(address: [10, 0, 0, 1], port: 4_000)
    private let other = Origin(address: [10, 0, 1, 1], port: 4_000)

    @Test func beginsNoMoreThanTheRate() {
        var queue = OpeningQueue<Int>(capacity: 10_000, rate: 1_000, burst: 100, now: 0)
        for number in 0..<5_000 { _ = queue.offer(number, from: flood) }
        var begun = 0
        for now in Int64(0)...1_000 { while queue.next(now: now) != nil { begun += 1 } }
        #expect(begun == 1_100)
        #expect(queue.delay(now: 1_000) == 1)
    }

    @Test func whenFullTheNewestOfAFloodGivesWay() {
        var queue = OpeningQueue<Int>(capacity: 4, now: 0)
        for number in 0..<4 { _ = queue.offer(number, from: flood) }
        guard case .displaced(3) = queue.offer(10, from: other) else {
            Issue.record("the queue is not fair")
            return
        }
        let order = (0..<2).compactMap { _ in queue.next(now: 0) }
        #expect(order == [0, 10])
    }

    @Test func saysWhenToAskAgain() {
        var queue = OpeningQueue<Int>(rate: 10, burst: 1, now: 0)
        #expect(queue.delay(now: 0) == nil)
        for number in 0..<2 { _ = queue.offer(number, from: flood) }
        #expect(queue.delay(now: 0) == 0)
        let first = queue.next(now: 0)
        #expect(first == 0)
        #expect(queue.delay(now: 0) == 100)
        let later = [queue.next(now: 99), queue.next(now: 100)]
        #expect(later == [nil, 1])
    }
}
