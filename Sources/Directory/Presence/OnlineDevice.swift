import Wire

/// A device that a member is signed in on: as small as can be, as there may be a million.
struct OnlineDevice: Sendable {
    let user: UserName
    let id: DeviceID
    let label: String
    let session: SessionID
    /// Where its datagrams come from.
    private var packedAddress: PackedAddress?
    let listeningPort: UInt16
    /// Not silent.
    var isActive = true
    /// Where it says itself that it is: the first one, as most have no other, and the rest.
    private var localAddress: Endpoint?
    private var otherLocalAddresses: [Endpoint]
    /// Milliseconds, monotonic.
    let signedIn: Int64
    var lastHeard: Int64
    var served = PublicationRuns()
    /// What others wait for; none or one, as most have none.
    private var waits: [Wanted] = []

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

    // MARK: What is wanted

    mutating func want(_ id: PublicationID, now: Int64) {
        if waits.isEmpty { waits.append(Wanted()) }
        waits[0].want(id, now: now)
    }

    mutating func settle(_ ids: [PublicationID]) {
        guard !waits.isEmpty else { return }
        waits[0].settle(ids)
        if waits[0].isEmpty { waits = [] }
    }

    /// As many as a heartbeat answer tells of.
    mutating func nextWanted(now: Int64) -> [PublicationID] {
        guard !waits.isEmpty else { return [] }
        let next = waits[0].next(now: now)
        if waits[0].isEmpty { waits = [] }
        return next
    }
}
