import Glibc
import NIOCore
import NIOPosix
package import Wire

/// Why a proxy did not lead to where it was to.
package struct ProxyFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// There is no connection to the proxy; as part of a sentence.
        case unreachable(String)
        case refusal(ProxyRefusal)
        /// It closed before it answered.
        case closed
        /// It did not answer in time.
        case silent
        /// The destination has a name that cannot be looked up here, as the proxy has it.
        case nameUnknown(String)
    }

    /// Without who uses it.
    package let proxy: String
    package let reason: Reason

    package init(_ proxy: Proxy, _ reason: Reason) {
        self.proxy = "\(proxy)"
        self.reason = reason
    }

    /// - Parameter error: As connecting to the proxy ended.
    package init(_ proxy: Proxy, connecting error: any Error) {
        self.init(proxy, .unreachable(Self.reason(error)))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { reason($0.error) } ?? "its name has no address"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: return "it does not answer"
        default: return "\(error)"
        }
    }

    /// A sentence without its full stop.
    package var description: String {
        switch reason {
        case .unreachable(let why): "the proxy \(proxy) cannot be reached: \(why)"
        case .refusal(.credentialsWanted): "the proxy \(proxy) wants a user name and a password"
        case .refusal(.credentialsRefused): "the proxy \(proxy) does not take the user name and the password"
        case .refusal(.refused(let why)): "the proxy \(proxy) did not connect: \(why)"
        case .refusal(.malformed(let what)): "the proxy \(proxy) says \(what)"
        case .closed: "the proxy \(proxy) closed the connection without an answer"
        case .silent: "the proxy \(proxy) did not answer in time"
        case .nameUnknown(let name): "\(name) cannot be found, and the proxy \(proxy) takes only addresses"
        }
    }
}
