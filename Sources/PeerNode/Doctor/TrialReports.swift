import Connectivity
import Wire

/// What other members say of trials that this one wanted: of each the first report.
typealias TrialReports = Expectations<AttemptID, [WayReport]>

extension TrialReports {
    convenience init() { self.init(bound: 1) }

    /// What nobody waits for, or somebody else says, is passed over.
    func take(_ report: TrialReport) {
        guard member(by: report.attempt) == report.user else { return }
        deliver(report.ways, by: report.attempt)
    }
}
