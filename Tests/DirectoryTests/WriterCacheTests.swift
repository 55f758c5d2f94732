import DirectorySQLite
import Testing

@Suite struct WriterCacheTests {
    private let begun = ContinuousClock.now
    private let many = WriterCache.busyRate * 10

    private func cache() -> WriterCache { WriterCache(rows: 100, now: begun) }

    @Test func itIsLargeAsSoonAsMuchIsWritten() {
        var cache = cache()
        #expect(cache.change(rows: 99 + many, now: begun + .seconds(1)) == nil)
        #expect(cache.change(rows: 100 + many, now: begun + .seconds(2)) == WriterCache.large)
        #expect(cache.change(rows: 100 + 2 * many, now: begun + .seconds(3)) == nil)
    }

    @Test func itIsSmallAgainAfterAQuietPeriod() {
        var cache = cache()
        _ = cache.change(rows: 100 + many, now: begun)
        #expect(cache.change(rows: 101 + many, now: begun + .seconds(9)) == nil)
        #expect(cache.change(rows: 102 + many, now: begun + .seconds(10)) == WriterCache.small)
        #expect(cache.change(rows: 103 + many, now: begun + .seconds(30)) == nil)
    }

    @Test func littleInALongTimeIsNotMuch() {
        var cache = cache()
        var rows = 100
        for second in stride(from: 5, through: 1_000, by: 5) {
            rows += many / 3
            #expect(cache.change(rows: rows, now: begun + .seconds(second)) == nil)
        }
    }
}
