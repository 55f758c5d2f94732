import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private struct State {
        var served: Set<PublicationID> = []
        /// Members with their devices, each as a number of 64 bits, which nobody can choose, as they hang on a secret of
        /// the process: two are taken for one another once in as many millennia as a network lives years, and then
        /// ``Presence`` still knows better who is there.
        var devices: Set<Int> = []
    }

    private let state = Mutex(State())

    package init() {}

    package func isServed(_ publication: PublicationID) -> Bool {
        state.withLock { $0.served.contains(publication) }
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
    }

    /// - Parameter publications: Those that no other device of the member serves.
    package func leave(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        let number = Self.number(user, device)
        state.withLock {
            $0.devices.remove(number)
            $0.served.subtract(publications)
        }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        state.withLock { $0.served.formUnion(publications) }
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
