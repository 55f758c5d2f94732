import Directory
package import Wire

/// What to say on one link about one server (RFC 6762): holds no socket and no clock. Times are milliseconds, monotonic.
///
/// Its records are shared ones (§2): several servers may have the same, and none replaces another's. It answers only whom
/// it takes for somebody of the link, and never more than so much a second.
package struct LocalResponder: Sendable {
    package enum Destination: Hashable, Sendable {
        case group
        case one(Remote)
    }

    package struct Outgoing: Hashable, Sendable {
        package let message: DNSMessage
        package let destination: Destination
    }

    /// A question that waits, so that not all who know something answer at once (§6).
    private struct Waiting: Sendable {
        let asker: Remote?
        let due: Int64
        var answers: [DNSRecord]
    }

    private static let waitingLimit = 32
    private static let addressLimit = 8
    private static let pause: ClosedRange<Int64> = 20...120
    /// Where more of what is known already is on its way (§7.2).
    private static let longPause: ClosedRange<Int64> = 400...500
    /// Between two times that the same is said to all (§6).
    private static let repetition: Int64 = 1_000
    /// Seconds, for those who ask as of old (§6.7).
    private static let shortLifetime: UInt32 = 10

    private let service: LocalService
    private let interface: LocalInterface
    private let port: UInt16
    private var waiting: [Waiting] = []
    /// When each record was last told to all.
    private var told: [DNSRecord: Int64] = [:]
    private var looks: TokenBucket
    private var answers: TokenBucket

    /// - Parameter port: Of the group.
    package init(_ service: LocalService, on interface: LocalInterface, port: UInt16, now: Int64) {
        self.service = service
        self.interface = interface
        self.port = port
        looks = TokenBucket(rate: 50, burst: 100, now: now)
        answers = TokenBucket(rate: 20, burst: 40, now: now)
    }

    private var addresses: [DNSRecord] {
        // Without the interface, those of the link alone mean nothing to whoever dials.
        let fit = interface.addresses.map(\.bytes).filter { !LocalAddress.isLinkLocal6($0) }
        return service.addresses(Array(fit.prefix(Self.addressLimit)))
    }

    private var all: [DNSRecord] { [service.pointer, service.location, service.text] + addresses }

    /// When there will be something to say; nil where nothing waits.
    package var nextDue: Int64? { waiting.map(\.due).min() }

    /// Says that it is there, twice (§8.3).
    package mutating func begin(now: Int64) {
        waiting += [0, Self.repetition].map { Waiting(asker: nil, due: now + $0, answers: all) }
    }

    /// That it is not there any more (§10.1).
    package var farewell: DNSMessage {
        DNSMessage(isAnswer: true, answers: all.map { DNSRecord($0.name, $0.content, lifetime: 0) })
    }

    /// - Returns: What to say at once; the rest is ``due(now:)`` later.
    package mutating func received(
        _ datagram: [UInt8], from asker: Remote, now: Int64, using random: inout some RandomNumberGenerator
    ) -> Outgoing? {
        // Without spending anything on what other machines say of themselves.
        guard !DNSMessage.isAnswer(datagram), interface.isOnLink(asker.address), looks.take(now: now),
            let message = try? DNSMessage(decoding: datagram), !message.isAnswer
        else { return nil }
        if message.questions.isEmpty {
            for index in waiting.indices where waiting[index].asker == asker {
                waiting[index].answers = Self.unknown(waiting[index].answers, to: message)
            }
            return nil
        }
        let records = Self.unknown(answers(to: message.questions), to: message)
        guard !records.isEmpty else { return nil }
        let isOldFashioned = asker.port != port
        guard isOldFashioned || message.questions.allSatisfy(\.wantsUnicast) && wereTold(records, now: now) else {
            guard waiting.count < Self.waitingLimit else { return nil }
            let pause = Int64.random(in: message.isContinued ? Self.longPause : Self.pause, using: &random)
            waiting.append(Waiting(asker: asker, due: now + pause, answers: records))
            return nil
        }
        guard answers.take(now: now) else { return nil }
        var answer = answer(records)
        if isOldFashioned {
            answer.id = message.id
            answer.questions = message.questions.filter { !answers(to: [$0]).isEmpty }
            answer.answers = answer.answers.map(Self.shortLived)
            answer.additional = answer.additional.map(Self.shortLived)
        }
        return Outgoing(message: answer, destination: .one(asker))
    }

    /// What is to be said by now, to all at once.
    package mutating func due(now: Int64) -> Outgoing? {
        let ready = waiting.filter { $0.due <= now }
        guard !ready.isEmpty else { return nil }
        waiting.removeAll { $0.due <= now }
        var records: [DNSRecord] = []
        for record in ready.flatMap(\.answers) where !records.contains(record) {
            if let last = told[record], now - last < Self.repetition { continue }
            records.append(record)
        }
        guard !records.isEmpty else { return nil }
        let answer = answer(records)
        for record in answer.answers + answer.additional { told[record] = now }
        return Outgoing(message: answer, destination: .group)
    }

    private func answers(to questions: [DNSMessage.Question]) -> [DNSRecord] {
        ([service.kindPointer] + all).filter { record in
            questions.contains { $0.name == record.name && ($0.kind == nil || $0.kind == record.kind) }
        }
    }

    /// With all that whoever gets it would ask for next (RFC 6763 §12).
    private func answer(_ records: [DNSRecord]) -> DNSMessage {
        let needsMore = records.contains { $0.name == LocalService.type || $0.name == service.instance }
        let more = needsMore ? all.filter { $0.kind != .pointer && !records.contains($0) } : []
        return DNSMessage(isAnswer: true, answers: records, additional: more)
    }

    /// Told to all within a quarter of the time that it may be believed (§5.4).
    private func wereTold(_ records: [DNSRecord], now: Int64) -> Bool {
        records.allSatisfy { record in told[record].map { now - $0 < Int64(record.lifetime) * 250 } ?? false }
    }

    /// Without what whoever asks has heard, and may believe for half of the time yet (§7.1).
    private static func unknown(_ records: [DNSRecord], to message: DNSMessage) -> [DNSRecord] {
        records.filter { record in
            !message.answers.contains {
                $0.name == record.name && $0.content == record.content && $0.lifetime >= record.lifetime / 2
            }
        }
    }

    private static func shortLived(_ record: DNSRecord) -> DNSRecord {
        DNSRecord(record.name, record.content, lifetime: min(record.lifetime, shortLifetime))
    }
}
