package import Content

/// What a peer says of its extensions (BEP 10): the payload of extended message 0. May come again later,
/// changing what it names.
package struct ExtensionHandshake: Hashable, Sendable {
    /// The number under which the sender of this handshake wants each extension's messages, by name; 0
    /// switches one off.
    package var numbers: [String: UInt8]
    /// How many requests the peer keeps waiting before it drops some (`reqq`).
    package var requestQueue: Int?
    /// Program and version (`v`), for the log.
    package var client: String?
    /// Bytes of the info dictionary (`metadata_size`, BEP 9).
    package var metadataSize: Int?
    /// The peer wants some pieces only (`part`, our own): it is not to be judged by what it does not ask for.
    package var wantsPart: Bool
    /// The peer takes no pieces, for now (`upload_only`, BEP 21); nil where it does not say.
    package var takesNothing: Bool?
    /// A sealed ``Ticket`` (`ticket`, our own).
    package var ticket: [UInt8]?

    /// BEP 9: fetching the info dictionary.
    package static let metadata = "ut_metadata"
    /// Extensions beyond so many are not kept.
    private static let maximumNumbers = 256
    /// In bytes: real ones have a few hundred.
    private static let maximumSize = 8 << 10

    package init(
        numbers: [String: UInt8] = [:], requestQueue: Int? = nil, client: String? = nil, metadataSize: Int? = nil,
        wantsPart: Bool = false, takesNothing: Bool? = nil, ticket: [UInt8]? = nil
    ) {
        self.numbers = numbers
        self.requestQueue = requestQueue
        self.client = client
        self.metadataSize = metadataSize
        self.wantsPart = wantsPart
        self.takesNothing = takesNothing
        self.ticket = ticket
    }

    /// Throws where the bytes are not a bencoded dictionary, or too many. A value that is not what its key asks for is
    /// ignored, as unknown keys are.
    package init(decoding bytes: [UInt8]) throws(ExtensionHandshakeError) {
        guard bytes.count <= Self.maximumSize else { throw .tooLong }
        let value: Bencode
        do throws(BencodeError) { value = try Bencode(decoding: bytes) } catch { throw .bencode(error) }
        guard let dictionary = value.dictionary else { throw .notADictionary }
        var numbers: [String: UInt8] = [:]
        for entry in dictionary["m"]?.dictionary?.entries.prefix(Self.maximumNumbers) ?? [] {
            guard let name = String(validating: entry.key, as: UTF8.self),
                let number = entry.value.integer.flatMap({ UInt8(exactly: $0) })
            else { continue }
            numbers[name] = number
        }
        self.numbers = numbers
        requestQueue = dictionary["reqq"]?.integer.flatMap { $0 > 0 ? Int(exactly: $0) : nil }
        client = dictionary["v"]?.text
        metadataSize = dictionary["metadata_size"]?.integer.flatMap { $0 > 0 ? Int(exactly: $0) : nil }
        wantsPart = dictionary["part"]?.integer == 1
        takesNothing = dictionary["upload_only"]?.integer.map { $0 != 0 }
        ticket = dictionary["ticket"]?.string.flatMap { $0.count <= Ticket.byteLimit ? $0 : nil }
    }

    package var encoded: [UInt8] {
        var extensions = BencodeDictionary()
        for (name, number) in numbers { extensions[name] = .integer(Int64(number)) }
        return Bencode.dictionary([
            "m": .dictionary(extensions),
            "metadata_size": metadataSize.map { .integer(Int64($0)) },
            "part": wantsPart ? .integer(1) : nil,
            "reqq": requestQueue.map { .integer(Int64($0)) },
            "ticket": ticket.map { .string($0) },
            "upload_only": takesNothing.map { .integer($0 ? 1 : 0) },
            "v": client.map { .text($0) },
        ]).encoded
    }
}

package enum ExtensionHandshakeError: Error, Hashable {
    case bencode(BencodeError)
    case notADictionary
    case tooLong
}
