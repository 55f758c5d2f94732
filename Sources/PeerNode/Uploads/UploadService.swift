import Connectivity
import Content
import Library
import Logging
import Transfer
import Wire

/// Serves members who dial us: what is published, and nothing else.
struct UploadService: Sendable {
    let sharing: Sharing
    let record: PublishedFiles
    let threads: NodeThreads
    let slots: UploadSlots
    let limits: UploadLimits
    let peerID: PeerID
    let logger: Logger

    /// Serves one link until it ends. A link that asks for what is not published is closed without a word.
    func serve(_ incoming: IncomingLink) async {
        let hash = incoming.handshake.infoHash
        guard let (file, served) = await open(hash) else {
            logger.info("Not served: nothing of that kind is published", metadata: ["member": "\(incoming.member)"])
            return await incoming.refuse()
        }
        guard let link = try? await incoming.accept(PeerHandshake(infoHash: hash, peerID: peerID)) else { return }
        let run = UploadRun(
            link: MemberLink(link: link), source: FileSource(file: served, threads: threads.reading), slots: slots,
            limits: limits, logger: logger)
        guard let id = await sharing.beginUpload(of: file.content, stop: { run.stop() }) else {
            return await link.close()
        }
        let summary = await run.run()
        await sharing.endUpload(id)
        if case .sourceChanged = summary.end { await sharing.foundChanged(file) }
    }

    /// The first file of the content that still is what was hashed.
    private func open(_ hash: TruncatedInfoHash) async -> (LocalFile, ServedFile)? {
        for file in await sharing.files(for: hash) {
            guard let layer = try? await record.layer(of: file.content) else { continue }
            do {
                let served = try await threads.files.run { _ in
                    try ServedFile(path: file.path, stamp: file.stamp, layer: layer)
                }
                return (file, served)
            } catch let failure as FileFailure where failure.isChange {
                await sharing.foundChanged(file)
            } catch {
                logger.warning("Not served", metadata: ["name": "\(file.name)", "reason": "\(error)"])
            }
        }
        return nil
    }
}
