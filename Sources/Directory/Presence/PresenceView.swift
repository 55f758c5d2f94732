import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private let observer = Mutex<(any PresenceObserver)?>(nil)

    private struct State {
        var served: Set<PublicationID> = []
        /// Members with their devices, each as a number of 64 bits, which nobody can choose, as they hang on a secret of
        /// the process: two are taken for one another once in as many millennia as a network lives years, and then
        /// ``Presence`` still knows better who is there.
        var devices: Set<Int> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Lets somebody hear of what comes from now on; there is one at a time.
    package func attach(_ observer: any PresenceObserver) { self.observer.withLock { $0 = observer } }

    private func tell(_ event: (any PresenceObserver) -> Void) {
        if let observer = observer.withLock(\.self) { event(observer) }
    }

    package func isServed(_ publication: PublicationID) -> Bool {
        state.withLock { $0.served.contains(publication) }
    }

    /// Of each, asked together.
    func areServed(_ publications: some Collection<PublicationID>) -> [Bool] {
        state.withLock { state in
            // Neighbours are often the same.
            var last: (id: PublicationID, isServed: Bool)?
            return publications.map { id in
                if let last, last.id == id { return last.isServed }
                let isServed = state.served.contains(id)
                last = (id, isServed)
                return isServed
            }
        }
    }

    package func isThere(_ user: UserName, _ device: DeviceID) -> Bool {
        let number = Self.number(user, device)
        return state.withLock { $0.devices.contains(number) }
    }

    package func enter(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        let number = Self.number(user, device)
        state.withLock {
            $0.devices.insert(number)
            $0.served.formUnion(publications)
        }
        tell { observer in
            observer.came(user)
            // They have one owner.
            if let one = publications.first(where: { _ in true }) { observer.served([one]) }
        }
    }

    /// - Parameters:
    ///   - publications: Those that no other device of the member serves.
    ///   - isLast: No other device of his is there.
    package func leave(
        _ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>, isLast: Bool = true
    ) {
        let number = Self.number(user, device)
        state.withLock {
            $0.devices.remove(number)
            $0.served.subtract(publications)
        }
        if isLast { tell { $0.left(user) } }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        let fresh = state.withLock { state in
            let fresh = publications.filter { !state.served.contains($0) }
            state.served.formUnion(fresh)
            return fresh
        }
        if !fresh.isEmpty { tell { $0.served(fresh) } }
    }

    package func withdraw(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.subtract(publications) }
    }

    private static func number(_ user: UserName, _ device: DeviceID) -> Int {
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(device)
        return hasher.finalize()
    }
}

/// Hears of what changes in a ``PresenceView``, wherever that happens: it must not wait.
package protocol PresenceObserver: AnyObject, Sendable {
    /// A member is there.
    func came(_ user: UserName)
    /// His last device is there no more.
    func left(_ user: UserName)
    /// Publications of owners whose publications are looked for from now on: of each owner, one at least.
    func served(_ publications: [PublicationID])
}
