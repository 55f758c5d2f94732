import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private let observer = Mutex<(any PresenceObserver)?>(nil)

    private struct State {
        var served: Set<PublicationID> = []
        var devices: [UserName: Set<DeviceID>] = [:]
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

    package func isThere(_ user: UserName, _ device: DeviceID) -> Bool {
        state.withLock { $0.devices[user]?.contains(device) ?? false }
    }

    package func enter(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        state.withLock {
            $0.devices[user, default: []].insert(device)
            $0.served.formUnion(publications)
        }
        tell { observer in
            observer.came(user)
            // They have one owner.
            if let one = publications.first(where: { _ in true }) { observer.served([one]) }
        }
    }

    /// - Parameter publications: Those that no other device of the member serves.
    package func leave(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        let isLast = state.withLock {
            $0.devices[user]?.remove(device)
            if $0.devices[user]?.isEmpty == true { $0.devices[user] = nil }
            $0.served.subtract(publications)
            return $0.devices[user] == nil
        }
        if isLast { tell { $0.left(user) } }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.formUnion(publications) }
        tell { $0.served(Array(publications)) }
    }

    package func withdraw(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.subtract(publications) }
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
