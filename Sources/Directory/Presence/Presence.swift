import Wire

/// Who is there, on which devices, and what can be had from there: in memory only, as a server that starts
/// anew learns it from its peers within two heartbeats.
///
/// A device is *active* until it was silent for the limit; silent, it keeps its login for the time of dormancy, and being
/// heard makes it active again. Active and silent ones of an account are together no more than the limit. ``PresenceView``
/// holds exactly the active devices, and what they serve.
struct Presence: Sendable {
    let silenceLimit: Int64
    let dormancy: Int64
    /// Devices of one account at the same time.
    let deviceLimit: Int
    let view: PresenceView

    private var devices: [SessionID: OnlineDevice] = [:]
    /// In the order in which they signed in.
    private var sessions: [UserName: [SessionID]] = [:]
    private(set) var active = SortedNames()

    init(silenceLimit: Int64, dormancy: Int64, deviceLimit: Int = 1, view: PresenceView) {
        self.silenceLimit = silenceLimit
        self.dormancy = dormancy
        self.deviceLimit = deviceLimit
        self.view = view
    }

    // MARK: Who is there

    func user(of session: SessionID) -> UserName? { devices[session]?.user }

    func device(at session: SessionID) -> OnlineDevice? { devices[session] }

    /// Those of a member, silent ones too, in the order in which they signed in.
    func devices(of user: UserName) -> [OnlineDevice] { sessions[user, default: []].compactMap { devices[$0] } }

    func activeDevices(of user: UserName) -> [OnlineDevice] { devices(of: user).filter(\.isActive) }

    /// Where the member is already, so that this login must be refused; nil where it may go on.
    ///
    /// What is left of a dead program on the same device is no hindrance, if the new one holds the lock of
    /// the device's state (`takesOver`); nor is the same session, whose login is repeated.
    ///
    /// - Parameter elsewhere: the member's devices at other servers.
    func hindrance(
        to login: Login, session: SessionID, elsewhere: [PresentDevice] = [], now: Int64
    ) -> String? {
        let others = activeDevices(of: login.user).filter { device in
            now - device.lastHeard < silenceLimit && device.session != session
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
        let before = devices[device.session]
        let other = before.flatMap { $0.user == device.user ? nil : remove($0.session)?.user }
        if let before, before.user == device.user {
            device.served = before.served
            _ = remove(before.session)
        }
        var replaced = devices(of: device.user).filter { $0.id == device.id }
        let others = devices(of: device.user).filter { $0.id != device.id }.sorted { $0.lastHeard < $1.lastHeard }
        replaced += others.prefix(max(0, others.count + 1 - deviceLimit))
        for one in replaced { _ = remove(one.session) }
        devices[device.session] = device
        sessions[device.user, default: []].append(device.session)
        activate(device)
        return (replaced, other)
    }

    /// Takes a sign of life. The member, where the device was silent before.
    mutating func hear(_ session: SessionID, now: Int64) -> UserName? {
        devices[session]?.lastHeard = now
        guard let device = devices[session], !device.isActive else { return nil }
        devices[session]?.isActive = true
        activate(device)
        return device.user
    }

    /// Notes the address that a session moved to, once it proved to be there.
    mutating func move(_ session: SessionID, to address: [UInt8]) {
        devices[session]?.address = address
        if let device = devices[session], device.isActive { view.enter(device.present, serving: []) }
    }

    mutating func remove(_ session: SessionID) -> OnlineDevice? {
        guard let device = devices.removeValue(forKey: session) else { return nil }
        sessions[device.user]?.removeAll { $0 == session }
        if sessions[device.user]?.isEmpty == true { sessions[device.user] = nil }
        if device.isActive { deactivate(device) }
        return device
    }

    /// Makes those silent who were not heard for the limit, and forgets the logins of those who were silent
    /// for the time of dormancy.
    ///
    /// - Returns: Those who became silent, by name.
    mutating func expire(now: Int64) -> [OnlineDevice] {
        let silent = devices.values.filter { $0.isActive && now - $0.lastHeard >= silenceLimit }
        for device in silent {
            devices[device.session]?.isActive = false
            deactivate(device)
        }
        let forgotten = devices.values.filter { !$0.isActive && now - $0.lastHeard >= silenceLimit + dormancy }
        for device in forgotten { _ = remove(device.session) }
        return silent.sorted { ($0.user, $0.signedIn) < ($1.user, $1.signedIn) }
    }

    // MARK: What is served

    /// False where nobody is signed in in this session.
    mutating func serve(
        add: some Sequence<PublicationID>, remove: some Sequence<PublicationID>, session: SessionID
    ) -> Bool {
        guard let device = devices[session] else { return false }
        devices[session]?.served.formUnion(add)
        devices[session]?.served.subtract(remove)
        if device.isActive {
            view.serve(add)
            view.withdraw(notServed(remove, by: device.user))
        }
        return true
    }

    /// These are not publications any more.
    mutating func forget(_ publications: [PublicationID], of user: UserName) {
        for session in sessions[user, default: []] {
            devices[session]?.served.subtract(publications)
            devices[session]?.wanted.settle(publications)
        }
        view.withdraw(publications)
    }

    /// Those of some that no active device of their owner serves.
    private func notServed(_ publications: some Sequence<PublicationID>, by user: UserName) -> [PublicationID] {
        let active = activeDevices(of: user)
        return publications.filter { id in !active.contains { $0.served.contains(id) } }
    }

    /// Where to dial a member for a content: his devices that have it, the best place of each first.
    func endpoints(of source: ContentSource) -> [Endpoint] {
        let having = activeDevices(of: source.user).filter { device in
            source.devices.contains(device.id) || source.tops.contains(where: device.served.contains)
        }.map(\.endpoints)
        var all: [Endpoint] = []
        for number in 0..<(having.map(\.count).max() ?? 0) {
            for endpoints in having where number < endpoints.count && !all.contains(endpoints[number]) {
                all.append(endpoints[number])
            }
        }
        return all
    }

    // MARK: What is wanted

    mutating func want(_ id: PublicationID, of owner: UserName, now: Int64) {
        for session in sessions[owner, default: []] { devices[session]?.wanted.want(id, now: now) }
    }

    mutating func settle(_ ids: [PublicationID], of owner: UserName) {
        for session in sessions[owner, default: []] { devices[session]?.wanted.settle(ids) }
    }

    /// As many as a heartbeat answer tells of.
    mutating func wanted(at session: SessionID, now: Int64) -> [PublicationID] {
        devices[session]?.wanted.next(now: now) ?? []
    }

    private mutating func activate(_ device: OnlineDevice) {
        active.insert(device.user)
        view.enter(device.present, serving: device.served)
    }

    /// It counts as active no more.
    private mutating func deactivate(_ device: OnlineDevice) {
        if activeDevices(of: device.user).isEmpty { active.remove(device.user) }
        view.leave(device.user, device.id, serving: notServed(device.served, by: device.user))
    }
}
