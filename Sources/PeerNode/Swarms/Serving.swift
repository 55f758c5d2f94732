import Connectivity
import Content
import Library
import Logging
import Transfer
import Wire

/// Takes in members who dial us: to what is published, to what was fetched, and to what is just being fetched.
struct Serving: Sendable {
    private struct Opened {
        let source: any ContentSource
        let path: String
        let hashes: PieceHashes
        /// The source is not the content any more.
        let changed: @Sendable () async -> Void
        /// Asked after it is served from: nobody may have withdrawn it meanwhile.
        let isWanted: @Sendable () async -> Bool

        init(
            _ file: ServedFile, _ threads: NodeThreads, changed: @escaping @Sendable () async -> Void,
            isWanted: @escaping @Sendable () async -> Bool
        ) {
            source = FileSource(file: file, threads: threads)
            path = file.path
            hashes = PieceHashes(file.layer)
            self.changed = changed
            self.isWanted = isWanted
        }

        init(
            _ folder: ServedFolder, _ threads: NodeThreads, changed: @escaping @Sendable () async -> Void,
            isWanted: @escaping @Sendable () async -> Bool
        ) {
            source = FolderSource(folder: folder, threads: threads)
            path = folder.path
            hashes = folder.hashed.hashes
            self.changed = changed
            self.isWanted = isWanted
        }
    }

    let here: WhatIsHere
    let restrictions: Restrictions
    let swarms: Swarms
    let threads: NodeThreads
    let peerID: PeerID
    let logger: Logger
    private let openings = Openings()
    private let demanded = DemandedHashes()

    /// Brings a link to the run of its content, which is begun where there is none. A link that asks for what is not
    /// here is closed without a word.
    func serve(_ incoming: IncomingLink) async {
        let hash = incoming.handshake.infoHash
        guard let run = await run(for: hash, incoming.member) else {
            logger.info("Not served: nothing of that kind is here", metadata: ["member": "\(incoming.member)"])
            return await incoming.refuse()
        }
        guard let link = try? await incoming.accept(PeerHandshake(infoHash: hash, peerID: peerID)) else {
            return await incoming.refuse()
        }
        let memberLink = MemberLink(link: link)
        if run.add(memberLink, isDialled: false) { return }
        // It ended a moment ago, which a new one does not.
        if await self.run(for: hash, incoming.member)?.add(memberLink, isDialled: false) == true { return }
        await link.close()
    }

    private func run(for hash: TruncatedInfoHash, _ member: UserName) async -> SwarmRun? {
        let files = await here.sharing.files(for: hash)
        let held =
            here.holdings.content(for: hash) ?? here.folders.content(for: hash) ?? here.inner.content(for: hash)
        let known = files.first?.content ?? held
        let shared = known?.kind == .folder ? [] : await here.shares.files(for: hash)
        guard let content = known ?? shared.first?.content else { return nil }
        if let run = swarms[content] { return run }
        guard swarms.isServing else { return nil }
        // Those who come while a folder is looked at wait for the run that this leads to.
        guard await openings.begin(content) else { return nil }
        let run = await self.run(of: content, files, shared, for: member)
        await openings.end(content)
        return run
    }

    private func run(
        of content: ContentID, _ files: [LocalFile], _ shared: [SharedFile], for member: UserName
    ) async -> SwarmRun? {
        if let run = swarms[content] { return run }
        let found =
            content.kind == .file
            ? await open(content, here.files(of: content, files) + here.files(shared), for: member)
            : await openFolder(content, files)
        guard let opened = found else { return nil }
        // This member may have begun to fetch it meanwhile.
        if let run = swarms[content] { return run }
        let opening = restrictions.newOpening()
        let grounds = shared.map {
            ($0.publication, $0.top, Restrictions.Ground.shared($0.folder, opening: opening))
        }
        for (publication, top, ground) in grounds { restrictions.insert(content, ground, publication, top: top) }
        let run = swarms.seed(opened.source, at: opened.path, opened.hashes) { end in
            for (_, _, ground) in grounds { restrictions.remove(content, ground) }
            if end == .sourceChanged { await opened.changed() }
        }
        if run == nil {
            for (_, _, ground) in grounds { restrictions.remove(content, ground) }
        }
        guard await opened.isWanted() else {
            run?.stop()
            return nil
        }
        return run
    }

    /// The first file of the content that still is what was hashed.
    private func open(_ content: ContentID, _ candidates: [WhatIsHere.File], for member: UserName) async -> Opened? {
        for candidate in candidates {
            guard let layer = await layer(of: content, candidate, for: member) else { continue }
            let served = await open(candidate.path, candidate.changed) {
                try await threads.files.run { _ in
                    try ServedFile(path: candidate.path, stamp: candidate.stamp, layer: layer)
                }
            }
            if let served {
                return Opened(served, threads, changed: candidate.changed, isWanted: candidate.isWanted)
            }
        }
        return nil
    }

    /// What lies in a folder was hashed by the folder's pieces: when it is first asked for by itself, it is read once more.
    private func layer(of content: ContentID, _ candidate: WhatIsHere.File, for member: UserName) async -> PieceLayer? {
        if let known = try? await here.record.layer(of: content) { return known }
        if let known = await candidate.layer() { return known }
        let hashed = await open(candidate.path, candidate.changed) {
            try await demanded.hash(candidate.path, candidate.stamp, content, for: member, threads)
        }
        guard let hashed = hashed.flatMap(\.self) else { return nil }
        try? await here.record.remember(candidate.path, hashed)
        return hashed.layer
    }

    /// The first folder of the content in which each file still is what was hashed.
    private func openFolder(_ content: ContentID, _ files: [LocalFile]) async -> Opened? {
        await here.folder(of: content, files) { folder in
            let served = await open(folder.path, folder.changed) {
                try await threads.files.run { _ in
                    let served = try ServedFolder(path: folder.path, hashed: folder.hashed)
                    try served.check()
                    return served
                }
            }
            return served.map { Opened($0, threads, changed: folder.changed, isWanted: folder.isWanted) }
        }
    }

    private func open<Served: Sendable>(
        _ path: String, _ changed: @Sendable () async -> Void, _ body: @Sendable () async throws -> Served
    ) async -> Served? {
        do {
            return try await body()
        } catch let failure as FileFailure where failure.isChange {
            await changed()
        } catch {
            logger.warning("Not served", metadata: ["path": "\(path)", "reason": "\(error)"])
        }
        return nil
    }
}
