import TestKit
import Testing
import Wire

/// Messages of multicast DNS, as far as DNS-SD needs them.
@Suite struct DNSMessageTests {
    private func name(_ labels: String...) throws -> DNSName {
        try #require(DNSName(labels: labels.map { Array($0.utf8) }))
    }

    private func bytes(_ labels: String...) -> [UInt8] {
        labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    /// A header with counts of questions, answers, authorities and additional records.
    private func header(_ counts: [UInt8], bits: [UInt8] = [0, 0]) -> [UInt8] {
        [0x12, 0x34] + bits + counts.flatMap { [0, $0] }
    }

    private func fault(_ bytes: [UInt8]) -> DNSFault? {
        do throws(DNSFault) {
            _ = try DNSMessage(decoding: bytes)
            return nil
        } catch { return error }
    }

    @Test func aQuestionAsItStandsInTheDocuments() throws {
        let question = DNSMessage(
            id: 0x1234, isAnswer: false, questions: [.init(LocalService.type, .pointer, wantsUnicast: true)])
        let expected = header([1, 0, 0, 0]) + bytes("_bittrickle", "_udp", "local") + [0, 12, 0x80, 1]
        #expect(question.encoded == expected)
        #expect(try DNSMessage(decoding: expected) == question)
    }

    /// RFC 1035 §4.1.4: what was said is pointed to, but for the machine of a service.
    @Test func namesThatCameBeforeAreShort() throws {
        let service = try name("a", "_bittrickle", "_udp", "local")
        let message = DNSMessage(
            isAnswer: true,
            answers: [
                DNSRecord(LocalService.type, .pointer(service), lifetime: 10),
                DNSRecord(service, .service(port: 258, target: try name("b", "local")), lifetime: 1),
            ])
        let head: [UInt8] = [0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0]
        let pointer = bytes("_bittrickle", "_udp", "local") + [0, 12, 0, 1, 0, 0, 0, 10, 0, 4, 1, 0x61, 0xC0, 12]
        let location: [UInt8] = [0xC0, 46, 0, 33, 0, 1, 0, 0, 0, 1, 0, 15, 0, 0, 0, 0, 1, 2] + bytes("b", "local")
        #expect(message.encoded == head + pointer + location)
        #expect(try DNSMessage(decoding: message.encoded) == message)
    }

    @Test func upperAndLowerCaseAreTheSame() throws {
        #expect(try name("_BitTrickle", "_UDP", "LOCAL") == LocalService.type)
        #expect(try Set([name("_BITTRICKLE", "_udp", "local"), LocalService.type]).count == 1)
        #expect(try name("É", "local") != name("é", "local"))
    }

    @Test func whatItDoesNotNeedIsPassedOver() throws {
        let root: [UInt8] = [0]
        let option = root + [0, 41, 5, 0xA0, 0, 0, 0x11, 0x94, 0, 2, 7, 7]
        let chaos = bytes("a") + [0, 1, 0, 3, 0, 0, 0, 9, 0, 1, 7]
        let address = bytes("a") + [0, 1, 0x80, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]
        let questions = bytes("a") + [0, 15, 0, 1] + bytes("a") + [0, 255, 0, 255]
        let message = try DNSMessage(decoding: header([2, 1, 1, 2]) + questions + chaos + address + option + address)
        #expect(message.questions == [.init(try name("a"), nil)])
        #expect(message.answers.isEmpty)
        #expect(message.additional == [DNSRecord(try name("a"), .address([10, 0, 0, 1]), lifetime: 9)])
    }

    @Test func whatIsNoMessage() {
        let question: [UInt8] = [0, 12, 0, 1]
        let long = [UInt8](repeating: 0x61, count: 63)
        func asked(_ name: [UInt8]) -> [UInt8] { header([1, 0, 0, 0]) + name + question }
        func said(_ kind: UInt8, _ content: [UInt8], count: Int? = nil) -> [UInt8] {
            let head = header([0, 1, 0, 0], bits: [0x84, 0]) + bytes("a")
            return head + [0, kind, 0, 1, 0, 0, 0, 9, 0, UInt8(count ?? content.count)] + content
        }
        let cases: [([UInt8], DNSFault)] = [
            ([], .truncated), (header([1, 0, 0, 0]), .truncated), (asked([1]), .truncated),
            (asked([9, 0x61]), .truncated),
            (asked([0]) + [0], .truncated), (header([0, 0, 0, 0], bits: [0x28, 0]), .operation),
            (header([0, 0, 0, 0], bits: [0x84, 3]), .operation), (asked([0x40]), .name), (asked([0x80]), .name),
            // To itself, forward, and into the header.
            (asked([0xC0, 12]), .name), (asked([0xC0, 14]), .name), (asked([0xC0, 4]), .name), (asked([0xC0]), .name),
            (asked((0..<4).flatMap { _ in [63] + long } + [0]), .name),
            (asked((0..<200).flatMap { _ -> [UInt8] in [1, 0x61] } + [0]), .name),
            (said(1, [10, 0, 0]), .record), (said(28, [10, 0, 0, 1]), .record), (said(12, [0, 0]), .record),
            (said(12, bytes("b"), count: 2), .record), (said(33, [0, 0, 0, 0, 0, 1, 0, 9]), .record),
            (said(33, [0, 0]), .truncated), (said(16, [3, 1, 2]), .truncated),
            (said(1, [10, 0, 0, 1], count: 5), .record),
            (said(99, [1], count: 2), .truncated),
            ([0, 0, 0, 0, 0, 65, 0, 0, 0, 0, 0, 0], .tooMany), ([0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1], .tooMany),
            ([UInt8](repeating: 0, count: DNSMessage.byteLimit + 1), .tooMany),
        ]
        for (bytes, expected) in cases { #expect(fault(bytes) == expected, "\(bytes.prefix(40))") }
    }

    /// A text that is a row of pointers, each to the one before, and a name that begins at one of them.
    @Test(arguments: [(0, true), (62, true), (63, false), (126, false)])
    func pointersAreFollowedSoFar(length: Int, isTaken: Bool) {
        let start = 24
        var row: [UInt8] = [0]
        for index in 0..<127 {
            let place = index == 0 ? start : start + 2 * index - 1
            row += [0xC0 | UInt8(place >> 8), UInt8(place & 0xFF)]
        }
        let text: [UInt8] = [0, 0, 16, 0, 1, 0, 0, 0, 9, 1, 0, 255] + row
        let last = start + 1 + 2 * length
        let pointer = [0xC0 | UInt8(last >> 8), UInt8(last & 0xFF)]
        let pointed: [UInt8] = pointer + [0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]
        let message = header([0, 2, 0, 0], bits: [0x84, 0]) + text + pointed
        #expect(fault(message) == (isTaken ? nil : .name))
    }

    /// Two bytes each point to as many labels as a name may have.
    @Test(arguments: [(15, true), (16, false), (511, false)])
    func labelsAreBoundedInAll(names: Int, isTaken: Bool) {
        let long = (0..<126).flatMap { _ -> [UInt8] in [1, 0x61] } + [0]
        let fields: [UInt8] = [0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 1]
        let pointed = (0..<names).flatMap { _ -> [UInt8] in [0xC0, 12] + fields }
        let count = UInt16(names + 1)
        var message = header([0, 0, 0, 0]) + long + fields + pointed
        (message[6], message[7]) = (UInt8(count >> 8), UInt8(count & 0xFF))
        #expect(fault(message) == (isTaken ? nil : .tooMany))
    }

    @Test(arguments: [("abc", "ABC", true), ("abc", "abd", false), ("a", "ab", false), ("@[", "`{", false)])
    func onlyLettersHaveTwoCases(one: String, other: String, isSame: Bool) throws {
        let names = try [one, other].map { try #require(DNSName($0, below: LocalService.type)) }
        #expect((names[0] == names[1]) == isSame)
        #expect(Set(names).count == (isSame ? 1 : 2))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(5_000) {
            let message = Self.message(&random)
            let read = try DNSMessage(decoding: message.encoded)
            #expect(read == message, "BITTRICKLE_TEST_SEED=\(random.seed)")
        }
    }

    /// Cut anywhere, or with a byte changed: refused, or a message that is written and read as itself.
    @Test func whatIsDamagedIsRefusedOrWhole() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(5_000) {
            let whole = Self.message(&random).encoded
            #expect(fault(Array(whole.dropLast(Int.random(in: 1...whole.count, using: &random)))) != nil)
            var changed = whole
            changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let read = try? DNSMessage(decoding: changed) else { continue }
            #expect(try DNSMessage(decoding: read.encoded) == read, "BITTRICKLE_TEST_SEED=\(random.seed)")
        }
    }

    private static func message(_ random: inout SeededRandom) -> DNSMessage {
        func name() -> DNSName {
            let labels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                random.bytes(Int.random(in: 1...(Bool.random(using: &random) ? 2 : 50), using: &random)).map {
                    $0 & 0x63
                }
            }
            return DNSName(labels: labels) ?? LocalService.type
        }
        func record() -> DNSRecord {
            let content: DNSRecord.Content =
                switch Int.random(in: 0...4, using: &random) {
                case 0: .address(random.bytes(4))
                case 1: .address(random.bytes(16))
                case 2: .pointer(name())
                case 3:
                    .text(
                        (0..<Int.random(in: 1...4, using: &random)).map { _ in
                            random.bytes(Int.random(in: 0...255, using: &random))
                        })
                default: .service(port: UInt16.random(in: 0...65_535, using: &random), target: name())
                }
            return DNSRecord(name(), content, lifetime: UInt32.random(in: 0...UInt32.max, using: &random))
        }
        let kinds: [DNSRecord.Kind?] = [nil, .pointer, .text, .service, .address4, .address6]
        return DNSMessage(
            id: UInt16.random(in: 0...65_535, using: &random), isAnswer: Bool.random(using: &random),
            isContinued: Bool.random(using: &random),
            questions: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                .init(
                    name(), kinds[Int.random(in: kinds.indices, using: &random)],
                    wantsUnicast: Bool.random(using: &random))
            },
            answers: (0..<Int.random(in: 0...4, using: &random)).map { _ in record() },
            additional: (0..<Int.random(in: 0...4, using: &random)).map { _ in record() })
    }
}
