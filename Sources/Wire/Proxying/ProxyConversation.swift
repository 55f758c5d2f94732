/// A client's words with a proxy that it is connected to, until the connection leads on to a destination.
///
/// Pure: it is told what came and says what to say. What it keeps of that is bounded.
package protocol ProxyConversation: Sendable {
    /// What the client says first.
    var opening: [UInt8] { get }

    /// Takes what came; not called again after ``ProxyTurn/connected(rest:)`` or a refusal.
    mutating func receive(_ bytes: [UInt8]) throws(ProxyRefusal) -> ProxyTurn
}

package enum ProxyTurn: Hashable, Sendable {
    /// More has to come.
    case wait
    case say([UInt8])
    /// From here on the connection is the destination's, who may have said something already.
    case connected(rest: [UInt8])
}

/// What a client shows who he is by.
package struct ProxyCredentials: Hashable, Sendable, CustomStringConvertible {
    package let user: [UInt8]
    package let password: [UInt8]

    package init(user: [UInt8], password: [UInt8]) {
        self.user = user
        self.password = password
    }

    /// They stand in no log.
    package var description: String { "…" }
}

/// Why a proxy does not lead where it is asked to.
package enum ProxyRefusal: Error, Hashable, Sendable {
    case credentialsWanted
    case credentialsRefused
    /// For another reason; as part of a sentence, in our words.
    case refused(String)
    /// What it says is no answer.
    case malformed(String)
}
