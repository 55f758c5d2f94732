import NIOCore
import Synchronization
import Wire

/// Every link that is open, with its bounds, so that those of a member can be ended at once.
final class LinkRegistry: Sendable {
    enum Origin: Hashable, Sendable {
        /// From the address with these bytes.
        case accepted([UInt8])
        case dialled
        /// The same, because its member called us: he has it as one that he made.
        case called

        /// Whether its member is who wanted it.
        fileprivate var isTheirs: Bool { self != .dialled }
    }

    private struct Entry {
        let origin: Origin
        var certificate: MemberCertificate?
        var path: LinkPath?
        let channel: any Channel

        func cut(_ failure: LinkFailure) { LinkCore.cut(channel, failure) }

        /// 4 or 16 bytes; nil before it is connected.
        var localAddress: [UInt8]? { channel.localAddress.flatMap { Endpoint($0) }?.address }
    }

    private struct State {
        /// By channel.
        var entries: [ObjectIdentifier: Entry] = [:]
        var unproven: UnprovenLinks<ObjectIdentifier>
        /// Links whose member is known.
        var proven = 0
        /// Links that others wanted, also those that have not said yet who they are.
        var theirs = 0
        /// Links that their members wanted, by member, of each the oldest first.
        var members: [UserName: [ObjectIdentifier]] = [:]
        var whenRoom: (@Sendable () -> Void)?

        /// Whether somebody has to give way to another link that others want.
        func isCrowded(_ limits: LinkLimits) -> Bool {
            entries.count >= limits.total || theirs >= limits.theirs
        }

        /// Whether a stranger gives way, where it is crowded: a few have places that nobody else gets, or nobody could become known.
        func hasStrangers(_ limits: LinkLimits) -> Bool {
            let kept = limits.theirs - limits.members
            return kept > 0 && unproven.count >= kept
        }

        /// All that is known of a link.
        mutating func remove(_ id: ObjectIdentifier) -> Entry? {
            guard let entry = entries.removeValue(forKey: id) else { return nil }
            if entry.origin.isTheirs { theirs -= 1 }
            if let member = entry.certificate?.user {
                proven -= 1
                members[member]?.removeAll { $0 == id }
                if members[member]?.isEmpty == true { members[member] = nil }
            } else if case .accepted = entry.origin {
                unproven.remove(id)
            }
            return entry
        }

        /// The newest link of whoever has most, where that is more than the newcomer would have.
        mutating func makeRoom(for member: UserName) -> Entry? {
            let most = members.values.max { $0.count < $1.count } ?? []
            guard let id = most.last, most.count > members[member, default: []].count + 1 else { return nil }
            return remove(id)
        }
    }

    private let state: Mutex<State>
    private let limits: LinkLimits

    init(limits: LinkLimits) {
        self.limits = limits
        state = Mutex(State(unproven: UnprovenLinks(limits: limits)))
    }

    var count: Int { state.withLock { $0.entries.count } }
    /// Without those that have not said yet who they are: what strangers do costs members nothing.
    var provenCount: Int { state.withLock { $0.proven } }

    /// Takes a place for the new link of a channel, until that closes; false where there is none. Another one that has
    /// not said who it is may give way to it.
    func add(_ channel: any Channel, _ origin: Origin) -> Bool {
        let id = ObjectIdentifier(channel)
        let (isAdded, yielding): (Bool, Entry?) = state.withLock { state in
            let isCrowded = origin.isTheirs ? state.isCrowded(limits) : state.entries.count >= limits.total
            var yielding: Entry?
            if case .accepted(let address) = origin {
                guard !isCrowded || state.hasStrangers(limits) else { return (false, nil) }
                yielding = state.unproven.add(id, from: address, isCrowded: isCrowded).flatMap { state.remove($0) }
            } else if isCrowded {
                return (false, nil)
            }
            if origin.isTheirs { state.theirs += 1 }
            state.entries[id] = Entry(origin: origin, channel: channel)
            return (true, yielding)
        }
        yielding?.cut(.tooManyLinks)
        if isAdded { channel.closeFuture.whenComplete { _ in self.remove(id) } }
        return isAdded
    }

    /// The link is now known to be this member's. False where he has too many, or the link is gone. Where all members' places are
    /// taken, whoever has most of them gives one up to who has few.
    func identify(_ channel: any Channel, as certificate: MemberCertificate, by path: LinkPath) -> Bool {
        let id = ObjectIdentifier(channel)
        let (isIdentified, yielding): (Bool, Entry?) = state.withLock { state in
            // It may have given way a moment ago.
            guard let entry = state.entries[id], entry.certificate == nil else { return (false, nil) }
            var yielding: Entry?
            if entry.origin.isTheirs {
                guard state.members[certificate.user, default: []].count < limits.perMember else { return (false, nil) }
                if state.members.values.reduce(0, { $0 + $1.count }) >= limits.members {
                    yielding = state.makeRoom(for: certificate.user)
                    guard yielding != nil else { return (false, nil) }
                }
                if case .accepted = entry.origin { state.unproven.remove(id) }
                state.members[certificate.user, default: []].append(id)
            }
            state.entries[id]?.certificate = certificate
            state.entries[id]?.path = path
            state.proven += 1
            return (true, yielding)
        }
        yielding?.cut(.tooManyLinks)
        return isIdentified
    }

    /// Of a member, without those that a relay carries.
    func acceptedCount(of member: UserName) -> Int {
        state.withLock { state in
            state.entries.values.count { entry in
                entry.origin.isTheirs && entry.certificate?.user == member && entry.path?.isRelayed == false
            }
        }
    }

    /// Of the links whose member is known, each way to each member once.
    var paths: [UserName: Set<LinkPath>] {
        state.withLock { state in
            state.entries.values.reduce(into: [:]) { paths, entry in
                guard let member = entry.certificate?.user, let path = entry.path else { return }
                paths[member, default: []].insert(path)
            }
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        let whenRoom: (@Sendable () -> Void)? = state.withLock { state in
            guard state.remove(id) != nil else { return nil }
            defer { state.whenRoom = nil }
            return state.whenRoom
        }
        whenRoom?()
    }

    /// True where there is room for another link; otherwise `whenRoom` is called once when there is.
    func hasRoom(orCall whenRoom: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.isCrowded(limits), !state.hasStrangers(limits) else { return true }
            state.whenRoom = whenRoom
            return false
        }
    }

    /// Ends the links for which there is a reason to, at once.
    func cut(where reason: (MemberCertificate) -> LinkFailure?) {
        let cuts = state.withLock { state in
            state.entries.values.compactMap { entry in
                entry.certificate.flatMap(reason).map { (entry, $0) }
            }
        }
        for (entry, failure) in cuts { entry.cut(failure) }
    }

    /// With whom there are links.
    var members: Set<UserName> { Set(state.withLock { $0.entries.values.compactMap(\.certificate?.user) }) }

    /// Ends the links from these addresses of this computer, at once.
    ///
    /// - Returns: Whose they were.
    func cut(from addresses: Set<[UInt8]>) -> Set<UserName> {
        let gone = state.withLock { Array($0.entries.values) }.filter { entry in
            entry.localAddress.map(addresses.contains) ?? false
        }
        for entry in gone { entry.cut(.addressGone) }
        return Set(gone.compactMap(\.certificate?.user))
    }

    /// Doubts the links of one member, or all: see ``LinkHandler/doubt(_:_:)``. Does not wait.
    ///
    /// - Parameter cut: Told whose link was ended, of each as soon as it is.
    func cutSilent(of member: UserName? = nil, _ cut: @escaping @Sendable (UserName) -> Void) {
        let doubted = state.withLock { state in
            state.entries.values.compactMap { entry in entry.certificate.map { ($0.user, entry.channel) } }
        }
        for (user, channel) in doubted where member == nil || user == member {
            LinkCore.doubt(channel, limits.doubt) { cut(user) }
        }
    }

    /// Ends every link, also those that have not said yet who they are.
    func cutAll() {
        for entry in state.withLock({ Array($0.entries.values) }) { entry.cut(.closed) }
    }
}
