import FoundationEssentials

/// HTTP's `CONNECT` (RFC 9110 §9.3.6), with a user name and a password by the basic scheme (RFC 7617) where there are.
///
/// Takes the head of the answer itself: a parser of HTTP takes what the destination says behind it for another answer.
package struct ConnectConversation: ProxyConversation {
    /// No answer, with what is said before it, has a longer head.
    package static let answerLimit = 16 << 10

    package let opening: [UInt8]
    private let hasCredentials: Bool
    /// Of the line that is not whole yet.
    private var line: [UInt8] = []
    private var byteCount = 0
    /// Of the answer whose head is being read; nil before its first line.
    private var status: Int?

    private static let versions = ["HTTP/1.1 ", "HTTP/1.0 "].map { Array($0.utf8) }
    /// Of the status.
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    package init(to destination: ProxyDestination, credentials: ProxyCredentials?) {
        var lines = ["CONNECT \(destination) HTTP/1.1", "Host: \(destination)"]
        if let credentials {
            let pair = Data(credentials.user + [UInt8(ascii: ":")] + credentials.password)
            lines.append("Proxy-Authorization: Basic \(pair.base64EncodedString())")
        }
        opening = Array(lines.map { $0 + "\r\n" }.joined().utf8) + Array("\r\n".utf8)
        hasCredentials = credentials != nil
    }

    package mutating func receive(_ bytes: [UInt8]) throws(ProxyRefusal) -> ProxyTurn {
        for (index, byte) in bytes.enumerated() {
            byteCount += 1
            guard byteCount <= Self.answerLimit else { throw .malformed("an answer that does not end") }
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                try checkBeginning()
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            defer { line = [] }
            if try isEnd() { return .connected(rest: Array(bytes[(index + 1)...])) }
        }
        return .wait
    }

    /// What is no HTTP is known by its first bytes, though no line of it ever ends.
    private func checkBeginning() throws(ProxyRefusal) {
        guard status == nil, line.count <= Self.versions[0].count else { return }
        guard Self.versions.contains(where: { $0.starts(with: line) }) else {
            throw .malformed("something else than HTTP")
        }
    }

    /// Takes a line; true where it ends the head of a good answer.
    private mutating func isEnd() throws(ProxyRefusal) -> Bool {
        guard let status else {
            self.status = try readStatus()
            return false
        }
        guard line.isEmpty else { return false }
        // Behind what is said meanwhile (RFC 9110 §15.2) comes the answer.
        self.status = nil
        return status >= 200
    }

    private func readStatus() throws(ProxyRefusal) -> Int {
        let code = line.dropFirst(Self.versions[0].count)
        let number = code.prefix(3)
        guard number.count == 3, number.allSatisfy(Self.digits.contains), code.dropFirst(3).first ?? 0x20 == 0x20
        else { throw .malformed("something else than HTTP") }
        let status = number.reduce(0) { 10 * $0 + Int($1 - Self.digits.lowerBound) }
        switch status {
        case 100, 102...199, 200...299: return status
        case 407: throw hasCredentials ? .credentialsRefused : .credentialsWanted
        case 403: throw .refused("its rules do not allow it (HTTP status 403)")
        case 502, 503, 504: throw .refused("nothing answers there (HTTP status \(status))")
        default: throw .refused("HTTP status \(status)")
        }
    }
}
