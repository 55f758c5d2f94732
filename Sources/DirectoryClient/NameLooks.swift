import NIOCore

/// When a server's name is looked up again: where nobody answers at the addresses that it had, one look at a time, and seldom.
/// Times are monotonic milliseconds.
package struct NameLooks: Sendable {
    /// Between the beginnings of two.
    package static let pause: Int64 = 30_000

    private var isUnderWay = false
    private var notBefore = Int64.min

    package init() {}

    /// The device is elsewhere, where the name may mean another address: the next look need not wait.
    package mutating func moved() { notBefore = .min }

    /// - Returns: Whether one is to begin.
    package mutating func begin(now: Int64) -> Bool {
        guard !isUnderWay, now >= notBefore else { return false }
        isUnderWay = true
        notBefore = now + Self.pause
        return true
    }

    package mutating func ended() { isUnderWay = false }
}

/// A server whose name has another address now, or means another one where this device is. Who answers there has to be of the
/// network: a wrong answer is a lost datagram.
extension DirectoryClient {
    func lookUpAgain() {
        // Before there was a session it has just been looked up.
        guard connecting == nil, current != nil, server.isName, !addresses.isEmpty, nameLooks.begin(now: Self.now)
        else { return }
        lookUp(server, eventLoop).whenComplete { [weak self, eventLoop] result in
            // Later, even where it is known already: attempts are being opened now.
            eventLoop.execute { self?.assumeIsolated { $0.lookedUp((try? result.get()) ?? []) } }
        }
    }

    private func lookedUp(_ found: [SocketAddress]) {
        nameLooks.ended()
        guard !isClosed, !found.isEmpty else { return }
        let fresh = found.filter { !addresses.contains($0) }
        // Where the session was it may be again: an answer may be wrong.
        let former = current.flatMap { paths[$0.path]?.server }.map { [$0] } ?? []
        addresses = found + former.filter { addresses.contains($0) && !found.contains($0) }
        guard !attempts.isEmpty else { return }
        attempts += fresh.map { attempt(on: Path(to: $0)) }
        run()
    }
}
