import DirectoryClient
import TestKit
import Testing
import Wire

/// When the stream from the listening port is dialled, asked on and given up, on virtual time.
struct StreamAttachmentTests {
    private var attachment = StreamAttachment()
    private var now: Int64 = 0
    private let seen: Endpoint
    private let own: Endpoint

    init() throws {
        seen = try #require(Endpoint(address: [198, 51, 100, 1], port: 9_000))
        own = try #require(Endpoint(address: [192, 168, 0, 2], port: 6_881))
    }

    private mutating func step() -> [StreamAttachment.Action] { attachment.step(now: now, jitter: 0.5) }

    private mutating func answer(_ answer: DirectoryAnswer) -> [StreamAttachment.Action] {
        attachment.receive(answer, own: own, silenceLimit: 3_000, now: now, jitter: 0.5)
    }

    /// - Returns: The transaction that is asked with.
    private mutating func dialAndAsk() throws -> UInt32 {
        #expect(attachment.start(port: 6_881, now: now).isEmpty)
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
        attachment.opened(now: now)
        guard case .ask(let transaction)? = step().first else { throw TestKitError.invalid("nothing of that") }
        #expect(attachment.awaits(transaction))
        return transaction
    }

    @Test mutating func itIsAttachedAndShownToLive() throws {
        #expect(attachment.wakeAt == .max)
        let first = try dialAndAsk()
        #expect(answer(.attached(seen)).isEmpty)
        #expect(attachment.endpoint == seen)
        #expect(!attachment.awaits(first))
        #expect(attachment.wakeAt == now + StreamAttachment.leastRenewal)
        now = attachment.wakeAt
        guard case .ask(let second)? = step().first else {
            Issue.record("not asked again")
            return
        }
        #expect(second != first)
        #expect(attachment.endpoint == seen)
        // No answer: it is dialled anew.
        for count in 1..<StreamAttachment.askLimit {
            now = attachment.wakeAt
            #expect(step() == [.ask(second)], "\(count)")
        }
        now = attachment.wakeAt
        #expect(step() == [.close])
        #expect(attachment.endpoint == nil)
        // Where it was attached before.
        now = attachment.wakeAt
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
    }

    @Test mutating func whereNothingTranslatesItIsNotKept() throws {
        _ = try dialAndAsk()
        #expect(attachment.isTranslated == nil)
        #expect(answer(.attached(own)) == [.close])
        #expect(attachment.isTranslated == false)
        #expect(attachment.endpoint == nil)
        #expect(attachment.wakeAt == .max)
        // Elsewhere it may be otherwise.
        #expect(attachment.renewed(now: now).isEmpty)
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
    }

    @Test mutating func itIsDialledMoreAndMoreSeldom() {
        _ = attachment.start(port: 6_881, now: now)
        var pauses: [Int64] = []
        for attempt in 0..<12 {
            now = attachment.wakeAt
            #expect(step() == [.dial(from: 6_881, attempt: attempt)])
            let lost = now
            attachment.lost(now: now, jitter: 0.5)
            pauses.append(attachment.wakeAt - lost)
        }
        #expect(pauses.prefix(4) == [1_000, 2_000, 4_000, 8_000])
        #expect(pauses.last == StreamAttachment.pauses.upperBound)
    }

    @Test mutating func aDialThatComesToNothingIsGivenUp() {
        _ = attachment.start(port: 6_881, now: now)
        _ = step()
        now += StreamAttachment.dialLimit
        #expect(step() == [.close])
        #expect(attachment.wakeAt > now)
    }

    @Test mutating func aNewSessionIsAttachedOnTheSameStream() throws {
        let first = try dialAndAsk()
        _ = answer(.attached(seen))
        #expect(attachment.renewed(now: now).isEmpty)
        guard case .ask(let second)? = step().first else {
            Issue.record("not asked")
            return
        }
        #expect(second != first)
    }

    @Test mutating func aServerThatIsBusyIsAskedLaterAndOneThatRefusesIsLeft() throws {
        let transaction = try dialAndAsk()
        #expect(answer(.refusal(.busy(retryAfter: 500))).isEmpty)
        #expect(attachment.wakeAt == now + 500)
        now += 500
        #expect(step() == [.ask(transaction)])
        #expect(answer(.refusal(.unknownRequest)) == [.close])
        #expect(attachment.wakeAt > now)
    }

    @Test mutating func itEndsWithTheLogin() throws {
        _ = try dialAndAsk()
        _ = answer(.attached(seen))
        #expect(attachment.stop() == [.close])
        #expect(attachment.endpoint == nil)
        #expect(attachment.wakeAt == .max)
        #expect(attachment.renewed(now: now).isEmpty)
        #expect(step().isEmpty)
    }

    @Test mutating func whoDoesNotListenHasNone() {
        #expect(attachment.start(port: 0, now: now).isEmpty)
        #expect(step().isEmpty)
    }

    @Test mutating func whoMovedDialsAtOnce() throws {
        #expect(attachment.moved(now: now).isEmpty)
        _ = try dialAndAsk()
        _ = answer(.attached(seen))
        now += 1_000
        #expect(attachment.moved(now: now) == [.close])
        #expect(attachment.endpoint == nil)
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
        // To where it was attached, though there was no way in between.
        attachment.lost(now: now, jitter: 0.5)
        #expect(attachment.moved(now: now).isEmpty)
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
        // Also where nothing translated addresses before.
        attachment.opened(now: now)
        _ = step()
        #expect(answer(.attached(own)) == [.close])
        #expect(attachment.moved(now: now).isEmpty)
        #expect(step() == [.dial(from: 6_881, attempt: 0)])
    }
}
