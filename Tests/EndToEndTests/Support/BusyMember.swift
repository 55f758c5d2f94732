import Content
import DirectoryClient
import Synchronization
import TestKit
import Wire

/// A member who publishes all the time, and takes some of it back, with the client that peers have: it is that which
/// goes on at another server. He remembers what was acknowledged.
final class BusyMember: Sendable {
    /// What he knows of his names.
    struct Ledger {
        var published: [FileName] = []
        var unpublished: Set<FileName> = []
        /// Asked for, but the answer did not come, or was that the server is busy.
        var unsure: Set<FileName> = []
        var failures: [DirectoryClientFailure] = []
        /// What his client told, but for heartbeats.
        var events: [DirectoryEvent] = []
        var expulsions: [DirectoryRefusal] = []
    }

    private struct State {
        var ledger = Ledger()
        var mark: ContinuousClock.Instant?
        var backAt: ContinuousClock.Instant?
        var isDone = false
        var serverCount: Int
        var random: SeededRandom
    }

    let name: String
    /// As the server told it at the login.
    let heartbeat: Duration
    private let client: DirectoryClient
    private let state: Mutex<State>

    /// Between two requests: a member is busy, but the machine is not.
    private static let pause = Duration.milliseconds(50)

    init(_ name: String, at network: TestNetwork, seed: UInt64) async throws {
        let (client, welcome) = try await TestNetwork.directoryClient(name, port: network.port)
        self.name = name
        self.client = client
        heartbeat = .milliseconds(welcome.pulse.interval)
        state = Mutex(State(serverCount: welcome.pulse.servers.count, random: SeededRandom(seed: seed)))
    }

    var ledger: Ledger { state.withLock { $0.ledger } }

    /// Of how many servers his client knows, as the last heartbeat told.
    var serverCount: Int { state.withLock { $0.serverCount } }

    /// When the first request was answered that was begun after the mark.
    var backAt: ContinuousClock.Instant? { state.withLock { $0.backAt } }

    func mark() {
        state.withLock { state in
            state.mark = .now
            state.backAt = nil
        }
    }

    /// Until ``leave()``: so that no request is broken off.
    func work() async throws {
        var number = 0
        while !state.withLock({ $0.isDone }) {
            let begun = ContinuousClock.now
            let isAnswered = try await number % 3 == 2 ? unpublish() : publish(number)
            number += 1
            state.withLock { state in
                guard isAnswered, let mark = state.mark, begun >= mark, state.backAt == nil else { return }
                state.backAt = .now
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Until the client is closed.
    func listen() async {
        async let expulsions: Void = listenToExpulsions()
        for await event in client.events {
            state.withLock { state in
                if case .pulse(let pulse) = event {
                    state.serverCount = pulse.servers.count
                } else {
                    state.ledger.events.append(event)
                }
            }
        }
        await expulsions
    }

    private func listenToExpulsions() async {
        for await reason in client.expulsions { state.withLock { $0.ledger.expulsions.append(reason) } }
    }

    func stop() { state.withLock { $0.isDone = true } }

    func leave() async { await client.goodbye() }

    private func publish(_ number: Int) async throws -> Bool {
        let count = state.withLock { Int.random(in: 1...3, using: &$0.random) }
        let names = try (0..<count).map { try FileName("\(name).\(number).\($0)") }
        do {
            let results = try await client.publish(names.map { PublicationDraft(name: $0, content: .empty) })
            for result in results {
                guard case .published = result else { throw TestKitError.invalid("\(result)") }
            }
            state.withLock { $0.ledger.published += names }
            return true
        } catch let failure as DirectoryClientFailure {
            note(failure, names)
            return false
        }
    }

    private func unpublish() async throws -> Bool {
        let name = state.withLock { state -> FileName? in
            guard !state.ledger.published.isEmpty else { return nil }
            let place = state.ledger.published.indices.randomElement(using: &state.random) ?? 0
            state.ledger.published.swapAt(place, state.ledger.published.count - 1)
            return state.ledger.published.removeLast()
        }
        guard let name else { return false }
        do {
            // That it is not there is an answer as well: the first try was done, and its answer was lost.
            _ = try await client.unpublish([name])
            state.withLock { _ = $0.ledger.unpublished.insert(name) }
            return true
        } catch {
            note(error, [name])
            return false
        }
    }

    private func note(_ failure: DirectoryClientFailure, _ names: [FileName]) {
        state.withLock { state in
            state.ledger.failures.append(failure)
            state.ledger.unsure.formUnion(names)
        }
    }
}
