import NetworkTestKit

/// Something that is wrong on purpose, and by which code it is to be named.
struct Fault: Sendable {
    let name: String
    let code: String
    let examine: @Sendable () async throws -> DoctorReport

    init(_ name: String, _ code: String, _ examine: @escaping @Sendable () async throws -> DoctorReport) {
        self.name = name
        self.code = code
        self.examine = examine
    }

    static let all = ofServer + ofAccount + ofComputer + ofReach + ofRouter + ofMembers
}

/// Which faults were named, as Markdown.
struct FaultTable {
    struct Row: Sendable {
        let fault: Fault
        let report: DoctorReport?
        let trouble: String?

        var isNamed: Bool { report?.codes.contains(fault.code) == true }
        var isInTime: Bool { (report?.time ?? .zero) <= .seconds(10) }
    }

    private(set) var rows: [Row] = []

    mutating func add(_ row: Row) { rows.append(row) }

    var named: Int { rows.count(where: \.isNamed) }

    var text: String {
        let lines = rows.map { row in
            let found = row.report.map { $0.codes.joined(separator: ", ") } ?? row.trouble ?? ""
            let mark = row.isNamed ? "yes" : "**no**"
            return "| \(row.fault.name) | `\(row.fault.code)` | \(mark) | \(row.report?.milliseconds ?? 0) | \(found) |"
        }
        return (["| fault | code | named | ms | all that was not well |", "|---|---|---|---:|---|"] + lines)
            .joined(separator: "\n")
    }
}
