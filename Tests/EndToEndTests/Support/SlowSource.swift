import NetworkTestKit
import TestKit
import Testing

/// Sources behind a slow line, and a moment in the middle of what comes from them.
extension ShellClient {
    /// In bytes a second, over all that it gives; nil for as fast as it can.
    func give(atMost rate: String?) async throws {
        try await ask("limit up \(rate ?? "none")", expecting: "up: ")
    }

    /// Waits for a moment to be killed in.
    ///
    /// - Parameters:
    ///   - moment: How long after `least`.
    ///   - least: So much has to have come first: on a busy machine a moment of the clock may come before anything.
    ///   - count: What has come, in bytes.
    /// - Returns: How much had come a second before the end.
    func wait(for moment: Duration, after least: Int, counting count: () throws -> Int) async throws -> Int {
        let limit = ContinuousClock.now + .seconds(60)
        while try count() < least {
            guard ContinuousClock.now < limit else { throw TestKitError.timedOut("\(least) bytes") }
            try await Task.sleep(for: .milliseconds(20))
        }
        let end = ContinuousClock.now + moment
        var old = 0
        while ContinuousClock.now < end {
            if ContinuousClock.now < end - .seconds(1) { old = try count() }
            try await Task.sleep(for: .milliseconds(20))
        }
        return old
    }
}
