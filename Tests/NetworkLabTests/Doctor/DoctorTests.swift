import NetworkTestKit
import TestKit
import Testing

/// Things that are wrong on purpose, one at a time, and what `doctor` says of them.
@Suite(.laboratory, .timeLimit(.minutes(10))) struct DoctorTests {
    private static let atOnce = 3

    @Test func faultsAreNamed() async throws {
        var table = FaultTable()
        let rows = await withTaskGroup(of: (Int, FaultTable.Row).self) { group in
            var (rows, next) = ([Int: FaultTable.Row](), 0)
            for (number, fault) in Fault.all.enumerated() {
                if number >= Self.atOnce, let (index, row) = await group.next() { rows[index] = row }
                group.addTask { (number, await Self.row(fault)) }
                next = number
            }
            for await (index, row) in group { rows[index] = row }
            return (0...next).compactMap { rows[$0] }
        }
        for row in rows { table.add(row) }
        print(table.text)
        let named = "\(table.named) of \(table.rows.count)\n\(table.text)"
        // 28 of 30.
        #expect(table.rows.count >= 30, "\(named)")
        #expect(15 * table.named >= 14 * table.rows.count, "\(named)")
        let late = table.rows.filter { !$0.isInTime }.map(\.fault.name)
        #expect(late.isEmpty, "\(table.text)")
    }

    private static func row(_ fault: Fault) async -> FaultTable.Row {
        do {
            return FaultTable.Row(fault: fault, report: try await fault.examine(), trouble: nil)
        } catch {
            return FaultTable.Row(fault: fault, report: nil, trouble: "\(error)")
        }
    }

    /// Where nothing is wrong, nothing is said to be.
    @Test func whereAllIsWellNothingIsFound() async throws {
        let network = try await LabNetwork.start(
            in: try await Lab.start(LabPlan(internet: ["server", "a", "b"])))
        let (a, b) = try await (network.member("a"), network.member("b"))
        let report = try await DoctorReport.asked(of: a, about: "b")
        // There is no router that could map a port.
        #expect(Set(report.codes).isSubset(of: ["mapping-none"]), "\(report.text)")
        for code in ["udp-ok", "tcp-ok", "pin-ok", "clock-ok", "nat-none", "port-open", "member-direct"] {
            #expect(report.text.contains("\"\(code)\""), "\(code): \(report.text)")
        }
        #expect(report.time < .seconds(10))
        try await a.leave()
        try await b.leave()
    }
}
