import Wire

/// A device that a member is signed in on.
struct OnlineDevice: Sendable {
    let user: UserName
    let id: DeviceID
    let label: String
    let session: SessionID
    /// Where its datagrams come from, 4 or 16 bytes.
    var address: [UInt8]
    let listeningPort: UInt16
    let localAddresses: [Endpoint]
    /// Milliseconds, monotonic.
    let signedIn: Int64
    var lastHeard: Int64
    /// Not silent.
    var isActive = true
    var served: Set<PublicationID> = []
    var wanted = Wanted()

    init(login: Login, caller: Caller, now: Int64) {
        user = login.user
        id = login.device
        label = login.deviceLabel
        session = caller.session
        address = caller.address
        listeningPort = login.listeningPort
        localAddresses = login.localAddresses
        signedIn = now
        lastHeard = now
    }

    /// Where to dial it, best first: as the server sees it, then as it says itself.
    var endpoints: [Endpoint] {
        let seen = Endpoint(address: AddressPrefix.unmapped(address), port: listeningPort)
        return (seen.map { [$0] } ?? []) + localAddresses.filter { $0 != seen }
    }

    var present: PresentDevice { PresentDevice(user, id, place: place, endpoints: endpoints) }

    /// For people: `laptop (192.0.2.7)`.
    var place: String { Self.place(label: label, address: address) }

    static func place(label: String, address: [UInt8]) -> String {
        let text = AddressText.of(address)
        return label.isEmpty ? text : "\(label) (\(text))"
    }
}
