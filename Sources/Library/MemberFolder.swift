internal import Content
internal import FoundationEssentials
internal import Glibc
package import Wire

/// Where a member of a network keeps what outlasts the program: one folder a network and member, readable by
/// the user alone, and locked while a program uses it.
package final class MemberFolder: Sendable {
    /// Absolute, without a slash at its end.
    package let path: String
    private let lock: Descriptor

    /// How often it is tried to remove one.
    private static let removals = 10

    /// `$XDG_STATE_HOME/bittrickle`, by default below `~/.local/state`; nil where neither variable is an
    /// absolute path.
    package static func defaultBase(environment: [String: String]) -> String? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/bittrickle" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/bittrickle" }
        return nil
    }

    /// Makes what is missing and takes the lock. Throws ``FileFailure``, ``FileFailure/Reason/inUse`` where
    /// another running program is this member. Blocks.
    package init(base: String, network: NetworkPin, member: UserName) throws(FileFailure) {
        path = Self.path(base, network, member)
        try Folders.make(path)
        let folder = try Descriptor(folder: path)
        lock = try Descriptor("lock", in: folder)
        guard try lock.lock() else { throw FileFailure(.inUse, path: path) }
    }

    /// Whether the member has ever signed in here. Blocks.
    package static func exists(base: String, network: NetworkPin, member: UserName) -> Bool {
        Folders.exists(path(base, network, member))
    }

    /// Whether a running program is this member. Blocks.
    package static func isInUse(base: String, network: NetworkPin, member: UserName) -> Bool {
        guard let folder = try? Descriptor(folder: path(base, network, member)),
            let lock = try? Descriptor("lock", in: folder)
        else { return false }
        return (try? lock.lock()) == false
    }

    /// Removes the folder with all that is in it. Throws ``FileFailure``, ``FileFailure/Reason/inUse`` where a running program
    /// is this member. That it is not there is no fault. Blocks.
    package static func remove(base: String, network: NetworkPin, member: UserName) throws(FileFailure) {
        guard exists(base: base, network: network, member: member) else { return }
        let folder = try MemberFolder(base: base, network: network, member: member)
        for attempt in 1... {
            do {
                try FileManager.default.removeItem(atPath: folder.path)
                break
            } catch {
                // Who held the lock may be closing databases yet, whose logs then vanish while they are being removed.
                guard attempt < removals else { throw FileFailure(.permissionDenied, path: folder.path) }
                usleep(10_000)
            }
        }
        // Where nobody else was a member of it.
        rmdir("\(base)/\(network.hash.hex)")
    }

    private static func path(_ base: String, _ network: NetworkPin, _ member: UserName) -> String {
        "\(base)/\(network.hash.hex)/\(component(member))"
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The same without the lock, for who only looks.
    package static func file(_ name: String, base: String, network: NetworkPin, member: UserName) -> String {
        "\(path(base, network, member))/\(name)"
    }

    /// Names may hold slashes or be `..`: all but letters and digits become hexadecimal.
    private static func component(_ member: UserName) -> String {
        var component = "user-"
        for byte in String(describing: member).utf8 {
            let character = Character(UnicodeScalar(byte))
            component +=
                character.isASCII && (character.isLetter || character.isNumber)
                ? String(character) : "%" + [byte].hex
        }
        return component
    }
}
