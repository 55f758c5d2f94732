import Foundation
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// A server that has everything coming and going all the time, for minutes: five in full, and long enough to show that all of
/// it works otherwise. An hour of it is `Benchmarks/soak`.
@Suite(.serialized) struct SoakTests {
    private static let reports = 5
    private static let members = 500

    /// What a report of the load generator says.
    private struct Report {
        var memory = 0
        var descriptors = 0
        /// Heartbeats; requests of all kinds.
        var heartbeats = 0
        var lost = 0
        var refusals: [String] = []

        init(_ lines: some Sequence<Substring>) {
            for line in lines {
                let words = line.split(separator: " ")
                func number(_ name: Substring) -> Int {
                    words.firstIndex(of: name).flatMap { Int(words[$0 + 1]) } ?? 0
                }
                switch words.first {
                case "server": (memory, descriptors) = (number("memory"), number("descriptors"))
                case "refused": refusals.append(String(line))
                case "heartbeat": heartbeats = number("sent")
                default: break
                }
                lost += number("lost")
            }
        }
    }

    @Test(.timeLimit(.minutes(8))) func nothingGrowsAndNextToNothingIsLost() async throws {
        let load = try BuiltPrograms.path("DirectoryLoad")
        let place = try TemporaryDirectory()
        let folder = place.file("network")
        let seconds = Scale.isFull ? 300 : 10
        let preparing = try await RealProcess.start(
            load, ["prepare", folder, "--members", "\(Self.members)", "--publications", "5"], in: place.path)
        #expect(try await preparing.waitForEnd(within: .seconds(60)) == .exited(0), "\(preparing.errors.text)")

        let server = try await RealProcess.start(load, ["serve", folder, "--loops", "2"], in: place.path)
        let line = try await server.output.expect("\n", within: .seconds(30))
        let port = try #require(line.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) })
        let crowd = try await RealProcess.start(
            load,
            [
                "members", folder, "--port", "\(port)", "--members", "\(Self.members)", "--publications", "5",
                "--server", "\(server.processID)", "--rate", "200", "--settle", "3",
                "--report", "\(seconds / Self.reports)", "--for", "\(seconds)",
            ], in: place.path)
        #expect(try await crowd.waitForEnd(within: .seconds(seconds + 120)) == .exited(0), "\(crowd.errors.text)")
        try await server.kill()

        let text = try await crowd.output.expectEnd()
        let reports = text.split(separator: "end\n").map { Report($0.split(separator: "\n")) }.filter { $0.memory > 0 }
        #expect(reports.count == Self.reports, "\(text)")
        for report in reports { #expect(report.refusals == [] && report.lost * 100 <= report.heartbeats, "\(text)") }
        let (settled, last) = (try #require(reports.dropFirst(2).first), try #require(reports.last))
        #expect(settled.descriptors == last.descriptors, "\(text)")
        // In some seconds nothing has come to rest yet.
        let growth = Double(last.memory) / Double(settled.memory)
        #expect(growth < (Scale.isFull ? 1.05 : 1.5), "\(text)")
    }
}
