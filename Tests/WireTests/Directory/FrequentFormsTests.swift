import Content
import TestKit
import Testing
import Wire

/// What is read and written as it stands says the same as what is taken apart.
struct FrequentFormsTests {
    private func transaction(_ message: [UInt8]) -> TransactionID? {
        message.withUnsafeBytes { HeartbeatForm.transaction(in: $0) }
    }

    private func decoded(_ message: [UInt8]) -> DirectoryMessage? {
        message.withUnsafeBytes { try? DirectoryMessage(decoding: $0) }
    }

    @Test func aHeartbeatIsKnownAndNothingElseIs() {
        var random = SeededRandom.fresh()
        for _ in 0..<100 {
            let number = TransactionID(rawValue: UInt32.random(in: .min ... .max, using: &random))
            let message = DirectoryMessage.request(number, .heartbeat).encoded
            #expect(transaction(message) == number)
            let other = DirectoryMessage.request(number, .goodbye).encoded
            #expect(transaction(other) == nil)
            var changed = message
            changed[Int.random(in: 0..<25, using: &random)] ^= 1
            #expect(transaction(changed) == nil, "seed \(random.seed)")
            #expect(transaction(Array(message.dropLast())) == nil)
        }
        #expect(transaction([]) == nil)
        // More than a heartbeat must say is left to those who read it.
        #expect(transaction(Array("d1:ad1:xi1ee1:q9:heartbeat1:t4:aabb1:y1:qe".utf8)) == nil)
    }

    @Test(arguments: [0, 9, 10, 1_234_567, Int64.max], [Role.member, .admin])
    func anAnswerIsWrittenAsItIsEncoded(_ number: Int64, _ role: Role) throws {
        // More than there may be, long and short.
        let servers = try (0..<min(number, 11)).map { place in
            try #require(
                Endpoint(
                    address: Array(repeating: UInt8(place), count: place == 3 ? 4 : 16), port: UInt16(place) + 12_000))
        }
        let pulse = HeartbeatAnswer(
            interval: max(1, min(number, 3_600_000)), silenceLimit: 3_000, serverTime: number, revocationSerial: number,
            role: role, askSerial: number, servers: servers)
        let transaction = TransactionID(rawValue: 0x6162_6364)
        let written = [UInt8](unsafeUninitializedCapacity: HeartbeatForm.answerByteLimit) { buffer, count in
            count = HeartbeatForm.write(pulse, to: transaction, into: UnsafeMutableRawBufferPointer(buffer))
        }
        #expect(written == DirectoryMessage.answer(transaction, .heartbeat(pulse)).encoded)
    }

    @Test func aQuestionForHoldersIsReadAsItIsDecoded() throws {
        var random = SeededRandom.fresh()
        for number in 0..<UInt8(100) {
            let content = try Sample.content(Int(number))
            let window = Bool.random(using: &random) ? PageWindow() : PageWindow(after: [number], wanted: 1)
            let message = DirectoryMessage.request(TransactionID(rawValue: 7), .holders(content, window))
            #expect(decoded(message.encoded) == message)
            var changed = message.encoded
            changed[Int.random(in: 0..<changed.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let expected = try? DirectoryMessage(decoding: changed)
            #expect(decoded(changed) == expected, "seed \(random.seed)")
        }
    }

    @Test func aReadyAnswerHasTheTransactionOfEach() throws {
        let holder = Holder(
            user: try Sample.user("hans"), endpoints: [try #require(Endpoint(address: [10, 0, 0, 1], port: 6_881))],
            isWhole: true)
        let answer = DirectoryAnswer.holders(
            Page(number: 0, after: [], last: holder.user.bytes, isFinal: true, items: [holder]))
        let ready = ReadyAnswer(answer)
        #expect(ready.answer == answer)
        for number: UInt32 in [0, 1, 0x6431_3A79, .max] {
            let transaction = TransactionID(rawValue: number)
            #expect(ready.plaintext(to: transaction) == DirectoryMessage.answer(transaction, answer).encoded)
        }
    }
}
