import TestKit
import Testing
import Wire

@Suite struct KnockTests {
    @Test func isReadAsItIsWritten() throws {
        var random = SeededRandom.fresh()
        for _ in 0..<200 {
            let id = KnockID.random(using: &random)
            let knocks: [Knock] = [.knock(id), .ask(id), .seen(id, random.endpoint().mapped(false))]
            for knock in knocks {
                #expect(Knock(knock.encoded) == knock)
                #expect(Knock(knock.encoded + [0]) == nil || knock.encoded.count != Knock.askByteCount)
                #expect(Knock(Array(knock.encoded.dropLast())) != knock)
                // Whoever asks is never sent more than he sent.
                #expect(knock.encoded.count <= Knock.ask(id).encoded.count)
            }
        }
    }

    @Test func whatIsNone() {
        for bytes: [UInt8] in [[], [0x6B], Array("x8 bytes!".utf8), Array("s8 bytes!IPv".utf8)] {
            #expect(Knock(bytes) == nil)
        }
        #expect(KnockID([1, 2, 3]) == nil)
    }
}
