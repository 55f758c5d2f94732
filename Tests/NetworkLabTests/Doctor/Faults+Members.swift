import NetworkTestKit
import TestKit

/// Between two members, from both ends.
extension Fault {
    static let ofMembers: [Fault] = [
        Fault("the member is away", "member-away") {
            try await signedIn { _, client in try await DoctorReport.asked(of: client, about: "b") }
        },
        Fault("the member is oneself", "member-self") {
            try await signedIn { _, client in try await DoctorReport.asked(of: client, about: "a") }
        },
        Fault("the member is blocked", "member-blocked") {
            try await pair(.none, .none) { _, a in
                _ = try await a.answer(to: "block b")
                return try await DoctorReport.asked(of: a, about: "b")
            }
        },
        Fault("the member blocks", "member-silent") {
            try await pair(.none, .none) { b, a in
                _ = try await b.answer(to: "block a")
                return try await DoctorReport.asked(of: a, about: "b")
            }
        },
        Fault("only the relay leads to the member", "member-relayed") {
            try await pair(.symmetric, .symmetric, relay: ["--relay", "12001"]) { _, a in
                try await DoctorReport.asked(of: a, about: "b")
            }
        },
        Fault("no way leads to the member", "member-unreachable") {
            try await pair(.symmetric, .symmetric) { _, a in try await DoctorReport.asked(of: a, about: "b") }
        },
        Fault("relay full", "relay-full") {
            try await pair(.symmetric, .symmetric, relay: ["--relay", "12001", "--relay-quota", "1"]) { _, a in
                // What is carried the first time uses the allowance up.
                _ = try await DoctorReport.asked(of: a, about: "b")
                return try await DoctorReport.asked(of: a, about: "b")
            }
        },
        Fault("relay down", "relay-down") {
            try await pair(.symmetric, .symmetric, relay: ["--relays", "44.128.0.2:12009"]) { _, a in
                try await DoctorReport.asked(of: a, about: "b")
            }
        },
    ]

    private static func pair(
        _ one: NATKind, _ other: NATKind, relay arguments: [String] = [],
        _ body: (_ b: ShellClient, _ a: ShellClient) async throws -> DoctorReport
    ) async throws -> DoctorReport {
        let network = try await LabNetwork.start(in: try await Lab.pair(one, other), serverArguments: arguments)
        let (a, b) = try await (network.member("a"), network.member("b"))
        let report = try await body(b, a)
        try await a.leave()
        try await b.leave()
        return report
    }
}
