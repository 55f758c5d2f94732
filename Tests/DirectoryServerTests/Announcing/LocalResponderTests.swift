import Content
import DirectoryServer
import NIOCore
import TestKit
import Testing
import Wire

/// What is said on the local network, and to whom.
@Suite struct LocalResponderTests {
    private let service = LocalService(name: "studio", pin: NetworkPin(Hash256(hashing: [1])), port: 12_000)
    private let interface = LocalInterface(
        name: "eth0", index: 2,
        addresses: [
            .init([192, 168, 7, 1], prefix: 24), .init([0xFE, 0x80] + [UInt8](repeating: 1, count: 14), prefix: 64),
            .init([0xFD, 0] + [UInt8](repeating: 1, count: 14), prefix: 64),
        ])

    /// One who speaks multicast DNS all the time; one who asks once; one who is elsewhere.
    private static let neighbour = remote("192.168.7.2", 5353)
    private static let asker = remote("192.168.7.3", 40_000)
    private static let stranger = remote("203.0.113.9", 40_000)

    private static func remote(_ address: String, _ port: Int) -> Remote? {
        (try? SocketAddress(ipAddress: address, port: port)).flatMap { Remote($0) }
    }

    private struct Link {
        var responder: LocalResponder
        var random = SeededRandom(seed: 7)
        var now: Int64 = 0

        mutating func hear(_ message: DNSMessage, from asker: Remote?) throws -> LocalResponder.Outgoing? {
            try hear(message.encoded, from: asker)
        }

        mutating func hear(_ datagram: [UInt8], from asker: Remote?) throws -> LocalResponder.Outgoing? {
            responder.received(datagram, from: try #require(asker), now: now, using: &random)
        }

        /// Lets time pass until nothing waits, and gives what was said when.
        mutating func rest() -> [(time: Int64, outgoing: LocalResponder.Outgoing)] {
            var said: [(Int64, LocalResponder.Outgoing)] = []
            while let due = responder.nextDue {
                now = max(now, due)
                if let outgoing = responder.due(now: now) { said.append((now, outgoing)) }
            }
            return said
        }
    }

    private func link() -> Link { Link(responder: LocalResponder(service, on: interface, port: 5353, now: 0)) }

    private func question(
        _ name: DNSName = LocalService.type, _ kind: DNSRecord.Kind? = .pointer, id: UInt16 = 0, unicast: Bool = false,
        known: [DNSRecord] = [], isContinued: Bool = false
    ) -> DNSMessage {
        DNSMessage(
            id: id, isAnswer: false, isContinued: isContinued,
            questions: [.init(name, kind, wantsUnicast: unicast)], answers: known)
    }

    /// RFC 6762 §6.7: to where it came from, with its number and question, for a short time; and with all that the one
    /// who asks needs.
    @Test func whoAsksOnceIsAnsweredAtOnce() throws {
        var link = link()
        let outgoing = try #require(try link.hear(question(id: 77), from: Self.asker))
        #expect(try outgoing.destination == .one(#require(Self.asker)))
        let message = outgoing.message
        #expect(message.id == 77 && message.isAnswer && message.questions == question().questions)
        #expect((message.answers + message.additional).allSatisfy { $0.lifetime == 10 })
        let sighting = try #require(LocalSighting.all(in: message).first)
        #expect(sighting.service == service)
        // What is of the link alone is of no use without it.
        #expect(sighting.addresses == [[192, 168, 7, 1], [0xFD, 0] + [UInt8](repeating: 1, count: 14)])
        #expect(link.responder.nextDue == nil)
        #expect(message.encoded.count < 512)
    }

    @Test func othersAreAnsweredTogetherSoon() throws {
        var link = link()
        #expect(try link.hear(question(id: 77), from: Self.neighbour) == nil)
        let said = link.rest()
        #expect(said.map(\.outgoing.destination) == [.group])
        #expect(try (20...120).contains(#require(said.first).time))
        let message = try #require(said.first).outgoing.message
        #expect(message.id == 0 && message.questions.isEmpty && message.answers == [service.pointer])
        #expect(message.additional.first == service.location && service.location.lifetime == 120)
    }

    @Test func itSaysThatItIsThereTwiceAndThatItGoes() throws {
        var link = link()
        link.responder.begin(now: 0)
        let said = link.rest()
        #expect(said.map(\.time) == [0, 1_000])
        #expect(said.allSatisfy { LocalSighting.all(in: $0.outgoing.message).map(\.service) == [service] })
        let farewell = link.responder.farewell
        #expect(farewell.answers.count == 5 && farewell.answers.allSatisfy { $0.lifetime == 0 })
    }

    /// Nobody else's address gets anything, whatever a stranger writes into the datagram.
    @Test func onlyTheLinkIsAnswered() throws {
        var link = link()
        #expect(try link.hear(question(), from: Self.stranger) == nil)
        #expect(try link.hear(question(), from: Self.remote("203.0.113.9", 5353)) == nil)
        #expect(try link.hear(question(), from: Self.remote("2001:db8::1", 40_000)) == nil)
        #expect(link.responder.nextDue == nil)
        #expect(try link.hear(question(), from: Self.remote("fe80::9", 40_000)) != nil)
        #expect(try link.hear(question(), from: Self.remote("fd00:101:101:102::9", 40_000)) == nil)
        #expect(try link.hear(question(), from: Self.remote("fd00:101:101:101:101:101:101:9", 40_000)) != nil)
    }

    @Test func whatIsKnownIsNotSaid() throws {
        var link = link()
        var known = service.pointer
        known.lifetime = 2_250
        #expect(try link.hear(question(known: [known]), from: Self.neighbour) == nil)
        #expect(try link.hear(question(known: [known]), from: Self.asker) == nil)
        #expect(link.responder.nextDue == nil)
        // For less than half of its time any more.
        known.lifetime -= 1
        #expect(try link.hear(question(known: [known]), from: Self.asker) != nil)
        let other = DNSRecord(LocalService.type, .pointer(LocalService.kinds), lifetime: 4_500)
        #expect(try link.hear(question(known: [other]), from: Self.asker) != nil)
    }

    /// RFC 6762 §7.2: what is known comes in several messages.
    @Test func moreOfWhatIsKnownIsWaitedFor() throws {
        var link = link()
        #expect(try link.hear(question(isContinued: true), from: Self.neighbour) == nil)
        #expect(try (400...500).contains(#require(link.responder.nextDue)))
        let rest = DNSMessage(isAnswer: false, answers: [service.pointer])
        // Somebody else's does not matter.
        #expect(try link.hear(rest, from: Self.remote("192.168.7.9", 5353)) == nil)
        var other = link
        #expect(other.rest().count == 1)
        #expect(try link.hear(rest, from: Self.neighbour) == nil)
        #expect(link.rest().isEmpty)
    }

    @Test func theSameIsSaidToAllOnceASecond() throws {
        var link = link()
        for _ in 0..<20 { #expect(try link.hear(question(), from: Self.neighbour) == nil) }
        #expect(link.rest().count == 1)
        let first = link.now
        #expect(try link.hear(question(), from: Self.neighbour) == nil)
        #expect(link.rest().isEmpty)
        link.now = first + 1_000
        #expect(try link.hear(question(), from: Self.neighbour) == nil)
        #expect(link.rest().count == 1)
    }

    /// §5.4: to the one who asks alone, where all have heard it lately.
    @Test func whoWantsItForHimselfGetsItWhenAllHadIt() throws {
        var link = link()
        #expect(try link.hear(question(unicast: true), from: Self.neighbour) == nil)
        #expect(link.rest().map(\.outgoing.destination) == [.group])
        let outgoing = try link.hear(question(unicast: true), from: Self.neighbour)
        #expect(try outgoing?.destination == .one(#require(Self.neighbour)))
        #expect(outgoing?.message.id == 0 && outgoing?.message.answers == [service.pointer])
        link.now += 4_500 * 250
        #expect(try link.hear(question(unicast: true), from: Self.neighbour) == nil)
    }

    @Test func eachRecordCanBeAskedFor() throws {
        let cases: [(DNSName, DNSRecord.Kind?, [DNSRecord.Kind])] = [
            (LocalService.kinds, .pointer, [.pointer]), (LocalService.type, nil, [.pointer]),
            (service.instance, .service, [.service]), (service.instance, .text, [.text]),
            (service.instance, nil, [.service, .text]), (service.host, .address4, [.address4]),
            (service.host, .address6, [.address6]), (service.host, nil, [.address4, .address6]),
            (service.host, .text, []), (LocalService.type, .text, []),
        ]
        for (name, kind, expected) in cases {
            var link = link()
            let answers = try link.hear(question(name, kind), from: Self.asker)?.message.answers ?? []
            #expect(answers.map(\.kind) == expected, "\(name) \(String(describing: kind))")
        }
        let other = try #require(DNSName("studio", below: LocalService.type))
        var link = link()
        #expect(try link.hear(question(other, nil), from: Self.asker) == nil)
    }

    @Test func whatIsNoQuestionIsPassedOver() throws {
        var link = link()
        var answer = question()
        answer.isAnswer = true
        #expect(try link.hear(answer, from: Self.asker) == nil)
        #expect(try link.hear([], from: Self.asker) == nil)
        #expect(try link.hear(Array(question().encoded.dropLast()), from: Self.asker) == nil)
        #expect(try link.hear(DNSMessage(isAnswer: false), from: Self.asker) == nil)
        #expect(link.responder.nextDue == nil)
    }

    /// A flood costs no more than so many answers, and what waits has a bound.
    @Test func muchIsNotAnswered() throws {
        var link = link()
        let answered = try (0..<1_000).count { _ in try link.hear(question(), from: Self.asker) != nil }
        #expect(answered == 40)
        link.now = 1_000
        #expect(try (0..<100).count { _ in try link.hear(question(), from: Self.asker) != nil } == 20)
        var other = self.link()
        for index in 0..<200 {
            _ = try other.hear(question(), from: Self.remote("192.168.7.\(index + 2)", 5353))
        }
        #expect(other.rest().count == 1)
    }

    @Test func anyBytesWhatever() throws {
        var random = SeededRandom.fresh()
        let seeds = [
            question(id: 7).encoded, question(known: [service.pointer], isContinued: true).encoded,
            question(service.instance, nil, unicast: true).encoded,
        ]
        var link = link()
        for _ in 0..<Scale.count(20_000) {
            var bytes = seeds[Int.random(in: seeds.indices, using: &random)]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            link.now += Int64.random(in: 0...100, using: &random)
            let asker = Bool.random(using: &random) ? Self.asker : Self.neighbour
            let outgoing = try [link.hear(bytes, from: asker), link.responder.due(now: link.now)].compactMap { $0 }
            for message in outgoing.map(\.message) {
                #expect(message.encoded.count <= 1_200, "BITTRICKLE_TEST_SEED=\(random.seed)")
            }
        }
    }
}
