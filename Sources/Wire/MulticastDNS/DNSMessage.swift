/// Why bytes are no DNS message of multicast DNS, or none that anybody has to look at.
package enum DNSFault: Error, Hashable {
    /// It ends in the middle of something, or goes on behind its end.
    case truncated
    /// A name with a label or a pointer that may not be, or that is too long.
    case name
    /// A record whose length is not that of its content.
    case record
    /// More questions or records than anybody sends.
    case tooMany
    /// An operation that multicast DNS does not have, or an error (RFC 6762 §18.3, §18.11).
    case operation
}

/// A message of multicast DNS (RFC 1035 §4, RFC 6762 §18).
package struct DNSMessage: Hashable, Sendable {
    /// Bytes of a datagram, headers of the network included (RFC 6762 §17).
    package static let byteLimit = 9_000
    package static let questionLimit = 64
    package static let recordLimit = 512
    static let headerByteCount = 12

    package struct Question: Hashable, Sendable {
        package var name: DNSName
        /// Of the wanted records; nil for those of any kind.
        package var kind: DNSRecord.Kind?
        /// The answer may go to the one who asks alone (RFC 6762 §5.4).
        package var wantsUnicast: Bool

        package init(_ name: DNSName, _ kind: DNSRecord.Kind?, wantsUnicast: Bool = false) {
            self.name = name
            self.kind = kind
            self.wantsUnicast = wantsUnicast
        }
    }

    /// Of one who asks as of old, repeated in the answer; else 0.
    package var id: UInt16
    package var isAnswer: Bool
    /// More of what the one who asks knows already comes in another message (RFC 6762 §7.2).
    package var isContinued: Bool
    package var questions: [Question]
    /// In a question what is known already.
    package var answers: [DNSRecord]
    package var additional: [DNSRecord]

    package init(
        id: UInt16 = 0, isAnswer: Bool, isContinued: Bool = false, questions: [Question] = [],
        answers: [DNSRecord] = [], additional: [DNSRecord] = []
    ) {
        self.id = id
        self.isAnswer = isAnswer
        self.isContinued = isContinued
        self.questions = questions
        self.answers = answers
        self.additional = additional
    }

    private enum Bits {
        static let answer: UInt16 = 0x8000
        static let operation: UInt16 = 0x7800
        static let authoritative: UInt16 = 0x0400
        static let continued: UInt16 = 0x0200
        static let error: UInt16 = 0x000F
    }

    /// Whether a datagram says that it is an answer: without looking further.
    package static func isAnswer(_ datagram: [UInt8]) -> Bool { datagram.count > 2 && datagram[2] & 0x80 != 0 }

    /// Questions and records of kinds that DNS-SD does not need are passed over, and so are authorities.
    package init(decoding datagram: [UInt8]) throws(DNSFault) {
        guard datagram.count <= Self.byteLimit else { throw .tooMany }
        var reader = DNSReader(datagram)
        id = try reader.short()
        let bits = try reader.short()
        guard bits & (Bits.operation | Bits.error) == 0 else { throw .operation }
        isAnswer = bits & Bits.answer != 0
        isContinued = bits & Bits.continued != 0
        let counts = (
            questions: Int(try reader.short()), answers: Int(try reader.short()), authorities: Int(try reader.short()),
            additional: Int(try reader.short())
        )
        guard counts.questions <= Self.questionLimit,
            counts.answers + counts.authorities + counts.additional <= Self.recordLimit
        else { throw .tooMany }
        questions = []
        for _ in 0..<counts.questions { if let question = try Question.read(&reader) { questions.append(question) } }
        func records(_ count: Int) throws(DNSFault) -> [DNSRecord] {
            var records: [DNSRecord] = []
            for _ in 0..<count { if let record = try DNSRecord.read(&reader) { records.append(record) } }
            return records
        }
        answers = try records(counts.answers)
        _ = try records(counts.authorities)
        additional = try records(counts.additional)
        guard reader.isAtEnd else { throw .truncated }
    }

    package var encoded: [UInt8] {
        var writer = DNSWriter()
        writer.write(id)
        writer.write((isAnswer ? Bits.answer | Bits.authoritative : 0) | (isContinued ? Bits.continued : 0))
        for count in [questions.count, answers.count, 0, additional.count] { writer.write(UInt16(count)) }
        for question in questions { question.write(to: &writer) }
        for record in answers + additional { record.write(to: &writer) }
        return writer.bytes
    }
}

extension DNSMessage.Question {
    /// Nil for one of another kind or class.
    fileprivate static func read(_ reader: inout DNSReader) throws(DNSFault) -> Self? {
        let name = try reader.name()
        let kind = try reader.short()
        let bits = try reader.short()
        guard [DNSRecord.internetClass, DNSRecord.anyClass].contains(bits & ~DNSRecord.topBit) else { return nil }
        let known = DNSRecord.Kind(rawValue: kind)
        guard known != nil || kind == DNSRecord.anyKind else { return nil }
        return Self(name, known, wantsUnicast: bits & DNSRecord.topBit != 0)
    }

    fileprivate func write(to writer: inout DNSWriter) {
        writer.write(name)
        writer.write(kind?.rawValue ?? DNSRecord.anyKind)
        writer.write(DNSRecord.internetClass | (wantsUnicast ? DNSRecord.topBit : 0))
    }
}
