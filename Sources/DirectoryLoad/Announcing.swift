import FoundationEssentials
import Glibc
import Wire

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
    /// What is sent besides of each swarm (BEP 41); empty for who asks for nothing.
    var paths: [[UInt8]] = []

    func run() throws {
        let socket = try BatchSocket(host: host, port: port)
        let connection = isEcho ? 0 : try connect(socket)
        if !paths.isEmpty {
            try warm(socket, connection)
            say("ready")
        }
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
                fill(&announce, connection, number)
                announce.withBytes { socket.send($0) }
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

    private func fill(_ announce: inout Packet, _ connection: UInt64, _ number: UInt32) {
        let swarm = Int(number) % swarms
        announce.fill(
            connection: connection, number: number, swarm: swarm, wanted: wanted,
            path: paths.isEmpty ? nil : paths[swarm])
    }

    /// Until each swarm was answered once: what it is about, the directory has to be asked first.
    private func warm(_ socket: BatchSocket, _ connection: UInt64) throws {
        var left = Set(0..<swarms)
        var announce = Packet()
        for _ in 0..<10_000 where !left.isEmpty {
            for swarm in left.prefix(window) {
                fill(&announce, connection, UInt32(swarms + swarm))
                announce.withBytes { socket.send($0) }
            }
            socket.flush()
            var isQuiet = false
            while !isQuiet {
                socket.wait(20)
                isQuiet =
                    socket.receive { answer in
                        guard answer.count >= 20, answer[3] == 1 else { return }
                        let number = UInt32(bigEndian: answer.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                        left.remove(Int(number) - swarms)
                    } == 0
            }
        }
        guard left.isEmpty else { throw LoadError.server("\(left.count) swarms are not answered") }
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

/// What a member's torrents tell the tracker, by what ``Preparing`` wrote.
struct MembersPaths {
    let folder: String
    let population: Population

    static func file(_ folder: String) -> String { "\(folder)/tracker-path" }

    /// Of so many contents.
    func texts(_ count: Int) throws -> [[UInt8]] {
        let text = try Data(contentsOf: URL(filePath: Self.file(folder)))
        guard count <= population.contents, let path = text.withUnsafeBytes({ TrackerPath($0) }) else {
            throw LoadError.usage("prepare with three times as many publications as swarms")
        }
        return (0..<count).map {
            Array(TrackerPath(passkey: path.passkey, content: population.content($0)).text.utf8)
        }
    }
}

/// An announce, of which few bytes differ from one to the next.
private struct Packet {
    private static let byteCount = 98
    private var bytes = [UInt8](repeating: 0, count: byteCount + 2 + 255)
    private var count = byteCount

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    mutating func fill(connection: UInt64, number: UInt32, swarm: Int, wanted: UInt32, path: [UInt8]?) {
        count = Self.byteCount + (path.map { 2 + $0.count } ?? 0)
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: connection.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: UInt32(1).bigEndian, toByteOffset: 8, as: UInt32.self)
            bytes.storeBytes(of: number.bigEndian, toByteOffset: 12, as: UInt32.self)
            // The info-hash, the peer's id, what is left, and where it listens.
            bytes.storeBytes(
                of: UInt64(swarm) &* 0x9E37_79B9_7F4A_7C15, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: UInt64(number) &* 0xD1B5_4A32_D192_ED03, toByteOffset: 36, as: UInt64.self)
            bytes.storeBytes(of: UInt64(1).bigEndian, toByteOffset: 64, as: UInt64.self)
            bytes.storeBytes(of: wanted.bigEndian, toByteOffset: 92, as: UInt32.self)
            bytes.storeBytes(of: UInt16(1_024 + number % 60_000).bigEndian, toByteOffset: 96, as: UInt16.self)
            guard let path else { return }
            bytes[Self.byteCount] = 2
            bytes[Self.byteCount + 1] = UInt8(path.count)
            UnsafeMutableRawBufferPointer(rebasing: bytes[(Self.byteCount + 2)...]).copyBytes(from: path)
        }
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
