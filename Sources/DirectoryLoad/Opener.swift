import Glibc
import Wire

/// Opens many sessions over one socket. The first hello is a real one; as its answers are the same for all that come from
/// one address within a minute, the other clients take the same ones, so that a server with a million members is not asked
/// for a key page two million times.
struct Opener {
    /// A client that has one of the two pages, and the answer with the other.
    private struct Template {
        let client: ClientHandshake
        let answer: [UInt8]
        let made: Int64
    }

    /// Milliseconds: cookies are good for one minute at least.
    private static let templateAge: Int64 = 40_000

    private var template: Template?
    private var greeting = ClientHandshake(pin: nil)
    private var answers: [[UInt8]] = []
    private var askedAt: Int64?

    /// Hellos that are to be sent, as there is no template yet or it grew old.
    mutating func hellos(now: Int64) -> [[UInt8]] {
        if let template, now - template.made < Self.templateAge { return [] }
        let waited = askedAt.map { now - $0 } ?? .max
        guard waited > 250 else { return [] }
        if waited > 1_000 || template != nil {
            greeting = ClientHandshake(pin: nil)
            answers = []
            template = nil
        }
        askedAt = now
        return greeting.datagramsToSend
    }

    mutating func receive(helloAnswer: [UInt8], now: Int64) {
        guard template == nil, !answers.contains(helloAnswer) else { return }
        answers.append(helloAnswer)
        guard answers.count == 2 else { return }
        var client = greeting
        guard case .nothing? = try? client.receive(answers[0], now: clockWall()) else { return }
        template = Template(client: client, answer: answers[1], made: now)
    }

    /// Another client, with the opening that it sends; nil while there is no template.
    func client(now: Int64) -> (ClientHandshake, opening: [UInt8])? {
        guard let template, now - template.made < Self.templateAge else { return nil }
        var client = template.client
        guard case .sendAgain? = try? client.receive(template.answer, now: clockWall()),
            let opening = client.datagramsToSend.first
        else { return nil }
        return (client, opening)
    }
}

/// Milliseconds since 1970.
func clockWall() -> Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }

/// Of a clock that only goes forward.
func nanoseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
