import Content
import TestKit
import Testing
import Wire

@Suite struct DirectoryMessageTests {
    private static let transaction = TransactionID(rawValue: 0x6161_6262)

    private func decode(_ text: String) throws(DirectoryMessageError) -> DirectoryMessage {
        try DirectoryMessage(decoding: Array(text.utf8))
    }

    @Test func comesBackAsItWas() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(50_000) {
            let message = random.message()
            let bytes = message.encoded
            #expect(try DirectoryMessage(decoding: bytes) == message, "seed \(random.seed)")
            #expect(bytes.count <= DirectoryMessage.maximumPlaintext, "seed \(random.seed)")
        }
    }

    @Test func isKRPC() throws {
        let message = DirectoryMessage.request(Self.transaction, .search(Sample.search("pdf"), PageWindow()))
        #expect(message.encoded == Array("d1:ad1:ni1e1:sl3:pdfee1:q6:search1:t4:aabb1:y1:qe".utf8))
        let refusal = DirectoryMessage.answer(Self.transaction, .refusal(.unknownRequest))
        #expect(refusal.encoded == Array("d1:eli204e14:method unknowne1:t4:aabb1:y1:ee".utf8))
    }

    @Test func ignoresKeysThatItDoesNotKnow() throws {
        #expect(
            try decode("d1:ad1:bli1ee1:n1:x3:zzzdee1:q6:lookup1:t4:aabb1:v4:BT011:y1:q2:zz0:e")
                == .request(Self.transaction, .lookup(name: try FileName("x"), PageWindow())))
        #expect(try decode("d1:rd1:k4:done3:newi7ee1:t4:aabb1:y1:re") == .answer(Self.transaction, .done))
    }

    @Test(arguments: ["heartbeat", "network", "goodbye"]) func argumentsMayBeAbsent(name: String) throws {
        guard case .request(_, let request) = try decode("d1:q\(name.utf8.count):\(name)1:t4:aabb1:y1:qe") else {
            Issue.record("not a request")
            return
        }
        #expect([.heartbeat, .network, .goodbye].contains(request))
    }

    @Test func anUnknownRequestIsToBeRefused() {
        #expect(throws: DirectoryMessageError.refused(Self.transaction, .unknownRequest)) {
            try decode("d1:ade1:q4:ping1:t4:aabb1:y1:qe")
        }
    }

    @Test(arguments: [
        "d1:ai1e1:q9:heartbeat1:t4:aabb1:y1:qe",  // arguments are no dictionary
        "d1:ade1:qi1e1:t4:aabb1:y1:qe",  // name is no string
        "d1:ade1:q6:lookup1:t4:aabb1:y1:qe",  // without name
        "d1:ad1:n3:a/be1:q6:lookup1:t4:aabb1:y1:qe",  // no file name
        "d1:ad1:n2:..e1:q6:lookup1:t4:aabb1:y1:qe",
        "d1:ad1:n3:e\u{301}e1:q6:lookup1:t4:aabb1:y1:qe",  // not NFC
        "d1:ad1:n1:x1:wi4294967296ee1:q6:lookup1:t4:aabb1:y1:qe",  // more than 32 pages
        "d1:ad1:n1:x1:wi-1ee1:q6:lookup1:t4:aabb1:y1:qe",
        "d1:ad1:si-1ee1:q11:revocations1:t4:aabb1:y1:qe",
        "d1:ad1:i7:1234567e1:q5:serve1:t4:aabb1:y1:qe",  // not a multiple of 8
        "d1:ad1:i8:\0\0\0\0\0\0\0\0e1:q5:serve1:t4:aabb1:y1:qe",  // ids start at 1
        "d1:ad1:x0:e1:q5:renew1:t4:aabb1:y1:qe",
        "d1:ad1:di0e1:x4:SPKIe1:q5:renew1:t4:aabb1:y1:qe",  // from 1 to 90 days
        "d1:ad1:di91e1:x4:SPKIe1:q5:renew1:t4:aabb1:y1:qe",
        "d1:ad1:dld1:n1:x1:vi9eeee1:q7:publish1:t4:aabb1:y1:qe",  // unknown visibility
        "d1:ad1:dld1:n1:x1:pi0eeee1:q7:publish1:t4:aabb1:y1:qe",
        "d1:ad1:c3:abce1:q7:holders1:t4:aabb1:y1:qe",
        "d1:ad1:c5:dancee1:q10:administer1:t4:aabb1:y1:qe",  // no such change, and no such list
        "d1:ad1:c7:disablee1:q10:administer1:t4:aabb1:y1:qe",  // of whom
        "d1:ad1:c4:role1:ri7e1:u4:hanse1:q10:administer1:t4:aabb1:y1:qe",  // no such role
        "d1:ad1:c8:password1:p7:1234567e1:q7:account1:t4:aabb1:y1:qe",  // without the old one, and too short
        "d1:ad1:c8:sign-out1:d3:abce1:q7:account1:t4:aabb1:y1:qe",
        "d1:ad1:ll5:IPv4Pee1:q6:locate1:t4:aabb1:y1:qe",  // no address and port
        "d1:ad1:ll7:IPv4PT\u{2}ee1:q6:locate1:t4:aabb1:y1:qe",  // behind it only a 1
        "d1:ad1:ll6:IPv4\0\0ee1:q6:locate1:t4:aabb1:y1:qe",
    ])
    func aRequestOutOfBoundsIsToBeRefused(text: String) {
        #expect(throws: DirectoryMessageError.refused(Self.transaction, .malformed)) { try decode(text) }
    }

    @Test(arguments: [
        "", "i1e", "le", "de", "d1:y1:qe", "d1:t4:aabb1:y1:xe", "d1:q9:heartbeat1:t3:abc1:y1:qe",
        "d1:rd1:k4:nonee1:t4:aabb1:y1:re", "d1:ri1e1:t4:aabb1:y1:re", "d1:ei204e1:t4:aabb1:y1:ee",
        "d1:eli204ee1:t4:aabb1:y1:ee", "d1:c7:12345671:y1:ce", "d1:y1:de",
        "d1:rd1:hi0e1:k9:heartbeat1:si1e1:ti0e1:vi0ee1:t4:aabb1:y1:re",
        "d1:rd1:k5:peers1:ni32ee1:t4:aabb1:y1:re",
    ])
    func whatIsNoMessageIsMalformed(text: String) {
        #expect(throws: DirectoryMessageError.malformed) { try decode(text) }
    }

    @Test func aMessageLongerThanADatagramIsMalformed() {
        let padding = String(repeating: "x", count: 1_200)
        #expect(throws: DirectoryMessageError.malformed) {
            try decode("d1:q9:heartbeat1:t4:aabb1:y1:q1:z1200:\(padding)e")
        }
    }

    @Test func unknownRefusalsAreTakenForOnesOfTheirFamily() throws {
        #expect(
            try decode("d1:eli399e3:newi250ee1:t4:aabb1:y1:ee")
                == .answer(Self.transaction, .refusal(.busy(retryAfter: 250))))
        #expect(try decode("d1:eli499e3:newe1:t4:aabb1:y1:ee") == .answer(Self.transaction, .refusal(.malformed)))
        #expect(
            try decode("d1:eli301e0:i-5ee1:t4:aabb1:y1:ee") == .answer(Self.transaction, .refusal(.busy(retryAfter: 0)))
        )
    }

    @Test func aLongPlaceIsCutAtACharacter() throws {
        let place = String(repeating: "漢", count: 100)
        let bytes = DirectoryMessage.answer(Self.transaction, .refusal(.onlineElsewhere(place: place))).encoded
        #expect(
            try DirectoryMessage(decoding: bytes)
                == .answer(Self.transaction, .refusal(.onlineElsewhere(place: String(place.prefix(42))))))
    }

    @Test func aChallengeIsShorterThanAnyRequest() throws {
        let challenge = DirectoryMessage.challenge([UInt8](repeating: 255, count: 8)).encoded
        for request: DirectoryRequest in [.heartbeat, .network, .goodbye, .peers(PageWindow())] {
            #expect(challenge.count <= DirectoryMessage.request(TransactionID(rawValue: 0), request).encoded.count)
        }
        #expect(challenge.count <= DirectoryMessage.challengeAnswer([UInt8](repeating: 0, count: 8)).encoded.count)
    }

    @Test func changedMessagesNeverTrap() {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(50_000) {
            let changed = random.changed(random.message().encoded)
            guard let message = try? DirectoryMessage(decoding: changed) else { continue }
            #expect((try? DirectoryMessage(decoding: message.encoded)) == message, "seed \(random.seed)")
        }
    }
}
