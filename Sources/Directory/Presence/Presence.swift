import Wire

/// Who is there, on which device, and what can be had from there: in memory only, as a server that starts
/// anew learns it from its peers within two heartbeats.
///
/// An account has one device at a time. A device is *active* until it was silent for the limit; silent, it
/// keeps its login for the time of dormancy, and being heard makes it active again. ``PresenceView``
/// holds exactly the active devices, and what they serve.
struct Presence: Sendable {
    let silenceLimit: Int64
    let dormancy: Int64
    let view: PresenceView

    private var devices: [UserName: OnlineDevice] = [:]
    private var users: [SessionID: UserName] = [:]
    private(set) var active = SortedNames()

    init(silenceLimit: Int64, dormancy: Int64, view: PresenceView) {
        self.silenceLimit = silenceLimit
        self.dormancy = dormancy
        self.view = view
    }

    // MARK: Who is there

    func user(of session: SessionID) -> UserName? { users[session] }

    func device(of user: UserName) -> OnlineDevice? { devices[user] }

    func activeDevice(of user: UserName) -> OnlineDevice? {
        guard let device = devices[user], device.isActive else { return nil }
        return device
    }

    /// Where the member is already, so that this login must be refused; nil where it may go on.
    ///
    /// What is left of a dead program on the same device is no hindrance, if the new one holds the lock of
    /// the device's state (`takesOver`); nor is the same session, whose login is repeated.
    func hindrance(to login: Login, session: SessionID, now: Int64) -> String? {
        guard let device = activeDevice(of: login.user), now - device.lastHeard < silenceLimit else { return nil }
        if device.session == session || device.id == login.device && login.takesOver { return nil }
        return device.place
    }

    // MARK: Coming and going

    /// Enters a device, in place of what the member had, and of whoever was signed in in the session.
    ///
    /// - Returns: The replaced device, and the other member who left.
    mutating func signIn(_ device: OnlineDevice) -> (replaced: OnlineDevice?, other: UserName?) {
        var device = device
        let other = users[device.session].flatMap { $0 == device.user ? nil : remove($0)?.user }
        let former = remove(device.user)
        if let former, former.session == device.session { device.served = former.served }
        devices[device.user] = device
        users[device.session] = device.user
        activate(device)
        return (former?.session == device.session ? nil : former, other)
    }

    /// Takes a sign of life. The member, where he was silent before.
    mutating func hear(_ session: SessionID, now: Int64) -> UserName? {
        guard let user = users[session] else { return nil }
        devices[user]?.lastHeard = now
        guard let device = devices[user], !device.isActive else { return nil }
        devices[user]?.isActive = true
        activate(device)
        return user
    }

    /// Notes the address that a session moved to, once it proved to be there.
    mutating func move(_ session: SessionID, to address: [UInt8]) {
        guard let user = users[session] else { return }
        devices[user]?.address = address
    }

    mutating func remove(_ user: UserName) -> OnlineDevice? {
        guard let device = devices.removeValue(forKey: user) else { return nil }
        users[device.session] = nil
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
            devices[device.user]?.isActive = false
            deactivate(device)
        }
        let forgotten = devices.values.filter { !$0.isActive && now - $0.lastHeard >= silenceLimit + dormancy }
        for device in forgotten { _ = remove(device.user) }
        return silent.sorted { $0.user < $1.user }
    }

    // MARK: What is served

    /// False where the member is not signed in in this session.
    mutating func serve(
        add: some Sequence<PublicationID>, remove: some Sequence<PublicationID>, user: UserName, session: SessionID
    ) -> Bool {
        guard let device = devices[user], device.session == session else { return false }
        devices[user]?.served.formUnion(add)
        devices[user]?.served.subtract(remove)
        if device.isActive {
            view.serve(add)
            view.withdraw(remove)
        }
        return true
    }

    // MARK: What is wanted

    /// Of one member, so that nobody fills the memory.
    static let wantedLimit = 256
    /// Milliseconds after which nobody waits any more, unless he asked again.
    static let wantedLifetime: Int64 = 30_000

    mutating func want(_ id: PublicationID, of owner: UserName, now: Int64) {
        guard var wanted = devices[owner]?.wanted else { return }
        if wanted[id] == nil, wanted.count >= Self.wantedLimit {
            wanted = wanted.filter { now - $0.value < Self.wantedLifetime }
            guard wanted.count < Self.wantedLimit else { return }
        }
        wanted[id] = now
        devices[owner]?.wanted = wanted
    }

    mutating func settle(_ ids: [PublicationID], of owner: UserName) {
        guard devices[owner]?.wanted.isEmpty == false else { return }
        for id in ids { devices[owner]?.wanted[id] = nil }
    }

    /// As many as a heartbeat answer tells of; all get their turn, as those that are hashed are settled.
    func wanted(of user: UserName, now: Int64) -> [PublicationID] {
        guard let wanted = devices[user]?.wanted, !wanted.isEmpty else { return [] }
        let waiting = wanted.filter { now - $0.value < Self.wantedLifetime }.map(\.key).sorted()
        return Array(waiting.prefix(HeartbeatAnswer.wantedLimit))
    }

    private mutating func activate(_ device: OnlineDevice) {
        active.insert(device.user)
        view.enter(device.user, device.id, serving: device.served)
    }

    private mutating func deactivate(_ device: OnlineDevice) {
        active.remove(device.user)
        view.leave(device.user, serving: device.served)
    }
}
