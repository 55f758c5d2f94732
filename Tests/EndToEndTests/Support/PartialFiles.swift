import Content
import FoundationEssentials
import Library
import TestKit

/// What the record of a partial file vouches for, read as the program does when it goes on.
enum PartialFiles {
    static func verified(of content: ContentID, in folder: String) throws -> Set<PieceIndex> {
        guard try FileManager.default.contentsOfDirectory(atPath: folder).contains(where: { $0.hasSuffix(".have") })
        else { return [] }
        return Set(try open(content, in: folder).resumed)
    }

    /// In bytes; 0 where there is none.
    static func verifiedBytes(of content: ContentID, in folder: String) throws -> Int {
        let geometry = Geometry(canonicalFor: content)
        return try verified(of: content, in: folder).reduce(0) { $0 + geometry.length(of: $1) }
    }

    /// Changes a byte that the record vouches for.
    static func spoil(_ content: ContentID, in folder: String) throws {
        let partial = try open(content, in: folder)
        guard let first = partial.resumed.first else { throw TestKitError.timedOut("nothing was recorded") }
        let offset = partial.geometry.offset(of: first)
        var byte: UInt8 = 0
        try withUnsafeMutableBytes(of: &byte) { try partial.read(into: $0, at: offset) }
        byte ^= 1
        try withUnsafeBytes(of: byte) { try partial.write([$0], at: offset) }
    }

    private static func open(_ content: ContentID, in folder: String) throws -> PartialFile {
        try PartialFile(
            of: content, geometry: Geometry(canonicalFor: content), in: folder,
            threads: IOThreads(limit: 1, label: "test"))
    }
}
