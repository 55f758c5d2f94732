import TestKit
import Testing
import Wire

@Suite struct TrialReportTests {
    private func endpoint(_ first: UInt8, _ port: UInt16) throws -> Endpoint {
        try #require(Endpoint(address: [first, 0, 0, 1], port: port))
    }

    /// What a later version says more costs nothing of what this one understands.
    @Test func whatIsNotKnownIsPassedOver() throws {
        let user = try #require(UserName("hans"))
        let ways = try [
            WayReport(.punched, endpoint(192, 1), .linked, milliseconds: 7),
            WayReport(.dialled, endpoint(192, 2), .silent, milliseconds: 8),
        ]
        let report = TrialReport(attempt: .random(), user: user, ways: ways)
        func read(_ old: String, _ new: String) throws -> [WayReport] {
            let bytes = DirectoryMessage.request(TransactionID(rawValue: 1), .report(report)).encoded
            let place = try #require(bytes.firstRange(of: Array(old.utf8)))
            let changed = bytes[..<place.lowerBound] + Array(new.utf8) + bytes[place.upperBound...]
            guard case .request(_, .report(let read)) = try DirectoryMessage(decoding: Array(changed)) else {
                throw TestKitError.invalid(new)
            }
            return read.ways
        }
        #expect(try read("1:ki1e", "1:ki9e") == [ways[1]])
        #expect(try read("1:oi2e", "1:oi9e").map(\.outcome) == [.linked, .failed])
    }

    /// Nobody learns by a trial what listens in the network of whoever tried.
    @Test func whatTheCallerAloneNamedIsNotSearched() throws {
        let (seen, claimed, reflexive) = (try endpoint(192, 1), try endpoint(10, 22), try endpoint(193, 9))
        let whereabouts = Whereabouts(endpoints: [seen, claimed], reflexive: [reflexive])
        func way(_ endpoint: Endpoint?, _ outcome: WayReport.Outcome) -> WayReport {
            WayReport(.dialled, endpoint, outcome, milliseconds: 7)
        }
        for outcome in WayReport.Outcome.allCases {
            let told = [way(seen, outcome), way(claimed, outcome), way(reflexive, outcome), way(nil, outcome)]
                .veiled(from: whereabouts)
            let veiled =
                outcome == .linked
                ? way(claimed, .linked) : WayReport(.dialled, claimed, .silent, milliseconds: 0)
            #expect(told == [way(seen, outcome), veiled, way(reflexive, outcome), way(nil, outcome)])
        }
    }
}
