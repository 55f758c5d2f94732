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

    @Test func nothingMovesWhereThereIsNoBlock() {
        let messages: [PeerMessage] = [.bitfield([0xFF]), .interested, .have(piece: 1), .request(request(2)), .choke]
        #expect(messages.blocksLast == messages)
    }

    @Test func theBitfieldStaysInFront() {
        let messages: [PeerMessage] = [.haveAll, .unchoke, block, .interested]
        #expect(messages.blocksLast == [.haveAll, .unchoke, .interested, block])
    }
}
