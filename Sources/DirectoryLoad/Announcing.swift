import Glibc

/// Plain announces of BEP 15 with a window of them always on its way: what any UDP tracker does.
struct Announcing {
    let host: String
    let port: UInt16
    let window: Int
    let seconds: Double
    /// Of the swarms that are announced, and how many peers each asks for.
    let swarms: Int
    let wanted: UInt32

    private static let protocolID: UInt64 = 0x417_2710_1980

    /// Whatever answers gives back what it got: then nothing is looked at.
    let isEcho: Bool

    func run() throws {
        let socket = try BatchSocket(host: host, port: port)
        let connection = isEcho ? 0 : try connect(socket)
        var (answered, refused) = (0, 0)
        var number: UInt32 = 0
        var announce = Packet()
        let begun = nanoseconds()
        let end = begun + Int64(seconds * 1e9)
        var now = begun
        var underWay = UnderWay(now: begun)
        while now < end {
            while underWay.count < window {
                number &+= 1
                announce.fill(connection: connection, number: number, swarms: swarms, wanted: wanted)
                socket.send(announce.bytes)
                underWay.count += 1
            }
            socket.flush()
            let count = socket.receive { answer in
                underWay.count -= 1
                if isEcho || answer.count >= 20 && answer[3] == 1 { answered += 1 } else { refused += 1 }
            }
            if count == 0 { socket.wait(1) }
            now = nanoseconds()
            underWay.look(received: count, now: now)
        }
        say("answered \(answered) lost \(underWay.lost) refused \(refused) seconds \(Double(now - begun) / 1e9)")
    }

    private func connect(_ socket: BatchSocket) throws -> UInt64 {
        var request = Self.protocolID.bigEndianBytes
        request += UInt32(0).bigEndianBytes
        request += UInt32(7).bigEndianBytes
        for _ in 0..<50 {
            socket.send(request)
            socket.flush()
            socket.wait(100)
            var connection: UInt64?
            _ = socket.receive { answer in
                guard answer.count == 16, answer[3] == 0, answer[7] == 7 else { return }
                connection = UInt64(bigEndian: answer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            if let connection { return connection }
        }
        throw LoadError.server("no tracker answers at \(host):\(port)")
    }
}

/// An announce, of which few bytes differ from one to the next.
private struct Packet {
    private(set) var bytes = [UInt8](repeating: 0, count: 98)

    mutating func fill(connection: UInt64, number: UInt32, swarms: Int, wanted: UInt32) {
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: connection.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: UInt32(1).bigEndian, toByteOffset: 8, as: UInt32.self)
            bytes.storeBytes(of: number.bigEndian, toByteOffset: 12, as: UInt32.self)
            // The info-hash, the peer's id, what is left, and where it listens.
            bytes.storeBytes(
                of: UInt64(Int(number) % swarms) &* 0x9E37_79B9_7F4A_7C15, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: UInt64(number) &* 0xD1B5_4A32_D192_ED03, toByteOffset: 36, as: UInt64.self)
            bytes.storeBytes(of: UInt64(1).bigEndian, toByteOffset: 64, as: UInt64.self)
            bytes.storeBytes(of: wanted.bigEndian, toByteOffset: 92, as: UInt32.self)
            bytes.storeBytes(of: UInt16(1_024 + number % 60_000).bigEndian, toByteOffset: 96, as: UInt16.self)
        }
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
