import NIOCore
import Testing
import Transfer
import Wire

/// What somebody waits for does not wait behind blocks.
struct BlocksLastTests {
    private let block = PeerMessage.piece(piece: 0, begin: 0, data: ByteBuffer(repeating: 1, count: 16))

    private func request(_ piece: UInt32) -> BlockRequest { BlockRequest(piece: piece, begin: 0, length: 16_384) }

    @Test func requestsOvertakeBlocksAndKeepTheirOrder() {
        let messages: [PeerMessage] = [
            .unchoke, block, .request(request(1)), block, .reject(request(9)), .cancel(request(1)), .have(piece: 3),
        ]
        #expect(
            messages.blocksLast == [
                .unchoke, .request(request(1)), .cancel(request(1)), block, block, .reject(request(9)), .have(piece: 3),
            ])
    }

    @Test func inALimitedRateWhatPrecedesTheBlocksWaitsForNone() {
        let messages: [PeerMessage] = [.request(request(1)), .cancel(request(2)), block, block, .have(piece: 3), block]
        #expect(messages.portions(of: .max).map(Array.init) == [messages])
        #expect(
            messages.portions(of: 32).map(Array.init) == [
                [.request(request(1)), .cancel(request(2))], [block, block], [.have(piece: 3), block],
            ])
        #expect([block, block].portions(of: 16).count == 2)
        #expect([PeerMessage.unchoke].portions(of: 16).count == 1)
        #expect([PeerMessage]().portions(of: 16).isEmpty)
    }

    @Test func nothingMovesWhereThereIsNoBlock() {
        let messages: [PeerMessage] = [.bitfield([0xFF]), .interested, .have(piece: 1), .request(request(2)), .choke]
        #expect(messages.blocksLast == messages)
    }

    @Test func theBitfieldStaysInFront() {
        let messages: [PeerMessage] = [.haveAll, .unchoke, block, .interested]
        #expect(messages.blocksLast == [.haveAll, .unchoke, .interested, block])
    }
}
