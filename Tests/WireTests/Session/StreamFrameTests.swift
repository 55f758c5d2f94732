import NIOCore
import TestKit
import Testing
import Wire

struct StreamFrameTests {
    private func datagrams(of bytes: [UInt8], pieces: [Int]) throws(StreamFrameError) -> [[UInt8]] {
        var frames = StreamFrames()
        var (taken, start) = ([[UInt8]](), 0)
        for count in pieces where start < bytes.count {
            let end = min(start + max(1, count), bytes.count)
            frames.append(ByteBuffer(bytes: bytes[start..<end]))
            while let datagram = try frames.next() { taken.append(Array(datagram.readableBytesView)) }
            start = end
        }
        return taken
    }

    @Test func datagramsComeApartInWhateverPiecesTheyCome() throws {
        var random = SeededRandom.fresh()
        let sent = (0..<50).map { _ in
            random.bytes(Int.random(in: 1...Datagram.maximumByteCount, using: &random))
        }
        var buffer = ByteBuffer()
        for datagram in sent { StreamFrame.write(datagram, into: &buffer) }
        let bytes = Array(buffer.readableBytesView)
        #expect(try datagrams(of: bytes, pieces: [bytes.count]) == sent)
        #expect(try datagrams(of: bytes, pieces: Array(repeating: 1, count: bytes.count)) == sent)
        let pieces = (0..<bytes.count).map { _ in Int.random(in: 1...3_000, using: &random) }
        #expect(try datagrams(of: bytes, pieces: pieces) == sent)
        #expect(try datagrams(of: Array(bytes.dropLast()), pieces: [bytes.count]) == sent.dropLast())
    }

    @Test func theLayout() {
        var buffer = ByteBuffer()
        StreamFrame.write([7, 8, 9], into: &buffer)
        #expect(Array(buffer.readableBytesView) == [0, 3, 7, 8, 9])
    }

    /// Before anything of it is waited for.
    @Test(arguments: [0, Datagram.maximumByteCount + 1, 65_535]) func aLengthThatNoDatagramHasIsRefused(length: Int) {
        let bytes = [0, 1, 7] + [UInt8(length >> 8), UInt8(length & 0xFF)]
        #expect(throws: StreamFrameError(length: length)) { try datagrams(of: bytes, pieces: [5]) }
    }
}
