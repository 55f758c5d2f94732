import Content
import Directory
import TestKit
import Testing

@Suite struct PasswordChecksTests {
    static func origin(_ network: UInt8) -> Origin { Origin(address: [10, 0, network, 1], port: 4_000) }

    @Test func eachCheckPaysOnce() async {
        let payments = Seen(0)
        let checks = PasswordChecks { _, _ in
            payments.change { $0 += 1 }
            return .zero
        }
        let right = await checks.check([1], salt: nil, from: Self.origin(1)) { _ in .zero }
        let wrong = await checks.check([1], salt: nil, from: Self.origin(1)) { _ in nil }
        #expect(right == .right(.zero))
        #expect(wrong == .wrong)
        #expect(payments.value == 2)
    }

    @Test func thePriceIsThatOfScrypt() async throws {
        let checks = PasswordChecks()
        let time = await ContinuousClock().measure {
            _ = await checks.check(Array("falcon".utf8), salt: nil, from: Self.origin(1)) { _ in nil }
        }
        #expect(time > .milliseconds(10))
    }

    @Test func theSaltIsTheAccountsOrSomeOther() async {
        let salts = Seen<[[UInt8]]>([])
        let checks = PasswordChecks { password, salt in
            salts.change { $0.append(salt) }
            return Hash256(hashing: salt + password)
        }
        let verdict = await checks.check([1], salt: [7], from: Self.origin(1)) { $0 }
        #expect(verdict == .right(Hash256(hashing: [7, 1])))
        _ = await checks.check([1], salt: nil, from: Self.origin(1)) { $0 }
        #expect(await checks.hash([2], salt: [8], from: Self.origin(1)) == Hash256(hashing: [8, 2]))
        #expect(salts.value.count == 3)
        #expect(salts.value[1].count == StoredPassword.saltByteCount)
    }

    struct Unpayable: Error {}

    @Test func whatCannotBePaidIsNotChecked() async {
        let checks = PasswordChecks { _, _ in throw Unpayable() }
        let verdict = await checks.check([1], salt: nil, from: Self.origin(1)) { _ in .zero }
        #expect(verdict == .busy)
    }

    /// One check is held; of those that wait behind it, the prefixes take turns.
    @Test func prefixesTakeTurnsAndTheQueueIsBounded() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let order = Seen<[UInt8]>([])
        let checks = PasswordChecks(parallelism: 1, capacity: 5) { password, _ in
            if password == [0] { for await _ in gate { break } }
            order.change { $0 += password }
            return .zero
        }
        try await withThrowingTaskGroup { group in
            group.addTask { _ = await checks.check([0], salt: nil, from: Self.origin(9)) { _ in nil } }
            var expected = 0
            for (password, prefix) in [(UInt8(11), UInt8(1)), (12, 1), (13, 1), (21, 2), (31, 3)] {
                try await Self.wait { await checks.running == 1 }
                group.addTask { _ = await checks.check([password], salt: nil, from: Self.origin(prefix)) { _ in nil } }
                expected += 1
                let count = expected
                try await Self.wait { await checks.waiting == count }
            }
            let refused = await checks.check([14], salt: nil, from: Self.origin(1)) { _ in .zero }
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
        let checks = PasswordChecks(parallelism: 1, capacity: 3) { password, _ in
            if password == [0] { for await _ in gate { break } }
            order.change { $0 += password }
            return .zero
        }
        try await withThrowingTaskGroup(of: (UInt8, PasswordChecks.Verdict).self) { group in
            group.addTask { (0, await checks.check([0], salt: nil, from: Self.origin(9)) { _ in .zero }) }
            try await Self.wait { await checks.running == 1 }
            for (count, password) in [UInt8](11...13).enumerated() {
                group.addTask {
                    (password, await checks.check([password], salt: nil, from: Self.origin(1)) { _ in .zero })
                }
                try await Self.wait { await checks.waiting == count + 1 }
            }
            group.addTask { (21, await checks.check([21], salt: nil, from: Self.origin(2)) { _ in .zero }) }
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
