import Content

/// Names a request, so that its answers find it: chosen by the client.
package struct TransactionID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// What a sealed datagram carries: a KRPC message (BEP 5), one bencoded dictionary.
///
/// `t` is the transaction (4 bytes), `y` the type: `q` a request with its name in `q` and arguments in
/// `a`, `r` an answer, `e` a refusal; `c` and `d` are the two halves of an address check, `k` is a call, `m` a move, `o` what
/// came of a trial. Keys that are not known are ignored.
package enum DirectoryMessage: Hashable, Sendable {
    case request(TransactionID, DirectoryRequest)
    /// Also refusals.
    case answer(TransactionID, DirectoryAnswer)
    /// Server: a client that receives this at its new address shall send the 8 bytes back (RFC 9000 §8.2).
    case challenge([UInt8])
    case challengeAnswer([UInt8])
    /// Server, unasked: somebody wants to reach this member. Nothing answers it: who called says it again.
    case call(Call)
    /// Server, unasked: a member who had links with this one has moved, so what is open to where he was may be dead.
    case moved(UserName)
    /// Server, unasked: what another member saw of a trial that this one wanted.
    case report(TrialReport)

    /// In bytes: what fits a sealed datagram. Longer ones are refused on whatever way they come.
    package static let maximumPlaintext = SealedSession.maximumPlaintext
    package static let challengeByteCount = 8
    /// Members whom one word of a move is for.
    package static let toldOfMoveLimit = 16

    package var encoded: [UInt8] {
        let dictionary: BencodeDictionary =
            switch self {
            case .request(let transaction, let request):
                [
                    "a": .dictionary(request.arguments), "q": .text(request.name), "t": transaction.field,
                    "y": .text("q"),
                ]
            case .answer(let transaction, .refusal(let refusal)):
                ["e": refusal.field, "t": transaction.field, "y": .text("e")]
            case .answer(let transaction, let answer):
                ["r": .dictionary(answer.fields), "t": transaction.field, "y": .text("r")]
            case .challenge(let bytes): ["c": .string(bytes), "y": .text("c")]
            case .challengeAnswer(let bytes): ["c": .string(bytes), "y": .text("d")]
            case .call(let call): ["a": .dictionary(call.fields), "y": .text("k")]
            case .moved(let user): ["u": user.field, "y": .text("m")]
            case .report(let report): ["a": .dictionary(report.arguments), "y": .text("o")]
            }
        return Bencode.dictionary(dictionary).encoded
    }

    package init(decoding bytes: UnsafeRawBufferPointer) throws(DirectoryMessageError) {
        if let message = HoldersForm.message(in: bytes) {
            self = message
        } else {
            try self.init(decoding: Array(bytes))
        }
    }

    package init(decoding bytes: [UInt8]) throws(DirectoryMessageError) {
        guard bytes.count <= Self.maximumPlaintext, let message = (try? Bencode(decoding: bytes))?.dictionary
        else { throw .malformed }
        switch message["y"]?.text {
        case "q":
            let transaction = try TransactionID.from(message)
            self = .request(transaction, try DirectoryRequest.from(message, transaction))
        case "r":
            let transaction = try TransactionID.from(message)
            guard let fields = message["r"]?.dictionary, let answer = try? DirectoryAnswer(fields: fields) else {
                throw .malformed
            }
            self = .answer(transaction, answer)
        case "e":
            let transaction = try TransactionID.from(message)
            guard let refusal = message["e"].flatMap({ try? DirectoryRefusal(field: $0) }) else { throw .malformed }
            self = .answer(transaction, .refusal(refusal))
        case "c": self = .challenge(try Self.challenge(in: message))
        case "d": self = .challengeAnswer(try Self.challenge(in: message))
        case "k":
            guard let fields = message["a"]?.dictionary, let call = try? Call(fields: fields) else { throw .malformed }
            self = .call(call)
        case "m":
            guard let user = message["u"].flatMap({ try? UserName(field: $0) }) else { throw .malformed }
            self = .moved(user)
        case "o":
            guard let fields = message["a"]?.dictionary, let report = try? TrialReport(arguments: fields) else {
                throw .malformed
            }
            self = .report(report)
        default: throw .malformed
        }
    }

    private static func challenge(in message: BencodeDictionary) throws(DirectoryMessageError) -> [UInt8] {
        guard let bytes = message["c"]?.string, bytes.count == challengeByteCount else { throw .malformed }
        return bytes
    }
}

/// Why bytes are not a message.
package enum DirectoryMessageError: Error, Hashable {
    /// No KRPC message: ignore it.
    case malformed
    /// A request that cannot be served as it stands: answer it with the refusal.
    case refused(TransactionID, DirectoryRefusal)
}

extension TransactionID {
    fileprivate static func from(_ message: BencodeDictionary) throws(DirectoryMessageError) -> TransactionID {
        guard let bytes = message["t"]?.string, bytes.count == 4 else { throw .malformed }
        return TransactionID(rawValue: bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    fileprivate var field: Bencode { .string(bigEndianBytes(rawValue)) }
}

extension DirectoryRequest {
    fileprivate static func from(
        _ message: BencodeDictionary, _ transaction: TransactionID
    ) throws(DirectoryMessageError) -> DirectoryRequest {
        let request: DirectoryRequest?
        do {
            guard let name = message["q"]?.text else { throw MalformedField() }
            request = try DirectoryRequest(name: name, arguments: message["a"]?.fields() ?? [:])
        } catch {
            throw .refused(transaction, .malformed)
        }
        guard let request else { throw .refused(transaction, .unknownRequest) }
        return request
    }
}
