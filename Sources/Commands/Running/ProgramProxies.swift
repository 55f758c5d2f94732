import Proxies

extension ProxyRules {
    /// What this program was started with.
    static func ofProgram() throws(Refusal) -> ProxyRules {
        do throws(Proxy.Fault) { return try ProxyRules(environment: Environment.all) } catch {
            throw Refusal(Message(error))
        }
    }
}
