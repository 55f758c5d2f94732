import FoundationEssentials
import NetworkTestKit
import TestKit

/// What `doctor` found, as programs read it.
struct DoctorReport: Sendable {
    private struct Line: Decodable {
        struct Finding: Decodable {
            let code: String
            let severity: String
            let sentence: String
            let remedy: String?
        }
        let finding: Finding?
    }

    /// Of what is not as it should be, in their order.
    let codes: [String]
    /// Of those that are wrong.
    let problems: [String]
    /// All of it.
    let text: String
    let time: Duration

    init(_ text: String, _ time: Duration) throws {
        let findings = try text.split(separator: "\n").compactMap {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8)).finding
        }
        codes = findings.filter { $0.severity != "ok" }.map(\.code)
        problems = findings.filter { $0.severity == "problem" }.map(\.code)
        self.text = text
        self.time = time
    }

    var milliseconds: Int64 {
        time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
    }

    /// Typed into a shell where somebody is signed in.
    static func asked(of client: ShellClient, about member: String? = nil) async throws -> DoctorReport {
        let began = ContinuousClock.now
        let answer = try await client.answer(to: "doctor --json" + (member.map { " \($0)" } ?? ""))
        return try DoctorReport(answer.output, began.duration(to: .now))
    }

    /// On the command line.
    static func alone(_ process: () async throws -> RealProcess) async throws -> DoctorReport {
        let began = ContinuousClock.now
        let process = try await process()
        try await process.endInput()
        _ = try await process.waitForEnd(within: .seconds(20))
        let time = began.duration(to: .now)
        return try DoctorReport(await process.output.expectEnd(), time)
    }
}
