import Dispatch
import NodeControl
import Synchronization
import TestKit
import Testing

/// Nobody is kept waiting by the list of accounts, and nobody goes without what it says in time.
@Suite(.timeLimit(.minutes(1))) struct HomeListTests {
    private static let homes = HomeFolders(["/srv/people/leia"])
    private static let leia = RealPath("/srv/people/leia")

    @Test func whatIsNotSaidInTimeIsNotWaitedFor() async {
        let gate = DispatchSemaphore(value: 0)
        let asked = Seen(0)
        let isPatient = Mutex(false)
        let list = HomeList(
            ask: {
                asked.change { $0 += 1 }
                gate.wait()
                return Self.homes
            }, patience: { if isPatient.withLock({ $0 }) { await endless() } })
        #expect(await PathCaution.of(Self.leia, home: nil, list) == nil)
        // What every computer has is known all the same.
        #expect(await PathCaution.of(RealPath("/root"), home: nil, list) == .homeOfOther)
        #expect(await PathCaution.of(RealPath("/home/leia"), home: nil, list) == .homeOfOther)
        gate.signal()
        isPatient.withLock { $0 = true }
        // It was asked once, and what it says late serves the next ones.
        #expect(await PathCaution.of(Self.leia, home: nil, list) == .homeOfOther)
        #expect(asked.value == 1)
    }

    @Test func whatIsSaidHoldsForSomeMinutes() async {
        let asked = Seen(0)
        let time = Mutex(ContinuousClock.now)
        let list = HomeList(
            ask: {
                asked.change { $0 += 1 }
                return Self.homes
            }, patience: endless, now: { time.withLock { $0 } })
        for _ in 0..<3 { #expect(await PathCaution.of(Self.leia, home: nil, list) == .homeOfOther) }
        #expect(asked.value == 1)
        time.withLock { $0 += .seconds(301) }
        #expect(await PathCaution.of(Self.leia, home: nil, list) == .homeOfOther)
        #expect(asked.value == 2)
    }

    /// Those who went make room for others, of whom so many wait at a time.
    @Test func notAnyNumberWaitsWhileTheSystemHangs() async {
        let gate = DispatchSemaphore(value: 0)
        let isPatient = Mutex(false)
        let (waits, waiting) = AsyncStream.makeStream(of: Void.self)
        let list = HomeList(
            ask: {
                gate.wait()
                return Self.homes
            },
            patience: {
                guard isPatient.withLock({ $0 }) else { return }
                waiting.yield()
                await endless()
            })
        for _ in 0...HomeList.mostWaiting { #expect(await list.homes == HomeFolders([])) }
        isPatient.withLock { $0 = true }
        await withTaskGroup(of: HomeFolders.self) { group in
            for _ in 0..<HomeList.mostWaiting { group.addTask { await list.homes } }
            var waiters = waits.makeAsyncIterator()
            for _ in 0..<HomeList.mostWaiting { _ = await waiters.next() }
            #expect(await list.homes == HomeFolders([]))
            gate.signal()
            for await homes in group { #expect(homes == Self.homes) }
        }
    }

    /// One's own home folder is known without asking.
    @Test func onesOwnIsNotAskedFor() async {
        let list = HomeList(
            ask: {
                Issue.record("it was asked")
                return Self.homes
            }, patience: {})
        #expect(await PathCaution.of(RealPath("/srv/people/hans"), home: "/srv/people/hans", list) == .home)
    }
}

/// Until the task is cancelled.
@Sendable func endless() async {
    let (never, held) = AsyncStream.makeStream(of: Void.self)
    for await _ in never {}
    held.finish()
}
