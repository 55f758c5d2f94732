import Content
import Directory
import TestKit
import Testing

@Suite struct PasswordChecksTests {
    static func origin(_ network: UInt8) -> Origin { Origin(address: [10, 0, network, 1], port: 4_000) }

    @Test func eachCheckPaysOnce() async {
        let payments = Seen(0)
        let checks = PasswordChecks { _ in payments.change { $0 += 1 } }
        let right = await checks.check([1], from: Self.origin(1)) { .zero }
        let wrong = await checks.check([1], from: Self.origin(1)) { nil }
        #expect(right == .right(.zero))
        #expect(wrong == .wrong)
        #expect(payments.value == 2)
    }

    @Test func thePriceIsThatOfScrypt() async throws {
        let checks = PasswordChecks()
        let time = await ContinuousClock().measure {
            _ = await checks.check(Array("falcon".utf8), from: Self.origin(1)) { nil }
        }
        #expect(time > .milliseconds(10))
    }

    struct Unpayable: Error {}

    @Test func whatCannotBePaidIsNotChecked() async {
        let checks = PasswordChecks { _ in throw Unpayable() }
        let verdict = await checks.check([1], from: Self.origin(1)) { .zero }
        #expect(verdict == .busy)
    }

    /// One check is held; of those that wait behind it, the prefixes take turns.
    @Test func prefixesTakeTurnsAndTheQueueIsBounded() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let order = Seen<[UInt8]>([])
        let checks = PasswordChecks(parallelism: 1, capacity: 5) { password in
            if password == [0] { for await _ in gate { break } }
            order.change { $0 += password }
        }
        try await withThrowingTaskGroup { group in
            group.addTask { _ = await checks.check([0], from: Self.origin(9)) { nil } }
            var expected = 0
            for (password, prefix) in [(UInt8(11), UInt8(1)), (12, 1), (13, 1), (21, 2), (31, 3)] {
                try await Self.wait { await checks.running == 1 }
                group.addTask { _ = await checks.check([password], from: Self.origin(prefix)) { nil } }
                expected += 1
                let count = expected
                try await Self.wait { await checks.waiting == count }
            }
            let refused = await checks.check([14], from: Self.origin(1)) { .zero }
            #expect(refused == .busy, "the queue is full")
            opener.yield()
            try await group.waitForAll()
        }
        #expect(order.value == [0, 11, 21, 31, 12, 13])
    }

    /// A flood of one network fills the queue; whoever comes from another one is let in, and the one who gave way is
    /// told so at once, while the check before him is still held.
    @Test func whoGivesWayIsTold() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let order = Seen<[UInt8]>([])
        let checks = PasswordChecks(parallelism: 1, capacity: 3) { password in
            if password == [0] { for await _ in gate { break } }
            order.change { $0 += password }
        }
        try await withThrowingTaskGroup(of: (UInt8, PasswordChecks.Verdict).self) { group in
            group.addTask { (0, await checks.check([0], from: Self.origin(9)) { .zero }) }
            try await Self.wait { await checks.running == 1 }
            for (count, password) in [UInt8](11...13).enumerated() {
                group.addTask { (password, await checks.check([password], from: Self.origin(1)) { .zero }) }
                try await Self.wait { await checks.waiting == count + 1 }
            }
            group.addTask { (21, await checks.check([21], from: Self.origin(2)) { .zero }) }
            let first = try await group.next()
            #expect(first?.0 == 13)
            #expect(first?.1 == .busy)
            #expect(await checks.waiting == 3)
            opener.yield()
            for try await (password, verdict) in group { #expect(verdict == .right(.zero), "\(password)") }
        }
        #expect(order.value == [0, 11, 21, 12])
        #expect(await checks.running == 0)
    }

    private static func wait(until condition: () async -> Bool) async throws {
        for _ in 0..<1_000_000 {
            if await condition() { return }
            await Task.yield()
        }
        throw TestKitError.timedOut("a check")
    }
}
