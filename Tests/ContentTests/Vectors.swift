import Content
import FoundationEssentials

/// The vectors of a file beside this one, as its JSON has them.
enum Vectors {
    static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "\(folder)/Vectors/\(name)"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }

    /// The content that a length and a seed stand for: byte i is (i²·seed + 7i + seed) mod 251, i counted
    /// modulo 251.
    static func content(length: Int, seed: Int) -> [UInt8] {
        let period = (0..<251).map { UInt8(($0 * $0 * seed + 7 * $0 + seed) % 251) }
        return (0..<length).map { period[$0 % 251] }
    }

    static func layer(of bytes: [UInt8], pieceLength: Int) throws -> PieceLayer {
        guard let geometry = Geometry(size: Int64(bytes.count), pieceLength: pieceLength) else {
            throw PieceLayerError.pieceLength
        }
        var hasher = ContentHasher(geometry: geometry)
        try hasher.update(bytes)
        return try hasher.finish()
    }

    /// What ``layer(of:pieceLength:)`` must find, made the slow way: all leaves, padded, layer by layer.
    static func plainRoot(of leaves: [Hash256], width: Int) -> Hash256 {
        var nodes = leaves + Array(repeating: Hash256.zero, count: width - leaves.count)
        while nodes.count > 1 {
            nodes = stride(from: 0, to: nodes.count, by: 2).map { Hash256(left: nodes[$0], right: nodes[$0 + 1]) }
        }
        return nodes[0]
    }

    static func leaves(of bytes: [UInt8]) -> [Hash256] {
        stride(from: 0, to: bytes.count, by: Geometry.blockLength).map {
            Hash256(hashing: bytes[$0..<min($0 + Geometry.blockLength, bytes.count)])
        }
    }
}
