import DirectoryServer
import FoundationEssentials
import Testing

/// The dashboard asks for what a server shows, and for nothing else. (That a server shows all of ``ServerMetric``, and nothing
/// else, is ``MetricsTests``' matter.)
struct DashboardTests {
    private static let path =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        + "/Deploy/grafana-dashboard.json"

    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Target: Decodable { var expr: String }
            var title: String
            var targets: [Target]?
        }
        struct Variables: Decodable {
            struct Variable: Decodable { var definition: String? }
            var list: [Variable]
        }
        var panels: [Panel]
        var templating: Variables
    }

    @Test func itsMetricsAreThose() throws {
        let dashboard = try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: URL(filePath: Self.path)))
        let questions =
            dashboard.panels.flatMap { $0.targets ?? [] }.map(\.expr)
            + dashboard.templating.list.compactMap(\.definition)
        #expect(questions.count > 20)
        let known = Set(ServerMetric.allCases.map(\.rawValue))
        var asked: Set<String> = []
        for question in questions {
            for match in question.matches(of: /\b(?:bittrickle|process)_[a-z_]+/) {
                let name = String(match.output)
                let parts = ["_bucket", "_sum", "_count"].filter(name.hasSuffix).map { String(name.dropLast($0.count)) }
                let base = known.contains(name) ? name : parts.first(where: known.contains)
                asked.insert(try #require(base, "\(question) asks for \(name)"))
            }
        }
        #expect(known.subtracting(asked) == [ServerMetric.virtualBytes.rawValue])
    }
}
