import NIOCore
import Synchronization
import Wire

/// Every link that is open, with its bounds, so that those of a member can be ended at once.
final class LinkRegistry: Sendable {
    enum Origin: Hashable, Sendable {
        /// From the address with these bytes.
        case accepted([UInt8])
        case dialled
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
        /// Accepted links by member.
        var members: [UserName: Int] = [:]
        var whenRoom: (@Sendable () -> Void)?
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
            guard state.entries.count < limits.total else { return (false, nil) }
            var yielding: ObjectIdentifier?
            if case .accepted(let address) = origin { yielding = state.unproven.add(id, from: address) }
            state.entries[id] = Entry(origin: origin, channel: channel)
            return (true, yielding.flatMap { state.entries[$0] })
        }
        yielding?.cut(.tooManyLinks)
        if isAdded { channel.closeFuture.whenComplete { _ in self.remove(id) } }
        return isAdded
    }

    /// The link is now known to be this member's. False where he has too many, or the link is gone.
    func identify(_ channel: any Channel, as certificate: MemberCertificate, by path: LinkPath) -> Bool {
        let id = ObjectIdentifier(channel)
        return state.withLock { state in
            guard let entry = state.entries[id], entry.certificate == nil else { return false }
            if case .accepted = entry.origin {
                // It may have given way a moment ago.
                guard state.unproven.remove(id), state.members[certificate.user, default: 0] < limits.perMember
                else { return false }
                state.members[certificate.user, default: 0] += 1
            }
            state.entries[id]?.certificate = certificate
            state.entries[id]?.path = path
            state.proven += 1
            return true
        }
    }

    func acceptedCount(of member: UserName) -> Int { state.withLock { $0.members[member, default: 0] } }

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
            guard let entry = state.entries.removeValue(forKey: id) else { return nil }
            if entry.certificate != nil { state.proven -= 1 }
            if case .accepted = entry.origin {
                if let certificate = entry.certificate {
                    Self.decrease(&state.members, certificate.user)
                } else {
                    state.unproven.remove(id)
                }
            }
            defer { state.whenRoom = nil }
            return state.whenRoom
        }
        whenRoom?()
    }

    /// True where there is room for another link; otherwise `whenRoom` is called once when there is.
    func hasRoom(orCall whenRoom: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.entries.count >= limits.total else { return true }
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

    private static func decrease<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
