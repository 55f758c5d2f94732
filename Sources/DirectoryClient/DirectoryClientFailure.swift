package import Proxies
package import Wire

/// Why the directory did not do what was asked.
///
/// Three families: the server cannot be reached, it is not the one that was meant, or it refused.
package enum DirectoryClientFailure: Error, Hashable, Sendable {
    /// Nothing authentic came from the server in time. The address is as it was given: `host:port`.
    case away(address: String)
    /// Nothing came by UDP, and this proxy does not lead there.
    case proxyFailed(address: String, ProxyFailure)
    /// The host has no address.
    case unresolvable(host: String)
    /// Another network answers there.
    case pinMismatch(expected: NetworkPin, found: NetworkPin)
    /// Nothing authentic comes any more, and another network answers where ours did.
    case replaced(address: String, by: OtherNetwork)
    /// The clocks of this machine and of the server are days apart. Milliseconds since 1970.
    case clockFarOff(here: Int64, there: Int64)
    case refused(DirectoryRefusal)
    /// The server answered something that makes no sense to this version.
    case misbehaved(detail: String)
    case cancelled
    /// The request needs a login that there is not, or no longer.
    case notSignedIn
}

/// A network that answers in the place of the one that is meant.
package struct OtherNetwork: Hashable, Sendable {
    package let expected: NetworkPin
    package let found: NetworkPin

    package init(expected: NetworkPin, found: NetworkPin) {
        self.expected = expected
        self.found = found
    }
}

/// How long a request waits, in milliseconds.
package struct Patience: Hashable, Sendable {
    /// With nothing authentic from the server at all: then it is away. A lossy line does not come near:
    /// with 30 % lost each way, nineteen tries in a row fail three times in a million.
    package var silence: Int64
    /// With the server alive, but no progress with this request.
    package var answer: Int64

    package init(silence: Int64, answer: Int64) {
        self.silence = silence
        self.answer = answer
    }

    package static let command = Patience(silence: 4_500, answer: 9_000)
    /// A login may have to queue for its password check.
    package static let login = Patience(silence: 4_500, answer: 20_000)
    /// Of somebody who published a million files.
    package static let removal = Patience(silence: 4_500, answer: 120_000)
    package static let goodbye = Patience(silence: 900, answer: 900)
}
