import Content
import Library
import NodeControl

/// Decides which pieces of an earlier get of a folder are believed. They lay about since, where any program may have
/// written into them: files that are whole are read before anything is fetched or served, those that are only begun when
/// they are whole too. What is wrong is fetched again, and nothing of other files.
struct FolderResumption: Sendable {
    let partial: PartialFolder
    let threads: NodeThreads
    /// As one asks for the folder.
    let text: String
    let progress: Downloads.Report

    /// The pieces that need not be fetched, and the files of which these are only a part.
    func begin() async throws -> (verified: Set<PieceIndex>, begun: [Int]) {
        let geometry = partial.part.layout.geometry
        var recorded: [Int: [PieceIndex]] = [:]
        for piece in partial.resumed {
            let file = geometry.file(of: piece)
            if partial.part.files.contains(file) { recorded[file, default: []].append(piece) }
        }
        let lost = try await recheck(recorded, hashes: PieceHashes(partial.part.layout))
        let verified = Set(recorded.values.joined()).subtracting(lost)
        let begun = recorded.keys.filter { file in
            let pieces = geometry.pieces(ofFiles: file..<file + 1)
            return pieces.contains(where: verified.contains) && !pieces.allSatisfy(verified.contains)
        }
        return (verified, begun.sorted())
    }

    /// What is wrong in files that were begun by an earlier get, now that they are whole.
    ///
    /// - Parameter hashes: As far as they are known by now.
    func lost(of begun: [Int], hashes: PieceHashes) async throws -> [PieceIndex] {
        let geometry = partial.part.layout.geometry
        return try await recheck(
            Dictionary(uniqueKeysWithValues: begun.map { ($0, Array(geometry.pieces(ofFiles: $0..<$0 + 1))) }),
            hashes: hashes)
    }

    private func recheck(_ recorded: [Int: [PieceIndex]], hashes: PieceHashes) async throws -> [PieceIndex] {
        guard !recorded.isEmpty else { return [] }
        let layout = partial.part.layout
        let total = recorded.keys.reduce(Int64(0)) { $0 + layout.content(of: $1).size }
        let pace = ProgressPace()
        return try await threads.files.run { [partial, text, progress] flag in
            var done: Int64 = 0
            return try recorded.sorted { $0.key < $1.key }.flatMap { file, pieces in
                let lost = try partial.recheck(file, pieces, hashes: hashes, flag: flag)
                done += layout.content(of: file).size
                if let reading = NodeProgress(reading: text, done, total, pace) { progress(reading) }
                return lost
            }
        }
    }
}
