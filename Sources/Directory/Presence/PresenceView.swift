import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private let observer = Mutex<(any PresenceObserver)?>(nil)

    private struct State {
        var served = PublicationSet()
        /// Members with their devices, each as a number of 64 bits, which nobody can choose, as they hang on a secret of
        /// the process: two are taken for one another once in as many millennia as a network lives years, and then
        /// ``Presence`` still knows better who is there.
        var devices: Set<Int> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Lets somebody hear of what comes from now on; there is one at a time. Devices as they are to be dialled he alone keeps,
    /// where he wants them.
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

    /// Everything that is served, at one moment.
    package var allServed: [PublicationID] { state.withLock { $0.served.all } }

    /// A device came, or is to be dialled elsewhere than before.
    package func enter(_ device: PresentDevice, serving publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        let number = Self.number(device.user, device.id)
        state.withLock {
            $0.devices.insert(number)
            $0.served.formUnion(publications)
        }
        tell { $0.entered(device, serving: publications) }
    }

    /// - Parameters:
    ///   - publications: Those that no other device of the member serves.
    ///   - isLast: No other device of his is there.
    package func leave(
        _ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>, isLast: Bool = true
    ) {
        let publications = Array(publications)
        let number = Self.number(user, device)
        state.withLock {
            $0.devices.remove(number)
            $0.served.subtract(publications)
        }
        tell { $0.left(user, device, isLast: isLast, withdrawing: publications) }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        let fresh = state.withLock { state in
            publications.filter { state.served.insert($0) }
        }
        if !fresh.isEmpty { tell { $0.served(fresh) } }
    }

    package func withdraw(_ publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        state.withLock { $0.served.subtract(publications) }
        tell { $0.withdrawn(publications) }
    }

    private static func number(_ user: UserName, _ device: DeviceID) -> Int {
        var hasher = Hasher()
        hasher.combine(user)
        hasher.combine(device)
        return hasher.finalize()
    }
}

/// A device that is there, as stores and other servers see it.
package struct PresentDevice: Hashable, Sendable {
    package var user: UserName
    package var id: DeviceID
    /// For people: `laptop (192.0.2.7)`.
    package var place: String
    /// Where to dial it, best first.
    package var endpoints: [Endpoint]
    /// Where its server sees the connection come from that it makes from its listening port; none or one.
    package var reflexive: [Endpoint]

    package init(
        _ user: UserName, _ id: DeviceID, place: String = "", endpoints: [Endpoint] = [], reflexive: [Endpoint] = []
    ) {
        self.user = user
        self.id = id
        self.place = place
        self.endpoints = endpoints
        self.reflexive = reflexive
    }
}

/// Hears of what changes in a ``PresenceView``, wherever that happens: it must not wait.
package protocol PresenceObserver: AnyObject, Sendable {
    /// A device is there, with all that is served from it so far.
    func entered(_ device: PresentDevice, serving publications: [PublicationID])
    /// - Parameter isLast: The member is there no more.
    func left(_ user: UserName, _ device: DeviceID, isLast: Bool, withdrawing publications: [PublicationID])
    func served(_ publications: [PublicationID])
    func withdrawn(_ publications: [PublicationID])
}
