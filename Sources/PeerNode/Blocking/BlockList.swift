import Library
import NodeControl
import Synchronization
package import Wire

/// The members whom this one does not want to have to do with: a line each, in the member's folder.
package final class BlockList: Sendable {
    package static let limit = 1_000

    /// Absolute.
    private let path: String
    private let state: Mutex<Set<UserName>>

    /// Reads what was kept; lines that are no names are passed over. Throws ``FileFailure``. Blocks.
    package init(path: String) throws {
        self.path = path
        let text = String(decoding: try StateFile.read(path) ?? [], as: UTF8.self)
        state = Mutex(Set(text.split(separator: "\n").compactMap { UserName($0) }.prefix(Self.limit)))
    }

    package var members: Set<UserName> { state.withLock { $0 } }
    package var isEmpty: Bool { state.withLock { $0.isEmpty } }

    package func contains(_ member: UserName) -> Bool { state.withLock { $0.contains(member) } }

    /// What cannot be kept is not changed. Throws ``FileFailure``, and ``NodeFailure/keptLimit(limit:)``. One at a time. Blocks.
    package func block(_ member: UserName) throws {
        try change { members in
            guard members.contains(member) || members.count < Self.limit else {
                throw NodeFailure.keptLimit(limit: Self.limit)
            }
            members.insert(member)
        }
    }

    /// The same. Throws ``NodeFailure/notBlocked(name:)``. Blocks.
    package func unblock(_ member: UserName) throws {
        try change { members in
            guard members.remove(member) != nil else { throw NodeFailure.notBlocked(name: member.text) }
        }
    }

    private func change(_ body: (inout Set<UserName>) throws -> Void) throws {
        var members = members
        try body(&members)
        try StateFile.write(Array(members.sorted().map { "\($0)\n" }.joined().utf8), to: path)
        state.withLock { $0 = members }
    }
}

/// What is left of what others have, without what is blocked.
extension BlockList {
    package func allowed(_ listed: [ListedPublication]) -> [ListedPublication] { allowed(listed, of: \.owner) }
    package func allowed(_ findings: [Finding]) -> [Finding] { allowed(findings, of: \.owner) }
    package func allowed(_ holders: [Holder]) -> [Holder] { allowed(holders, of: \.user) }
    package func allowed(_ asks: [AskEntry]) -> [AskEntry] { allowed(asks, of: \.member) }

    private func allowed<Item>(_ items: [Item], of member: (Item) -> UserName) -> [Item] {
        let members = members
        return members.isEmpty ? items : items.filter { !members.contains(member($0)) }
    }

    /// Names without those that only members who are blocked have.
    ///
    /// - Parameter listed: Who has these names, as far as is known.
    package func allowed(_ names: [FoundName], among listed: [ListedPublication]) -> [FoundName] {
        let members = members
        let others = Set(listed.filter { !members.contains($0.owner) }.map(\.name))
        let theirs = Set(listed.map(\.name)).subtracting(others)
        return names.filter { !theirs.contains($0.name) }
    }
}
