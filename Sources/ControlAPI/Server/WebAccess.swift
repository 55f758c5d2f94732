import Crypto
import Synchronization

/// Who may use the page of a node: a browser that was given the address with the token in it. The token is new with each
/// start of the node.
package final class WebAccess: Sendable {
    private static let byteCount = 32

    /// Given to a browser behind `#`, which no browser sends anywhere.
    private let token: String
    private let bound = Mutex<Int?>(nil)

    package init() { token = Self.secret() }

    /// Nil while the node does not answer there yet.
    package internal(set) var port: Int? {
        get { bound.withLock { $0 } }
        set { bound.withLock { $0 = newValue } }
    }

    package var url: String? { port.map { "http://127.0.0.1:\($0)/#token=\(token)" } }

    func isOwn(host: String?) -> Bool {
        guard let host, let port else { return false }
        return host == "127.0.0.1:\(port)" || host == "localhost:\(port)"
    }

    func isToken(_ authorization: String?) -> Bool { Self.isSame(authorization ?? "", "Bearer \(token)") }

    /// Whether it opens one file, for a player that sends no headers of ours: the HMAC-SHA256 of the path as it is sent,
    /// with the token's characters as the key. Who has it alone can ask nothing else.
    func isKey(_ key: Substring?, of path: String) -> Bool {
        guard let key, path.hasPrefix("/files/") else { return false }
        return Self.isSame(key, Self.key(of: path, token))
    }

    private static func key(of path: String, _ token: some StringProtocol) -> String {
        hex(HMAC<SHA256>.authenticationCode(for: Array(path.utf8), using: SymmetricKey(data: Array(token.utf8))))
    }

    /// Where a player finds the bytes of a publication, with the key that opens them; nil for what is no ``url``.
    package static func address(ofFile name: String, onPage url: String) -> String? {
        let mark = "/#token="
        guard let start = url.firstRange(of: mark) else { return nil }
        // What is left of slashes is between names.
        let path = "/files/" + PercentEncoding.encode(name).split(separator: "%2F").joined(separator: "/")
        return url[..<start.lowerBound] + path + "?key=" + key(of: path, url[start.upperBound...])
    }

    private static func secret() -> String { hex((0..<byteCount).map { _ in UInt8.random(in: 0...255) }) }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// In a time that depends on the lengths alone.
    private static func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
