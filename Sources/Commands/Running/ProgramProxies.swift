import ControlAPI
import NodeControl
import Proxies

extension ProxyRules {
    /// What this program was started with.
    static func ofProgram() throws(Refusal) -> ProxyRules {
        do throws(Proxy.Fault) { return try ProxyRules(environment: Environment.all) } catch {
            throw Refusal(Message(error))
        }
    }
}

extension RemoteNode {
    /// Where it goes out otherwise than by the proxy of this program, that; nil for nothing.
    func remark(on proxies: ProxyRules) async -> String? {
        guard let proxy = proxies.proxy, let status = await promptStatus(), status.proxy != proxy.description else {
            return nil
        }
        return Message.proxyNotUsed(proxy, insteadOf: status.proxy)
    }
}
