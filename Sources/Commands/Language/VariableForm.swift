import Proxies
import Terminal

/// What the program reads of the environment, as help, manual and documents say it.
package struct VariableForm: Sendable {
    package let name: String
    package let summary: String

    private init(_ name: String, _ summary: String) { (self.name, self.summary) = (name, summary) }

    package static let all = [
        VariableForm(ProxyRules.proxyVariable, "the proxy that leads out, as curl takes it"),
        VariableForm(ProxyRules.exemptionsVariable, "hosts and networks that are reached without it"),
        VariableForm(MeantNetwork.variable, "the network that is meant where none is named"),
        VariableForm(Environment.passwordVariable, "the password, in place of typing it"),
        VariableForm(Environment.newPasswordVariable, "the new one, for passwd"),
        VariableForm(NearbyStart.variable, "off: no server is looked for on the network here"),
        VariableForm("XDG_STATE_HOME", "where all is kept, in place of ~/.local/state"),
    ]

    /// For the help page.
    static var table: String {
        let widest = all.map(\.name.count).max() ?? 0
        return all.map { "  \($0.name)\(String(repeating: " ", count: widest - $0.name.count))  \($0.summary)" }
            .joined(separator: "\n")
    }
}
