import Synchronization
package import Wire

/// What a store sees of presence while it searches: which publications are served and which devices
/// are there, at this moment. ``Directory`` writes it, queries read it from their threads.
package final class PresenceView: Sendable {
    private let observer = Mutex<(any PresenceObserver)?>(nil)

    private struct State {
        var served: Set<PublicationID> = []
        var devices: [UserName: [DeviceID: PresentDevice]] = [:]
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
        state.withLock { $0.devices[user]?[device] != nil }
    }

    /// Everything, at one moment.
    package var all: (devices: [PresentDevice], served: [PublicationID]) {
        state.withLock { ($0.devices.values.flatMap(\.values), Array($0.served)) }
    }

    /// A device came, or is to be dialled elsewhere than before.
    package func enter(_ device: PresentDevice, serving publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        state.withLock {
            $0.devices[device.user, default: [:]][device.id] = device
            $0.served.formUnion(publications)
        }
        tell { $0.entered(device, serving: publications) }
    }

    /// - Parameter publications: Those that no other device of the member serves.
    package func leave(_ user: UserName, _ device: DeviceID, serving publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        let isLast = state.withLock {
            $0.devices[user]?[device] = nil
            if $0.devices[user]?.isEmpty == true { $0.devices[user] = nil }
            $0.served.subtract(publications)
            return $0.devices[user] == nil
        }
        tell { $0.left(user, device, isLast: isLast, withdrawing: publications) }
    }

    package func serve(_ publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        state.withLock { $0.served.formUnion(publications) }
        tell { $0.served(publications) }
    }

    package func withdraw(_ publications: some Sequence<PublicationID>) {
        let publications = Array(publications)
        state.withLock { $0.served.subtract(publications) }
        tell { $0.withdrawn(publications) }
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

    package init(_ user: UserName, _ id: DeviceID, place: String = "", endpoints: [Endpoint] = []) {
        self.user = user
        self.id = id
        self.place = place
        self.endpoints = endpoints
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
