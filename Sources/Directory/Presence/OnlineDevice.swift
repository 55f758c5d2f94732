import Wire

/// A device that a member is signed in on: as small as can be, as there may be a million. So its parts stand in an order that
/// leaves nothing between them.
package struct OnlineDevice: Sendable {
    let user: UserName
    let id: DeviceID
    let label: String
    let session: SessionID
    /// Milliseconds, monotonic.
    let signedIn: Int64
    var lastHeard: Int64
    /// Where it says itself that it is: the first one, as most have no other, and the rest.
    private var otherLocalAddresses: [Endpoint]
    var served = PublicationRuns()
    private var localAddress: Endpoint?
    /// Where its datagrams come from.
    private var packedAddress: PackedAddress?
    /// Not silent.
    var isActive = true
    let listeningPort: UInt16

    init(login: Login, caller: Caller, now: Int64) {
        user = login.user
        id = login.device
        label = login.deviceLabel
        session = caller.session
        packedAddress = PackedAddress(caller.address)
        listeningPort = login.listeningPort
        localAddress = login.localAddresses.first
        otherLocalAddresses = Array(login.localAddresses.dropFirst())
        signedIn = now
        lastHeard = now
    }

    /// 4 or 16 bytes.
    var address: [UInt8] {
        get { packedAddress?.bytes ?? [] }
        set { packedAddress = PackedAddress(newValue) }
    }

    mutating func locate(at endpoints: [Endpoint]) {
        localAddress = endpoints.first
        otherLocalAddresses = Array(endpoints.dropFirst())
    }

    /// Where to dial it, best first: as the server sees it, then as it says itself.
    var endpoints: [Endpoint] {
        let local = (localAddress.map { [$0] } ?? []) + otherLocalAddresses
        guard let seen = Endpoint(address: LocalAddress.unmapped(address), port: listeningPort) else { return local }
        // Where a router maps the very port, its owner knows more of it than is seen here.
        let same = local.first { $0.isSamePlace(as: seen) } ?? seen
        return [same] + local.filter { $0 != same }
    }

    /// Where it says that it is.
    var claims: [[UInt8]] { (otherLocalAddresses + (localAddress.map { [$0] } ?? [])).map(\.address) }

    var present: PresentDevice { PresentDevice(user, id, place: place, endpoints: endpoints) }

    /// For people: `laptop (192.0.2.7)`.
    var place: String { Self.place(label: label, address: address) }

    static func place(label: String, address: [UInt8]) -> String {
        let text = AddressText.of(address)
        return label.isEmpty ? text : "\(label) (\(text))"
    }
}
