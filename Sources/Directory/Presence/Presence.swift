import Wire

/// Who is there, on which devices, and what can be had from there: in memory only, as a server that starts
/// anew learns it from its peers within two heartbeats.
///
/// A device is *active* until it was silent for the limit; silent, it keeps its login for the time of dormancy, and being
/// heard makes it active again. Active and silent ones of an account are together no more than the limit. ``PresenceView``
/// holds exactly the active devices, and what they serve.
struct Presence: Sendable {
    /// Devices that one call of ``expire(now:)`` looks at: it stays a matter of milliseconds, however many there are.
    private static let expiredAtOnce = 65_536
    /// Those of them that become silent: where the line of very many is cut, the others are served meanwhile.
    private static let silencedAtOnce = 2_048
    private static let none: Int32 = -1

    /// A device, and the next one of the same member.
    private struct Entry: Sendable {
        var device: OnlineDevice
        var next = Presence.none
    }

    let dormancy: Int64
    /// Devices of one account at the same time.
    let deviceLimit: Int
    let view: PresenceView
    private(set) var pace: HeartbeatPace

    private var entries = Slab<Entry>()
    /// By session.
    private var places = PlaceIndex()
    /// By member: of each one's devices the one that signed in first.
    private var firsts = PlaceIndex()
    private(set) var active = SortedNames()
    /// Where the server sees those connections come from that devices keep to it from their listening ports.
    private(set) var reflexive: [SessionID: Endpoint] = [:]
    /// What others wait for of what those devices have.
    private var waits: [SessionID: Wanted] = [:]
    /// Where the next look at who is silent begins.
    private var hand = 0
    /// Members of whom something has changed that answers to others tell of, since it was taken.
    private var changed: Set<UserName> = []

    init(settings: DirectorySettings, view: PresenceView) {
        dormancy = settings.dormancy
        deviceLimit = settings.devices
        pace = HeartbeatPace(settings: settings)
        self.view = view
    }

    // MARK: Who is there

    func user(of session: SessionID) -> UserName? { device(at: session)?.user }

    func device(at session: SessionID) -> OnlineDevice? {
        place(of: session).map { entries[Int($0)].device }
    }

    private func place(of session: SessionID) -> Int32? {
        places.place(hash: session.hashValue) { entries[Int($0)].device.session == session }
    }

    private func first(of user: UserName) -> Int32? {
        firsts.place(hash: user.hashValue) { entries[Int($0)].device.user == user }
    }

    /// Those of a member, silent ones too, in the order in which they signed in.
    func devices(of user: UserName) -> [OnlineDevice] {
        var devices: [OnlineDevice] = []
        var place = first(of: user) ?? Self.none
        while place != Self.none {
            devices.append(entries[Int(place)].device)
            place = entries[Int(place)].next
        }
        return devices
    }

    func activeDevices(of user: UserName) -> [OnlineDevice] { devices(of: user).filter(\.isActive) }

    /// Of a member's devices, to change them: who holds the devices meanwhile has what each serves copied.
    private func sessions(of user: UserName) -> [SessionID] { devices(of: user).map(\.session) }

    /// Members who came, went, moved or serve other things than before, since this was asked last.
    mutating func takeChanged() -> Set<UserName> {
        guard !changed.isEmpty else { return [] }
        defer { changed = [] }
        return changed
    }

    private mutating func change(_ session: SessionID, _ body: (inout OnlineDevice) -> Void) {
        guard let place = place(of: session) else { return }
        body(&entries[Int(place)].device)
    }

    private mutating func insert(_ device: OnlineDevice) {
        let place = Int32(entries.reserve())
        entries.put(Entry(device: device), at: Int(place))
        places.insert(place, hash: device.session.hashValue) { [entries] in Self.sessionHash(entries, $0) }
        guard var last = first(of: device.user) else {
            firsts.insert(place, hash: device.user.hashValue) { [entries] in Self.userHash(entries, $0) }
            return
        }
        while entries[Int(last)].next != Self.none { last = entries[Int(last)].next }
        entries[Int(last)].next = place
    }

    private mutating func unlink(_ session: SessionID) -> OnlineDevice? {
        guard let place = place(of: session) else { return nil }
        reflexive[session] = nil
        waits[session] = nil
        let entry = entries[Int(place)]
        places.remove(place, hash: session.hashValue) { [entries] in Self.sessionHash(entries, $0) }
        let user = entry.device.user
        if var before = first(of: user), before != place {
            while entries[Int(before)].next != place { before = entries[Int(before)].next }
            entries[Int(before)].next = entry.next
        } else if entry.next == Self.none {
            firsts.remove(place, hash: user.hashValue) { [entries] in Self.userHash(entries, $0) }
        } else {
            firsts.replace(place, by: entry.next, hash: user.hashValue)
        }
        entries.release(Int(place))
        return entry.device
    }

    private static func sessionHash(_ entries: Slab<Entry>, _ place: Int32) -> Int {
        entries[Int(place)].device.session.hashValue
    }

    private static func userHash(_ entries: Slab<Entry>, _ place: Int32) -> Int {
        entries[Int(place)].device.user.hashValue
    }

    /// Where the member is already, so that this login must be refused; nil where it may go on.
    ///
    /// What is left of a dead program on the same device is no hindrance, if the new one holds the lock of
    /// the device's state (`takesOver`); nor is the same session, whose login is repeated.
    ///
    /// - Parameter elsewhere: the member's devices at other servers.
    func hindrance(
        to login: Login, session: SessionID, elsewhere: [PresentDevice] = [], now: Int64
    ) -> String? {
        let patience = pace.patience(now: now)
        let others = activeDevices(of: login.user).filter { device in
            now - device.lastHeard < patience && device.session != session
        }
        // Another program on this very device is in its way, however many devices there may be, unless it is dead.
        let places = (others.map(\.present) + elsewhere).filter { !($0.id == login.device && login.takesOver) }
        if let same = places.first(where: { $0.id == login.device }) { return same.place }
        return Set(places.map(\.id)).count < deviceLimit ? nil : places.first?.place
    }

    // MARK: Coming and going

    /// Enters a device, in place of what it was signed in as before, of the member's silent ones where he would have too
    /// many, and of whoever was signed in in the session.
    ///
    /// - Returns: The replaced devices, and the other member who left.
    mutating func signIn(_ device: OnlineDevice) -> (replaced: [OnlineDevice], other: UserName?) {
        var device = device
        let before = self.device(at: device.session)
        let other = before.flatMap { $0.user == device.user ? nil : remove($0.session)?.user }
        if let before, before.user == device.user {
            device.served = before.served
            let stream = reflexive[before.session]
            _ = remove(before.session)
            reflexive[before.session] = stream
        }
        var replaced = devices(of: device.user).filter { $0.id == device.id }
        let others = devices(of: device.user).filter { $0.id != device.id }.sorted { $0.lastHeard < $1.lastHeard }
        replaced += others.prefix(max(0, others.count + 1 - deviceLimit))
        for one in replaced { _ = remove(one.session) }
        insert(device)
        activate(device)
        return (replaced, other)
    }

    /// Takes a sign of life. The member, where the device was silent before.
    mutating func hear(_ session: SessionID, at time: Int64) -> UserName? {
        guard let place = place(of: session) else { return nil }
        entries[Int(place)].device.lastHeard = max(time, entries[Int(place)].device.lastHeard)
        guard !entries[Int(place)].device.isActive else { return nil }
        entries[Int(place)].device.isActive = true
        let device = entries[Int(place)].device
        activate(device)
        return device.user
    }

    /// Notes the address that a session moved to, once it proved to be there.
    mutating func move(_ session: SessionID, to address: [UInt8]) {
        change(session) { $0.address = address }
        guard let device = device(at: session) else { return }
        changed.insert(device.user)
        if device.isActive { view.enter(present(device), serving: []) }
    }

    /// Notes where a device's connection comes from; nil where it has none any more.
    mutating func attach(_ session: SessionID, from endpoint: Endpoint?) {
        guard let device = device(at: session), reflexive[session] != endpoint else { return }
        reflexive[session] = endpoint
        changed.insert(device.user)
        if device.isActive { view.enter(present(device), serving: []) }
    }

    func present(_ device: OnlineDevice) -> PresentDevice {
        var present = device.present
        if let endpoint = reflexive[device.session] { present.reflexive = [endpoint] }
        return present
    }

    func whereabouts(of device: OnlineDevice) -> Whereabouts {
        Whereabouts(
            endpoints: Array(device.endpoints.prefix(Whereabouts.endpointLimit)),
            reflexive: reflexive[device.session].map { [$0] } ?? [])
    }

    /// - Parameter claims: Where the device says that it is counts too: whom it calls hears of it.
    func vantage(of device: OnlineDevice, believing claims: Bool) -> Vantage {
        // Where its stream comes from, too.
        let seen = [device.address] + (reflexive[device.session].map { [$0.address] } ?? [])
        return Vantage(seen: seen, alsoAt: claims ? device.claims : [])
    }

    /// Notes where a device says that it is.
    mutating func locate(_ session: SessionID, at endpoints: [Endpoint]) {
        change(session) { $0.locate(at: endpoints) }
        guard let device = device(at: session) else { return }
        changed.insert(device.user)
        if device.isActive { view.enter(present(device), serving: []) }
    }

    mutating func remove(_ session: SessionID) -> OnlineDevice? {
        guard let device = unlink(session) else { return nil }
        if device.isActive { deactivate(device) }
        return device
    }

    /// Makes those silent who were not heard for the limit, and forgets the logins of those who were silent
    /// for the time of dormancy: of as many as are looked at in one go.
    ///
    /// - Returns: Those who became silent, by name.
    mutating func expire(now: Int64) -> [OnlineDevice] {
        let patience = pace.patience(now: now)
        var silent: [OnlineDevice] = []
        var forgotten: [SessionID] = []
        for _ in 0..<min(entries.end, Self.expiredAtOnce)
        where silent.count < Self.silencedAtOnce && forgotten.count < Self.silencedAtOnce {
            hand = hand + 1 < entries.end ? hand + 1 : 0
            guard entries.contains(hand), now - entries[hand].device.lastHeard >= patience else { continue }
            let device = entries[hand].device
            if device.isActive { silent.append(device) }
            if now - device.lastHeard >= patience + dormancy { forgotten.append(device.session) }
        }
        for device in silent {
            change(device.session) { $0.isActive = false }
            deactivate(device)
        }
        for session in forgotten { _ = remove(session) }
        pace.adapt(to: active.count, now: now)
        return silent.sorted { ($0.user, $0.signedIn) < ($1.user, $1.signedIn) }
    }

    // MARK: What is served

    /// False where nobody is signed in in this session.
    mutating func serve(
        add: some Sequence<PublicationID>, remove: some Sequence<PublicationID>, session: SessionID
    ) -> Bool {
        guard let user = user(of: session) else { return false }
        change(session) {
            $0.served.formUnion(add)
            $0.served.subtract(remove)
        }
        changed.insert(user)
        if device(at: session)?.isActive == true {
            view.serve(add)
            view.withdraw(notServed(remove, by: user))
        }
        return true
    }

    /// These are not publications any more.
    mutating func forget(_ publications: [PublicationID], of user: UserName) {
        for session in sessions(of: user) {
            change(session) { $0.served.subtract(publications) }
            settle(publications, at: session)
        }
        view.withdraw(publications)
    }

    /// Those of some that no active device of their owner serves.
    private func notServed(_ publications: some Sequence<PublicationID>, by user: UserName) -> [PublicationID] {
        let active = activeDevices(of: user)
        return publications.filter { id in !active.contains { $0.served.contains(id) } }
    }

    /// Where those of a member's devices are that have a content.
    func whereabouts(of source: ContentSource) -> [Whereabouts] {
        activeDevices(of: source.user).filter { device in
            source.devices.contains(device.id) || source.tops.contains(where: device.served.contains)
        }.map { whereabouts(of: $0) }
    }

    // MARK: What is wanted

    mutating func want(_ id: PublicationID, of owner: UserName, now: Int64) {
        for session in sessions(of: owner) { waits[session, default: Wanted()].want(id, now: now) }
    }

    mutating func settle(_ ids: [PublicationID], of owner: UserName) {
        for session in sessions(of: owner) { settle(ids, at: session) }
    }

    private mutating func settle(_ ids: [PublicationID], at session: SessionID) {
        waits[session]?.settle(ids)
        if waits[session]?.isEmpty == true { waits[session] = nil }
    }

    /// As many as a heartbeat answer tells of.
    mutating func wanted(at session: SessionID, now: Int64) -> [PublicationID] {
        let next = waits[session]?.next(now: now) ?? []
        if waits[session]?.isEmpty == true { waits[session] = nil }
        return next
    }

    private mutating func activate(_ device: OnlineDevice) {
        changed.insert(device.user)
        active.insert(device.user)
        view.enter(present(device), serving: device.served)
    }

    /// It counts as active no more.
    private mutating func deactivate(_ device: OnlineDevice) {
        changed.insert(device.user)
        let isLast = activeDevices(of: device.user).isEmpty
        if isLast { active.remove(device.user) }
        view.leave(
            device.user, device.id, serving: notServed(device.served, by: device.user), isLast: isLast)
    }
}
