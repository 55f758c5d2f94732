import Content
import Library
import Logging
import NodeControl
import Wire

/// From names to contents: what somebody waits for first, the rest when there is time.
extension Shares {
    private static let portion = 64

    /// Others wait for these publications of ours.
    func want(_ publications: [PublicationID]) {
        guard !publications.isEmpty, order.want(publications) else { return }
        wants.ring()
    }

    func keepHashingWanted() async {
        for await _ in wants.rings {
            let files = (try? await parts.folders.unhashed(order.takeWanted())) ?? []
            for file in files where !away.contains(file.folder) { await hash(file, parts.threads.wanted) }
        }
    }

    func keepHashing() async {
        for await _ in hashes.rings {
            while !Task.isCancelled, await hashSome() {}
            parts.folders.rest()
        }
    }

    /// False where there is nothing left, or names come first.
    private func hashSome() async -> Bool {
        if isBehind { return false }
        switch order.next() {
        case .idle: return false
        case .rest(let time):
            try? await Task.sleep(for: time)
            return true
        case .found(let last):
            let files = (try? await parts.folders.unhashed(after: last, besides: away, limit: Self.portion)) ?? []
            if files.isEmpty { order.foundNone() }
            for file in files {
                let begun = ContinuousClock.now
                await hash(file, parts.threads.idle)
                order.worked(on: file.entry, for: begun.duration(to: .now))
                if case .rest(let time) = order.next() { try? await Task.sleep(for: time) }
                if Task.isCancelled { return false }
            }
            return true
        }
    }

    private func hash(_ file: SharedFile, _ hasher: FileHasher) async {
        do {
            let hashed = try await hasher.hash(file.path)
            let hash = InfoHashes.canonical(hashed.layer.content, certificate: certificate)
            guard try await parts.folders.hashed(file, hashed, hash) else { return await foundChanged(file) }
            tells.ring()
        } catch let failure as FileFailure {
            try? await parts.folders.couldNotHash(file)
            if failure.isChange { await foundChanged(file) }
        } catch is CancellationError {
            return
        } catch {
            parts.logger.warning(
                "A shared file was not hashed", metadata: ["path": "\(file.path)", "reason": "\(error)"])
        }
    }

    // MARK: Serving

    /// Files that are here, with the content of a canonical info-hash.
    func files(for hash: TruncatedInfoHash) async -> [SharedFile] {
        guard isServing, !list.isEmpty else { return [] }
        let files = (try? await parts.folders.files(hash)) ?? []
        return files.filter { !away.contains($0.folder) }
    }

    /// Whether it is still shared.
    func isThere(_ file: SharedFile) -> Bool {
        isServing && !away.contains(file.folder) && list.contains { $0.number == file.folder }
    }

    func layer(of file: SharedFile) async -> PieceLayer? { try? await parts.folders.layer(of: file) }
}
