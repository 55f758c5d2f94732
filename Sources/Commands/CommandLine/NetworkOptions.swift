import ArgumentParser
import Terminal

/// Which of the networks that were joined is meant.
struct NetworkOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("n")],
        help: ArgumentHelp(
            "In that one of the networks that you joined, in place of the first; else BITTRICKLE_NETWORK says it.",
            valueName: "network"))
    var network: String?

    func meant() async throws -> MeantNetwork { try await MeantNetwork.find(network) }

    /// Nil where none was joined, and none is named.
    func meantOrNone() async throws -> MeantNetwork? {
        let isNamed = network != nil || Environment.all[MeantNetwork.variable]?.isEmpty == false
        return isNamed ? try await meant() : try await MeantNetwork.findJoined(nil)
    }
}
