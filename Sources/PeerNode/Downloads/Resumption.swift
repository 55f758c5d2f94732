import Content
import Library
import NodeControl
import Transfer

/// Decides which pieces of an earlier run are believed. A partial file that is as it was left is believed; otherwise any
/// program may have written into it, and what is there is read once more.
struct Resumption: Sendable {
    let partial: PartialFile
    let threads: NodeThreads

    /// What there is from an earlier run is not certainly what it was.
    var isUnproven: Bool { !partial.isAsLeft && !partial.resumed.isEmpty }

    /// The pieces that need not be fetched. Without the hashes of the pieces, nothing can be told yet: then all of them,
    /// and the whole is to be proven in the end.
    func verified(
        _ layer: PieceLayer?, of name: String, progress: @escaping Downloads.Report
    ) async throws -> [PieceIndex] {
        guard isUnproven, let layer else { return partial.resumed }
        let source = PartialSource(file: partial, threads: threads)
        let pace = ProgressPace()
        let geometry = partial.geometry
        let total = partial.resumed.reduce(Int64(0)) { $0 + Int64(geometry.length(of: $1)) }
        var done: Int64 = 0
        var spoiled: Set<PieceIndex> = []
        for piece in partial.resumed {
            try Task.checkCancellation()
            if !layer.matches(piece, blockHashes: try await source.leafHashes(of: piece)) { spoiled.insert(piece) }
            done += Int64(geometry.length(of: piece))
            if let reading = NodeProgress(reading: name, done, total, pace) { progress(reading) }
        }
        guard !spoiled.isEmpty else { return partial.resumed }
        let forgotten = spoiled
        try await threads.files.run { [partial] _ in try partial.forget(forgotten) }
        return partial.resumed.filter { !spoiled.contains($0) }
    }
}
