package import PeerNode
import Terminal
import Wire

/// How somebody names one of the networks that he joined: `HOST:PORT`, `MEMBER@HOST:PORT`, `PORT` for one on this
/// computer, a link, the host alone, or the beginning of the fingerprint.
package struct NetworkName: Hashable, Sendable {
    /// Why it is not known which network that is.
    package enum Fault: Error, Hashable, Sendable {
        case unknown(String, joined: [JoinedNetwork])
        case ambiguous(String, among: [JoinedNetwork])
    }

    /// Fewer digits of a fingerprint are more likely something else.
    private static let leastDigits = 4

    private let text: String
    /// Names of members may hold an at sign, addresses do not.
    private let member: String?
    private let place: String

    package init(_ text: String) {
        self.text = text
        let at = text.lastIndex(of: "@")
        member = at.map { String(text[..<$0]) }
        place = at.map { String(text[text.index(after: $0)...]) } ?? text
    }

    /// Says who, also where it could go without.
    var namesMember: Bool { member != nil }

    /// The whole address goes before a part of it, and that before a fingerprint.
    package func meant(among joined: [JoinedNetwork]) throws(Fault) -> JoinedNetwork {
        let theirs = joined.filter { member == nil || $0.user.text == member }
        for fits in [isAt, isOnHost, isOfFingerprint] {
            let found = theirs.filter(fits)
            if let only = found.first, found.count == 1 { return only }
            guard found.isEmpty else { throw .ambiguous(text, among: found) }
        }
        throw .unknown(text, joined: joined)
    }

    private func isAt(_ network: JoinedNetwork) -> Bool {
        guard let target = try? ServerTarget(place, fingerprint: nil) else { return false }
        return network.server.key == target.server.key && (target.pin == nil || target.pin == network.pin)
    }

    private func isOnHost(_ network: JoinedNetwork) -> Bool { network.server.host.lowercased() == place.lowercased() }

    private func isOfFingerprint(_ network: JoinedNetwork) -> Bool {
        place.utf8.count >= Self.leastDigits && network.pin.description.hasPrefix(place.lowercased())
    }

    /// One that stays right, whoever joins.
    static func text(of member: UserName, at server: HostPort) -> String { "\(member.text)@\(server)" }

    /// The shortest whole one: with the member only where several have joined at the address.
    package static func text(of network: JoinedNetwork, among joined: [JoinedNetwork]) -> String {
        let isAlone = joined.count { $0.server.key == network.server.key } <= 1
        return isAlone ? "\(network.server)" : text(of: network.user, at: network.server)
    }
}

extension Message {
    /// Networks named at most: a list that scrolls away helps nobody.
    private static let mostNetworks = 20

    /// - Parameter variable: Of the environment, where that is what says so.
    package init(_ fault: NetworkName.Fault, from variable: String? = nil) {
        func quoted(_ text: String) -> String {
            "\"\(SafeText(text).truncated(to: 60))\"" + (variable.map { ", which \($0) says," } ?? "")
        }
        switch fault {
        case .unknown(let text, let joined):
            self.init(
                "\(quoted(text)) is none of the networks that you joined.",
                hint: "You joined:\n\(Self.list(joined) { NetworkName.text(of: $0, among: joined) })",
                exitStatus: .usage)
        case .ambiguous(let text, let found):
            self.init(
                "\(quoted(text)) stands for several networks that you joined.",
                hint: "Say which:\n\(Self.list(found) { NetworkName.text(of: $0.user, at: $0.server) })",
                exitStatus: .usage)
        }
    }

    private static func list(_ networks: [JoinedNetwork], _ name: (JoinedNetwork) -> String) -> String {
        var lines = networks.prefix(mostNetworks).map { "  \(SafeText(name($0)))" }
        if networks.count > mostNetworks { lines.append("  and more: bittrickle networks") }
        return lines.joined(separator: "\n")
    }
}
