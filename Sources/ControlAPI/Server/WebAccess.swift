import HTTPTypes
import Hummingbird
import Synchronization

/// Who may use the page of a node: a browser that was given the address with the token in it. Both secrets are new with
/// each start of the node.
package final class WebAccess: Sendable {
    private static let byteCount = 32

    /// Given to a browser behind `#`, which no browser sends anywhere.
    private let token: String
    /// What a browser has instead from then on, out of reach of scripts.
    private let cookie: String
    private let bound = Mutex<Int?>(nil)

    package init() {
        token = Self.secret()
        cookie = Self.secret()
    }

    /// Nil while the node does not answer there yet.
    package internal(set) var port: Int? {
        get { bound.withLock { $0 } }
        set { bound.withLock { $0 = newValue } }
    }

    package var url: String? { port.map { "http://127.0.0.1:\($0)/#token=\(token)" } }

    /// Cookies know no ports: two nodes on a computer must not take each other's away.
    private var cookieName: String { "bittrickle-\(port ?? 0)" }

    var admission: Response {
        Response(
            status: .noContent,
            headers: [.setCookie: "\(cookieName)=\(cookie); Path=/; HttpOnly; SameSite=Strict"])
    }

    func isOwn(host: String?) -> Bool {
        guard let host, let port else { return false }
        return host == "127.0.0.1:\(port)" || host == "localhost:\(port)"
    }

    func isToken(_ authorization: String?) -> Bool { Self.isSame(authorization ?? "", "Bearer \(token)") }

    func isAdmitted(cookies: String?) -> Bool {
        (cookies ?? "").split(separator: ";").contains { Self.isSame($0.drop { $0 == " " }, "\(cookieName)=\(cookie)") }
    }

    private static func secret() -> String {
        (0..<byteCount).map { _ in
            let byte = UInt8.random(in: 0...255)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// In a time that depends on the lengths alone.
    private static func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
