import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private struct State {
        var served: Set<PublicationID> = []
        var devices: [UserName: Set<DeviceID>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

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
    }

    /// - Parameter publications: Those that no other device of the member serves.
    package func leave(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        state.withLock {
            $0.devices[user]?.remove(device)
            if $0.devices[user]?.isEmpty == true { $0.devices[user] = nil }
            $0.served.subtract(publications)
        }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.formUnion(publications) }
    }

    package func withdraw(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.subtract(publications) }
    }
}
