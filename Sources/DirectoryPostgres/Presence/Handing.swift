import Content
import Directory
import Wire

/// What one server hands over to others for a member of theirs, as PostgreSQL's NOTIFY carries it: words between spaces, of which a name has none.
///
/// The sender's number, the member, where his device is dialled, and the message, both in hexadecimal: less than half of the 8,000 bytes that a
/// payload may have.
enum Handing {
    static let channel = "bittrickle"

    static func payload(_ handed: HandedOver, from server: Int64) -> String {
        let endpoints = EndpointBytes.encode(handed.endpoints)
        return
            "\(server) \(handed.user.text) \(PostgresValue.hex(endpoints)) \(PostgresValue.hex(handed.message.encoded))"
    }

    /// Nil for what this program never said, as for what this server said itself.
    static func handed(_ payload: String, to server: Int64) -> HandedOver? {
        let words = payload.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, let sender = Int64(words[0]), sender != server, let user = UserName(words[1]),
            let endpoints = [UInt8](hex: words[2]).flatMap(EndpointBytes.decode),
            endpoints.count <= Whereabouts.endpointLimit, let bytes = [UInt8](hex: words[3]),
            let message = try? DirectoryMessage(decoding: bytes)
        else { return nil }
        switch message {
        case .call, .moved, .report: return HandedOver(message: message, to: user, at: endpoints)
        case .request, .answer, .challenge, .challengeAnswer: return nil
        }
    }
}
