import Content
import Library
import NodeControl

/// Decides which pieces of an earlier get of a folder are believed. A file that is as it was left is; into others any
/// program may have written since: those that are whole are read before anything is fetched or served, those that are only
/// begun when they are whole too. What is wrong is fetched again, and nothing of other files.
struct FolderResumption: Sendable {
    let partial: PartialFolder
    let threads: NodeThreads
    /// As one asks for the folder.
    let text: String
    let progress: Downloads.Report

    /// What need not be fetched.
    struct Found: Sendable {
        var verified: Set<PieceIndex>
        /// Files of which that is only a part, and which are not as they were left.
        var begun: [Int]
        /// Of the files of which it is all.
        var layers: [PieceLayer]
    }

    func begin() async throws -> Found {
        let geometry = partial.part.layout.geometry
        var recorded: [Int: [PieceIndex]] = [:]
        for piece in partial.resumed {
            let file = geometry.file(of: piece)
            if partial.part.files.contains(file) { recorded[file, default: []].append(piece) }
        }
        let left = try await asLeft(recorded)
        let others = recorded.filter { left[$0.key] == nil }
        let (lost, layers) = try await recheck(others, hashes: PieceHashes(partial.part.layout))
        let verified = Set(recorded.values.joined()).subtracting(lost)
        let begun = others.keys.filter { file in
            let pieces = geometry.pieces(ofFiles: file..<file + 1)
            return pieces.contains(where: verified.contains) && !pieces.allSatisfy(verified.contains)
        }
        return Found(verified: verified, begun: begun.sorted(), layers: layers + left.values.compactMap(\.layer))
    }

    /// Those that need not be read.
    private func asLeft(_ recorded: [Int: [PieceIndex]]) async throws -> [Int: PartialFolder.Left] {
        let geometry = partial.part.layout.geometry
        return try await threads.files.run { [partial] flag in
            var left: [Int: PartialFolder.Left] = [:]
            for (file, pieces) in recorded {
                try flag.check()
                guard let known = partial.asLeft(file) else { continue }
                // Of one that is whole somebody has to know the hashes.
                let isWhole = pieces.count == geometry.pieces(ofFiles: file..<file + 1).count
                if known.layer != nil || !isWhole { left[file] = known }
            }
            return left
        }
    }

    /// What is wrong in files that were begun by an earlier get, now that they are whole.
    ///
    /// - Parameter hashes: As far as they are known by now.
    func lost(of begun: [Int], hashes: PieceHashes) async throws -> [PieceIndex] {
        let geometry = partial.part.layout.geometry
        return try await recheck(
            Dictionary(uniqueKeysWithValues: begun.map { ($0, Array(geometry.pieces(ofFiles: $0..<$0 + 1))) }),
            hashes: hashes
        ).lost
    }

    private func recheck(
        _ recorded: [Int: [PieceIndex]], hashes: PieceHashes
    ) async throws -> (lost: [PieceIndex], layers: [PieceLayer]) {
        guard !recorded.isEmpty else { return ([], []) }
        let layout = partial.part.layout
        let total = recorded.keys.reduce(Int64(0)) { $0 + layout.content(of: $1).size }
        let pace = ProgressPace()
        return try await threads.files.run { [partial, text, progress] flag in
            var done: Int64 = 0
            var lost: [PieceIndex] = []
            var layers: [PieceLayer] = []
            for (file, pieces) in recorded.sorted(by: { $0.key < $1.key }) {
                let found = try partial.recheck(file, pieces, hashes: hashes, flag: flag)
                lost += found.lost
                // One piece is its file's root.
                if pieces.count > 1, let layer = found.layer { layers.append(layer) }
                done += layout.content(of: file).size
                if let reading = NodeProgress(reading: text, done, total, pace) { progress(reading) }
            }
            return (lost, layers)
        }
    }
}
