import NetworkTestKit
import TestKit
import Testing
import Wire

/// Members who are busy at several servers of one database.
struct Crowd: Sendable {
    let members: [BusyMember]

    static let names = (0..<24).map { "m\($0)" }

    /// Signs them in, one server after the other.
    init(at networks: [TestNetwork], seed: UInt64) async throws {
        members = try await withThrowingTaskGroup(of: BusyMember.self) { group in
            for (number, name) in Self.names.enumerated() {
                let network = networks[number % networks.count]
                group.addTask { try await BusyMember(name, at: network, seed: seed &+ UInt64(number)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Two of them: within these a client is back.
    var twoHeartbeats: Duration { (members.map(\.heartbeat).min() ?? .zero) * 2 }

    func whileWorking(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members {
                group.addTask { try await member.work() }
                group.addTask { await member.listen() }
            }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            for member in members { member.stop() }
            // Each has had its last answer when as many tasks have ended as there are members: the others listen.
            for _ in members { try await group.next() }
            for member in members { await member.leave() }
            try await group.waitForAll()
            try result.get()
        }
    }

    func wait(for what: String, _ isTrue: (BusyMember) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !members.allSatisfy(isTrue) {
            guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// How long after a moment each has had an answer to what he asked from now on.
    func timesToComeBack(since moment: ContinuousClock.Instant, within limit: Duration) async throws -> [Duration] {
        for member in members { member.mark() }
        let deadline = ContinuousClock.now + limit
        while true {
            let times = members.compactMap(\.backAt)
            if times.count == members.count { return times.map { $0 - moment } }
            guard ContinuousClock.now < deadline else {
                let missing = members.filter { $0.backAt == nil }.map { "\($0.name): \($0.ledger.failures.suffix(2))" }
                throw TestKitError.timedOut("\(missing) did not come back")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What was acknowledged is in the database once, what was taken back is not, and there is nothing that nobody asked for.
    func expectKept(in database: String, of postgres: PostgresServer, _ comment: Comment) async throws {
        let sql = "SELECT account.name || ' ' || publication.name FROM publication JOIN account ON account.id = owner"
        let rows = try await postgres.query(sql, in: database).split(separator: "\n")
        let there = Dictionary(rows.map { (String($0), 1) }, uniquingKeysWith: +)
        var known: Set<String> = []
        for member in members {
            let ledger = member.ledger
            func row(_ name: FileName) -> String { "\(member.name) \(name.text)" }
            let published = ledger.published.map(row)
            #expect(published.filter { there[$0] != 1 } == [], comment)
            #expect(ledger.unpublished.map(row).filter { there[$0] != nil } == [], comment)
            #expect(!ledger.published.isEmpty && !ledger.unpublished.isEmpty, comment)
            known.formUnion(published + ledger.unsure.map(row))
        }
        #expect(there.keys.filter { !known.contains($0) } == [], comment)
        let ledgers = members.map(\.ledger)
        print(
            "acknowledged: \(ledgers.map(\.published.count).reduce(0, +)) there,",
            "\(ledgers.map(\.unpublished.count).reduce(0, +)) taken back;",
            "not known: \(ledgers.map(\.unsure.count).reduce(0, +))")
    }
}

extension [Duration] {
    /// For people: the median and the longest, in milliseconds.
    var summary: String {
        guard let last = self.max() else { return "none" }
        return "median \(Int(sorted()[count / 2] / .milliseconds(1))) ms, worst \(Int(last / .milliseconds(1))) ms"
    }
}
