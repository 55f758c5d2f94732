import DirectoryServer
import Testing

struct FileStabilityTests {
    private let old = FileStamp(inode: 1, size: 10, seconds: 1, nanoseconds: 0)
    private let half = FileStamp(inode: 2, size: 5, seconds: 2, nanoseconds: 0)
    private let new = FileStamp(inode: 2, size: 20, seconds: 2, nanoseconds: 5)

    @Test func readsWhatChangedOnceItIsStable() {
        var stability = FileStability(read: old, now: 0)
        let looks: [(FileStamp?, Int64)] = [
            (old, 5_000), (half, 5_500), (new, 6_000), (new, 6_999), (new, 7_000), (new, 9_000),
        ]
        let due = looks.map { stability.isDue($0, now: $1) }
        #expect(due == [false, false, false, false, true, false])
    }

    @Test func readsNothingThatChangedBack() {
        var stability = FileStability(read: old, now: 0)
        let due = [(half, 500), (old, 1_000), (old, 9_000)].map { stability.isDue($0, now: $1) }
        #expect(due == [false, false, false])
    }

    @Test func noticesThatAFileIsGoneAndBack() {
        var stability = FileStability(read: old, now: 0)
        let looks: [(FileStamp?, Int64)] = [(nil, 500), (nil, 1_500), (old, 2_000), (old, 3_000)]
        let due = looks.map { stability.isDue($0, now: $1) }
        #expect(due == [false, true, false, true])
    }
}
