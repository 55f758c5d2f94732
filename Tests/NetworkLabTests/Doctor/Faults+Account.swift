import NetworkTestKit
import TestKit

/// In the books of the server.
extension Fault {
    static let ofAccount: [Fault] = [
        // That it is disabled, the server says only to who knows the password.
        Fault("the account is disabled", "login-refused") {
            let network = try await LabNetwork.start(
                in: try await Lab.start(LabPlan(internet: ["server", "a"])), members: [])
            let address = "\(try network.lab.ipv4(of: "server")):\(LabNetwork.port)"
            let invited = try await network.lab.output(
                "server", BuiltPrograms.path("bittrickle-server"), ["invite", "--address", address])
            guard let link = invited.split(whereSeparator: \.isWhitespace).first(where: { $0.contains("://") }) else {
                throw TestKitError.invalid(invited)
            }
            let joining = try await network.lab.start("a", BuiltPrograms.path("bittrickle"), ["join", String(link)])
            try await joining.type("frida\nfrida's own\n")
            try await joining.endInput()
            guard try await joining.waitForEnd(within: .seconds(20)) == .exited(0) else {
                throw TestKitError.invalid(joining.errors.text)
            }
            _ = try await network.lab.output(
                "server", BuiltPrograms.path("bittrickle-server"), ["users", "--disable", "frida"])
            return try await DoctorReport.alone {
                try await network.lab.start("a", BuiltPrograms.path("bittrickle"), ["doctor", "--json"])
            }
        }
    ]
}
