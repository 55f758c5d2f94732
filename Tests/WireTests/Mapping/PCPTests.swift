import TestKit
import Testing
import Wire

/// The bytes of the Port Control Protocol, as RFC 6887 draws them.
@Suite struct PCPTests {
    private let nonce = [UInt8](1...12)

    private static let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// A router's answer to a request for a mapping.
    private func answer(
        version: UInt8 = 2, operation: UInt8 = 0x81, result: UInt8 = 0, transport: UInt8 = 6, more: [UInt8] = []
    ) -> [UInt8] {
        let head: [UInt8] = [version, operation, 0, result, 0, 0, 0x1C, 0x20, 0, 0, 0x04, 0xD2]
        return head + [UInt8](repeating: 0, count: 12) + nonce + [transport, 0, 0, 0, 0x9C, 0x40, 0x9C, 0x41]
            + Self.prefix + [11, 1, 2, 3] + more
    }

    @Test func aRequestForAMappingHasSixtyBytes() {
        let mapping = PCPMapping(
            nonce: nonce, internalPort: 0x1234, externalAddress: [0, 0, 0, 0], externalPort: 0x5678)
        let bytes = PCPRequest(client: [192, 168, 1, 2], lifetime: 7_200, operation: .map(mapping)).encoded
        #expect(
            bytes == [2, 1, 0, 0, 0, 0, 0x1C, 0x20] + Self.prefix + [192, 168, 1, 2] + nonce
                + [6, 0, 0, 0, 0x12, 0x34, 0x56, 0x78] + Self.prefix + [0, 0, 0, 0])
        #expect(bytes.count == 60)
    }

    @Test func longAddressesStandAsTheyAre() {
        let address = [0x20, 0x01] + [UInt8](repeating: 7, count: 14)
        let bytes = PCPRequest(client: address, operation: .announce).encoded
        #expect(bytes == [2, 0, 0, 0, 0, 0, 0, 0] + address)
    }

    @Test func anAnswerSaysWhatThereIs() {
        guard case .mapped(let head, let mapping)? = PCPAnswer(answer()) else {
            Issue.record("no mapping")
            return
        }
        #expect(head.result == .success && head.lifetime == 7_200 && head.epoch == 1_234)
        #expect(
            mapping
                == PCPMapping(
                    nonce: nonce, internalPort: 40_000, externalAddress: [11, 1, 2, 3], externalPort: 40_001))
    }

    @Test func optionsBehindItAreNoConcernOfOurs() {
        #expect(PCPAnswer(answer(more: [1, 0, 0, 0])) == PCPAnswer(answer()))
    }

    @Test func anAnnouncementHasTheEpoch() {
        let bytes = Array(answer(operation: 0x80).prefix(24))
        guard case .announced(let head)? = PCPAnswer(bytes) else {
            Issue.record("no announcement")
            return
        }
        #expect(head.epoch == 1_234)
    }

    @Test func refusalsHaveWords() {
        guard case .mapped(let head, _)? = PCPAnswer(answer(result: 8)) else {
            Issue.record("no refusal")
            return
        }
        #expect(head.result.description == "the router has no room for it")
        #expect(Set((0...14).map { PCPResult(rawValue: $0).description }).count == 14)
    }

    /// RFC 6887 §9: NAT-PMP's is an answer of eight bytes.
    @Test func anotherVersionIsToldApart() {
        #expect(PCPAnswer([0, 0x81, 0, 1, 0, 0, 0, 9]) == .otherVersion(0))
        #expect(PCPAnswer(answer(version: 1, result: 1)) == .otherVersion(1))
        #expect(PCPAnswer(answer(result: 1)) == .otherVersion(2))
        #expect(PCPAnswer([0, 0x80, 0, 0, 0, 0, 0, 9, 11, 1, 2, 3]) == nil)
    }

    @Test func whatIsNoAnswerIsIgnored() {
        #expect(PCPAnswer([]) == nil)
        #expect(PCPAnswer(answer(operation: 0x01)) == nil)
        #expect(PCPAnswer(answer(operation: 0x82)) == nil)
        #expect(PCPAnswer(answer(transport: 17)) == nil)
        #expect(PCPAnswer(answer(more: [0])) == nil)
        #expect(PCPAnswer(answer(more: [UInt8](repeating: 0, count: 1_044))) == nil)
        for length in 0..<60 { #expect(PCPAnswer(Array(answer().prefix(length))) == nil) }
    }
}
