package import PeerNode
import Terminal
import Wire

/// What `networks --nearby` prints.
package enum NearbyList {
    /// - Parameter width: Of the window; nil for none.
    package static func lines(of networks: [NearbyNetwork], isJSON: Bool, width: Int?) -> [String] {
        isJSON ? networks.map { Record.nearby($0).line } : DialogueLines.nearby(networks, width: width)
    }
}

/// About networks that answer on the local network. What they say of themselves is shown made safe, and believed by nobody.
extension Message {
    /// To whom can be asked, while it is waited for.
    static let lookingNearby = "No network was joined from here; asking on the local network."

    static let nobodyNearby = Message(
        "Which server? None answers on the local network.", hint: whichServer.hint, exitStatus: .usage)

    /// Where nobody can be asked.
    static func whichNearby(_ networks: [NearbyNetwork], width: Int?) -> Message {
        let lines = DialogueLines.nearby(networks, width: width)
        return Message(
            (["Which server?"] + lines).joined(separator: "\n"), hint: howToJoin(networks), exitStatus: .usage)
    }

    static let noneChosen = Message("No network was chosen.", hint: whichServer.hint, exitStatus: .usage)

    /// For `networks --nearby`.
    static let noneNearby = Message(
        "No network answers on the local network.",
        hint: "Servers elsewhere, and those started with --host or --no-announce-locally, do not: "
            + "name one with: bittrickle HOST:PORT",
        exitStatus: .unavailable)

    /// Of the first that is not joined yet, where there is one.
    static func howToJoin(_ networks: [NearbyNetwork]) -> String {
        let first = networks.first { if case .joined = $0.standing { false } else { true } }
        guard let first = first ?? networks.first else { return "" }
        return "Join with an invitation: bittrickle join LINK; who has an account signs in, such as: "
            + "bittrickle \(first.server)"
    }
}

extension DialogueLines {
    static func whichNearby(_ count: Int) -> String {
        count == 1 ? "Which one? 1, or Enter for none: " : "Which one? 1 to \(count), or Enter for none: "
    }

    /// - Parameter isNumbered: One of them is to be chosen.
    static func nearby(_ networks: [NearbyNetwork], width: Int?, isNumbered: Bool = false) -> [String] {
        let columns: [TextTable.Column] = [
            .init("NAME"), .init("KNOWN"), .init("FINGERPRINT"), .init("NETWORK"),
        ]
        let rows = networks.map { network in
            [
                network.name.isEmpty ? "-" : network.name, known(network.standing),
                String(network.pin.description.prefix(8)), "\(network.server)",
            ]
        }
        let table = TextTable(
            (isNumbered ? [.init("#", isNumber: true)] : []) + columns,
            rows: rows.enumerated().map { (isNumbered ? ["\($0 + 1)"] : []) + $1 })
        let verb = networks.count == 1 ? "answers" : "answer"
        return ["\(HumanUnits.counted(networks.count, "network")) \(verb) on the local network:"]
            + table.lines(width: width)
    }

    private static func known(_ standing: NearbyNetwork.Standing) -> String {
        switch standing {
        case .unknown: "-"
        case .trusted: "trusted"
        case .joined(let member): "as \(member.text)"
        }
    }
}
