import DirectoryPostgres
import Testing

@Suite struct PoolLinesTests {
    @Test func whoReadsAndWhoWritesTakeTurns() {
        var lines = PoolLines<Int>()
        for number in 0..<5 { lines.append(number, to: .writing) }
        for number in 10..<12 { lines.append(number, to: .reading) }
        #expect(lines.count == 7)
        #expect((0..<8).map { _ in lines.next() } == [10, 0, 11, 1, 2, 3, 4, nil])
        // After what was written, it is the turn of who reads, however often nothing was there.
        lines.append(5, to: .writing)
        lines.append(12, to: .reading)
        #expect([lines.next(), lines.next(), lines.next()] == [5, 12, nil])
    }
}
