import Directory
import Logging

/// The connection of one thread, made when it is needed, and again after it was lost: later and later, as long as that fails.
final class PostgresLink {
    private let address: PostgresAddress
    private let log: Logger
    private let timings: StoreTimings?
    private let clock = ContinuousClock()
    private var current: PostgresConnection?
    private var failure: (PostgresFailure, retryAt: ContinuousClock.Instant)?
    private var pause = PostgresLink.firstPause
    /// How many there were.
    private var count = 0

    private static let firstPause = Duration.milliseconds(100)
    /// For so long requests may go on to be refused when the database is back.
    private static let longestPause = Duration.seconds(1)

    init(_ address: PostgresAddress, log: Logger, timings: StoreTimings?) {
        self.address = address
        self.log = log
        self.timings = timings
    }

    /// - Throws: Also without trying, where it just failed.
    func connection() throws(PostgresFailure) -> PostgresConnection {
        if let current {
            if !current.isLost { return current }
            self.current = nil
        }
        if let failure, clock.now < failure.retryAt { throw failure.0 }
        do throws(PostgresFailure) {
            let fresh = try PostgresConnection(address, log: log)
            (current, failure, pause) = (fresh, nil, Self.firstPause)
            count += 1
            return fresh
        } catch {
            failure = (error, clock.now + pause)
            pause = min(pause * 2, Self.longestPause)
            throw error
        }
    }

    /// Which connection it is, by a number that grows.
    func number() throws(PostgresFailure) -> Int {
        _ = try connection()
        return count
    }

    /// Reads in one state of the database.
    func read<Value>(_ query: (PostgresConnection) throws -> Value) throws -> Value {
        try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", query)
    }

    /// Changes all or nothing. Where two are in each other's way, it is done again.
    func write<Value>(_ change: (PostgresConnection) throws -> Value) throws -> Value {
        var attempts = 0
        while true {
            do {
                return try transaction("BEGIN ISOLATION LEVEL READ COMMITTED", timesCommit: true, change)
            } catch let failure as PostgresFailure where failure.isConflict && attempts < Self.attemptsAtMost {
                attempts += 1
            }
        }
    }

    private static let attemptsAtMost = 10

    private func transaction<Value>(
        _ beginning: String, timesCommit: Bool = false, _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        var connection = try connection()
        do throws(PostgresFailure) { _ = try connection.run(beginning) } catch {
            // It may have been lost while nobody used it: nothing was begun yet.
            guard error.isConnectionLost else { throw error }
            connection = try self.connection()
            _ = try connection.run(beginning)
        }
        do {
            let value = try body(connection)
            let start = ContinuousClock.now
            _ = try connection.run("COMMIT")
            if timesCommit { timings?.note(.commit, start.nanosecondsToNow) }
            return value
        } catch {
            if !connection.isLost, connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
            throw error
        }
    }
}
