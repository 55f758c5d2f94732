import Connectivity
import Content
import Library
import Logging
import Transfer
import Wire

/// Takes in members who dial us: to what is published, to what was fetched, and to what is just being fetched.
struct Serving: Sendable {
    private struct Opened {
        let file: ServedFile
        /// The source is not the content any more.
        let changed: @Sendable () async -> Void
        /// Asked after it is served from: nobody may have withdrawn it meanwhile.
        let isWanted: @Sendable () async -> Bool
    }

    let sharing: Sharing
    let holdings: Holdings
    let swarms: Swarms
    let record: PublishedFiles
    let threads: NodeThreads
    let peerID: PeerID
    let logger: Logger

    /// Brings a link to the run of its content, which is begun where there is none. A link that asks for what is not
    /// here is closed without a word.
    func serve(_ incoming: IncomingLink) async {
        let hash = incoming.handshake.infoHash
        guard let run = await run(for: hash) else {
            logger.info("Not served: nothing of that kind is here", metadata: ["member": "\(incoming.member)"])
            return await incoming.refuse()
        }
        guard let link = try? await incoming.accept(PeerHandshake(infoHash: hash, peerID: peerID)) else {
            return await incoming.refuse()
        }
        let memberLink = MemberLink(link: link)
        if run.add(memberLink, isDialled: false) { return }
        // It ended a moment ago, which a new one does not.
        if await self.run(for: hash)?.add(memberLink, isDialled: false) == true { return }
        await link.close()
    }

    private func run(for hash: TruncatedInfoHash) async -> Swarms.Run? {
        let files = await sharing.files(for: hash)
        let found = files.first?.content ?? holdings.content(for: hash) ?? swarms.content(named: hash)
        guard let content = found else { return nil }
        if let run = swarms[content] { return run }
        guard let opened = await open(content, files) else { return nil }
        let run = swarms.seed(FileSource(file: opened.file, threads: threads), PieceHashes(opened.file.layer)) { end in
            if end == .sourceChanged { await opened.changed() }
        }
        guard await opened.isWanted() else {
            run?.stop()
            return nil
        }
        return run
    }

    /// The first file of the content that still is what was hashed.
    private func open(_ content: ContentID, _ files: [LocalFile]) async -> Opened? {
        for file in files {
            guard let layer = try? await record.layer(of: file.content) else { continue }
            let changed: @Sendable () async -> Void = { [sharing] in await sharing.foundChanged(file) }
            guard let served = await open(file.path, file.stamp, layer, changed) else { continue }
            return Opened(file: served, changed: changed) { [sharing] in await sharing.isShared(content) }
        }
        guard let file = holdings.file(of: content), let layer = try? await record.layer(of: content) else {
            return nil
        }
        let changed: @Sendable () async -> Void = { [holdings] in await holdings.drop(content) }
        guard let served = await open(file.path, file.stamp, layer, changed) else { return nil }
        return Opened(file: served, changed: changed) { [holdings] in holdings.file(of: content) != nil }
    }

    private func open(
        _ path: String, _ stamp: FileStamp, _ layer: PieceLayer, _ changed: @Sendable () async -> Void
    ) async -> ServedFile? {
        do {
            return try await threads.files.run { _ in try ServedFile(path: path, stamp: stamp, layer: layer) }
        } catch let failure as FileFailure where failure.isChange {
            await changed()
        } catch {
            logger.warning("Not served", metadata: ["path": "\(path)", "reason": "\(error)"])
        }
        return nil
    }
}
