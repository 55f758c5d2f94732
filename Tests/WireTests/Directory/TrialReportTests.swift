import Testing
import Wire

@Suite struct TrialReportTests {
    private func endpoint(_ first: UInt8, _ port: UInt16) throws -> Endpoint {
        try #require(Endpoint(address: [first, 0, 0, 1], port: port))
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
