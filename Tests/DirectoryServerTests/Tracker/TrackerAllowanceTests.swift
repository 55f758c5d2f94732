import Directory
import DirectoryServer
import Testing

struct TrackerAllowanceTests {
    private func network(_ number: UInt8) -> AddressPrefix { AddressPrefix(of: [10, 0, number, 1]) }

    private func taken(_ allowance: inout TrackerAllowance, by number: UInt8, of count: Int, now: Int64) -> Int {
        (0..<count).reduce(0) { sum, _ in sum + (allowance.take(for: network(number), now: now) ? 1 : 0) }
    }

    @Test func oneNetworkLeavesMostToOthers() {
        var allowance = TrackerAllowance(rate: 800, now: 0)
        #expect(taken(&allowance, by: 1, of: 5_000, now: 0) == 100)
        #expect(taken(&allowance, by: 2, of: 50, now: 0) == 50)
        #expect(taken(&allowance, by: 1, of: 5_000, now: 1_000) == 100)
    }

    @Test func allTogetherHaveALimit() {
        var allowance = TrackerAllowance(rate: 800, now: 0)
        let all = (0..<20).reduce(0) { $0 + taken(&allowance, by: UInt8($1), of: 100, now: 0) }
        #expect(all == 800)
    }

    @Test func severalAreAskedTogether() {
        var allowance = TrackerAllowance(rate: 80, now: 0)
        let (first, second) = (allowance.take(8, for: network(1), now: 0), allowance.take(8, for: network(1), now: 0))
        #expect(first && !second)
    }
}
