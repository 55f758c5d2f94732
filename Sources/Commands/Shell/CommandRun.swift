import NodeControl
import Terminal

/// Carries out one command and says what came of it.
struct CommandRun: Sendable {
    let node: any NodeControl
    let voice: Voice
    let names: Names
    let presence: ServerPresence
    /// Where downloads go.
    let directory: String
    let home: String?
    let now: @Sendable () -> Int64
    /// Of the window.
    let columns: Int
    /// It is this command's own, and nothing goes on when that ends.
    let isNodeEnding: Bool
    let asking: Asking

    /// Whether all of it succeeded. Every sentence is said already.
    func run(_ action: Action) async -> Bool {
        switch action {
        case .listPeers: await listPeers()
        case .listPublished: await listPublished()
        case .search(let terms): await search(terms)
        case .listMatching(let terms): await listMatching(terms)
        case .saveSearch(let draft): await saveSearch(draft)
        case .listSearches: await listSearches()
        case .lookAtSearch(let name): await look(at: name)
        case .forgetSearch(let name): await forgetSearch(name)
        case .listBlocked: await listBlocked()
        case .block(let members): await each(members, of: .block, areNamed: true) { await block($0) }
        case .unblock(let members): await each(members, of: .unblock, areNamed: true) { await unblock($0) }
        case .listSettings: await listSettings()
        case .showSetting(let key): await showSetting(key)
        case .set(let key, let value): await set(key, to: value)
        case .browse(let member, let folder): await browse(member, folder)
        case .listPublishedLong: await listPublished(isLong: true)
        case .publish(let paths, let audience):
            await tellingWhetherServed {
                await each(paths, of: .publish, areNamed: true) { await publish($0, to: audience) }
            }
        case .unpublish(let names): await unpublish(names)
        case .get(let names, let output, let isAsking):
            await each(names, of: .get) { await download($0, to: output, isAsking: isAsking) }
        case .enqueue(let names, let output, let isAsking):
            await each(names, of: .get) { await enqueue($0, to: output, isAsking: isAsking) }
        case .listTransfers: await listTransfers()
        case .change(let transfers, let change):
            await each(await meant(transfers, change), of: .queue) { await self.change($0, change) }
        case .showLimits: await showLimits()
        case .limit(let change): await limit(change)
        case .export(let name, let path): await export(name, to: path)
        case .identity(let folder, let days): await writeIdentity(to: folder, days: days)
        case .importTorrent(let path, let content): await tellingWhetherServed { await importTorrent(path, content) }
        case .share(let paths, let audience):
            await tellingWhetherServed {
                await each(paths, of: .share, areNamed: true) { await share($0, to: audience) }
            }
        case .listAsks: await listAsks()
        case .answer(let asks, let verdict): await each(asks, of: .asks, areNamed: true) { await answer($0, verdict) }
        case .unshare(let paths): await each(paths, of: .unshare, areNamed: true) { await unshare($0) }
        case .listShares: await listShares()
        case .showStatus: await showStatus()
        case .examine(let member): await examine(member)
        case .changePassword(let source): await changePassword(source)
        case .listDevices: await listDevices()
        case .signOut(let device): await signOut(device: device)
        case .signOutOthers: await signOutOthers()
        case .admin(let task): await administer(task)
        case .help(let topic): explain(topic)
        case .leave: true
        }
    }

    private func listPeers() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let peers = try await node.activePeers()
            names.peers = peers
            let links = Dictionary(grouping: try await node.openLinks(), by: \.member).mapValues { $0.map(\.path) }
            voice.answer(
                DialogueLines.activePeers(peers), peers.map { Record.peer($0, links[$0] ?? []) })
            let linked = peers.compactMap { peer in links[peer].map { (peer, $0) } }
            if !linked.isEmpty { voice.remark(Message.linked(linked)) }
        }
    }

    private func listPublished(isLong: Bool = false) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let published = try await node.published()
            names.published = Set(published.map(\.shown))
            let lines =
                isLong
                ? DialogueLines.published(published, width: voice.console.outputWidth)
                : DialogueLines.publishedFiles(published.map(\.shown))
            voice.answer(lines, published.map(Record.published))
        }
    }

    private func search(_ terms: SearchTerms) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let found = try await node.search(terms)
            names.found = found
            voice.answer(DialogueLines.foundFiles(found), found.map(Record.found))
        }
    }

    private func showStatus() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            var status = try await node.status()
            var counts: (peers: Int, published: Int)?
            // It is not asked again where it is known to be away: that would take its time.
            if status.isServerThere {
                do throws(NodeFailure) {
                    counts = (try await node.activePeers().count, try await node.published().count)
                } catch {
                    guard error.isOfAbsentServer else { throw error }
                    status.isServerThere = false
                }
            }
            let report = StatusReport(
                node: status, peers: counts?.peers, published: counts?.published, shares: try await node.shares(),
                transfers: try await node.transfers(), limits: try await node.limits())
            voice.answer(report.lines, isLaidOut: true, [.status(report)])
        }
    }

    private func publish(_ path: String, to audience: Audience?) async -> Outcome {
        guard await mayBeGiven(path, by: .publish) else { return .failed }
        do throws(NodeFailure) {
            let publishing = try await showingProgress { progress throws(NodeFailure) in
                try await node.publish(path: path, to: audience, progress: progress)
            }
            told(publishing)
            await tellWhatIsUnlocked(publishing: publishing.file)
            return .done
        } catch {
            report(error, of: path, for: .publish)
            return Outcome(error)
        }
    }

    private func told(_ publishing: Publishing) {
        names.add(published: publishing.file.shown)
        if let folder = publishing.folder {
            voice.remark(Message.publishedFolder(publishing.file, folder, isWhole: voice.manner.verbosity > 0))
        }
        if let path = publishing.replaced { voice.remark(Message.replaced(publishing.file.shown, path)) }
        voice.done(
            publishing.folder == nil ? DialogueLines.published : DialogueLines.publishedFolder, .publishing(publishing))
    }

    /// Who publishes should know that nobody gets it.
    private func tellingWhetherServed(_ work: () async -> Bool) async -> Bool {
        let isSuccess = await work()
        if let limits = try? await node.limits(), limits.upward == 0 { voice.remark(Message.nothingServed) }
        return isSuccess
    }

    private func unpublish(_ items: [String]) async -> Bool {
        // Which of them are folders is not to be learnt any more when they are withdrawn.
        let published: Result<[PublishedFile], NodeFailure>
        do throws(NodeFailure) {
            published = .success(try await node.published())
        } catch {
            published = .failure(error)
        }
        return await each(items, of: .unpublish, areNamed: true) { await unpublish($0, published) }
    }

    private func unpublish(_ name: String, _ published: Result<[PublishedFile], NodeFailure>) async -> Outcome {
        let folders = ((try? published.get()) ?? []).filter(\.isFolder)
        let folder = folders.first { [$0.name, $0.shown].contains(name) }
        // Behind no name of a file there is a slash.
        let isFolder = folder != nil || name.hasSuffix("/")
        do throws(NodeFailure) {
            if case .failure(let failure) = published { throw failure }
            try await node.unpublish(name: name)
            names.remove(published: name)
            voice.done(isFolder ? DialogueLines.unpublishedFolder : DialogueLines.unpublished, .unpublished(name))
            if folder?.isShared == true { voice.remark(Message.sharedNoMore(name)) }
            return .done
        } catch {
            if error != .cancelled {
                voice.undone(isFolder ? DialogueLines.folderUnpublicationFailed : DialogueLines.unpublicationFailed)
            }
            if case .notPublished = error, let outer = folders.first(where: { name.hasPrefix($0.shown) }) {
                let message = Message.partOfFolder(name, outer)
                voice.fail(message, .failure(error, of: name, message.exitStatus))
                return .failed
            }
            report(error, of: name, for: .unpublish)
            return Outcome(error)
        }
    }

    private func download(_ name: String, to output: String?, isAsking: Bool) async -> Outcome {
        let request = DownloadRequest(
            name: name, output: output, directory: directory, waits: isNodeEnding ? true : nil)
        do throws(NodeFailure) {
            let outcome = try await showingProgress { progress throws(NodeFailure) in
                try await node.download(request, progress: progress)
            }
            switch outcome {
            case .completed(let published, let path, let size, let files, let sources):
                if size > 0 { voice.remark(Message.fetched(size, files: files, from: sources)) }
                // A part of a folder goes by the end of its path alone.
                if output != nil || Self.name(of: path) != published { voice.remark(Message.saved(path)) }
                // As it is published, without what chose it: `a.pdf`, not `a.pdf@hans`.
                voice.done(DialogueLines.downloaded(published), .download(outcome))
            case .alreadyThere(let path):
                voice.remark(Message.alreadyThere(output == nil ? Self.name(of: path) : path))
                if voice.manner.isJSON { voice.done("", .download(outcome)) }
            }
            return .done
        } catch {
            return await locked(error, name, isAsking: isAsking) ?? refused(error, name)
        }
    }

    /// Says why there is no download.
    func refused(_ failure: NodeFailure, _ name: String) -> Outcome {
        switch failure {
        case .notFound, .noSuchChoice, .notInFolder: voice.undone(DialogueLines.notFound)
        default: break
        }
        report(failure, of: name)
        return Outcome(failure)
    }

    private func export(_ name: String, to path: String) async -> Bool {
        await succeeds(.export) { () async throws(NodeFailure) in
            let torrent = try await node.exportTorrent(name: name, to: path)
            voice.remark(Message.exported(torrent))
            voice.done(DialogueLines.torrentWritten, .torrent(torrent))
        }
    }

    private func writeIdentity(to folder: String, days: Int) async -> Bool {
        await succeeds(.identity) { () async throws(NodeFailure) in
            let identity = try await node.exportIdentity(to: folder, days: days)
            voice.remark(Message.exported(identity, now: now()))
            voice.done(DialogueLines.identityWritten, .identity(identity))
        }
    }

    private func importTorrent(_ path: String, _ content: String?) async -> Bool {
        await succeeds(.importing) { () async throws(NodeFailure) in
            let publishing = try await showingProgress { progress throws(NodeFailure) in
                try await node.importTorrent(path: path, content: content, progress: progress)
            }
            voice.remark(Message.imported(publishing.file.shown))
            told(publishing)
        }
    }

    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private func explain(_ topic: HelpTopic?) -> Bool {
        voice.console.line(HelpTopic.explanation(topic, voice.manner, columns: columns))
        return true
    }

    /// What came of one of several.
    enum Outcome {
        case done
        case failed
        /// There is nothing of this name.
        case missing

        init(_ failure: NodeFailure) {
            switch failure {
            case .notFound(_, absent: []), .noSuchChoice(_, _, choices: [], absent: []), .noSuchFile, .notPublished:
                self = .missing
            default: self = .failed
            }
        }
    }

    /// One after the other, each reported; the rest is left out when somebody pressed Ctrl-C.
    ///
    /// - Parameter areNamed: what is said of each does not name it: where there are several, a remark does.
    private func each(
        _ items: [String], of verb: Verb, areNamed: Bool = false, _ work: (String) async -> Outcome
    ) async -> Bool {
        var isSuccess = true
        // One beside the other: who forgot the quotes meant one name.
        var missing: [String] = []
        for item in items {
            if areNamed, items.count > 1 { voice.remark(Message.about(item)) }
            let outcome = await work(item)
            isSuccess = isSuccess && outcome == .done
            if outcome == .missing {
                missing.append(item)
            } else {
                suggestQuotes(verb, missing)
                missing = []
            }
            if Task.isCancelled { break }
        }
        suggestQuotes(verb, missing)
        return isSuccess
    }

    private func suggestQuotes(_ verb: Verb, _ words: [String]) {
        if words.count > 1 { voice.remark(Message.quotesMissing(verb, words.joined(separator: " "))) }
    }

    /// The progress line is gone before anything lasting is said.
    private func showingProgress<Result>(
        _ work: (@escaping @Sendable (NodeProgress) -> Void) async throws(NodeFailure) -> Result
    ) async throws(NodeFailure) -> Result {
        let (manner, console) = (voice.manner, voice.console)
        if manner.isJSON, manner.verbosity > 0 { return try await work { console.line(Record.progress($0).line) } }
        if manner.isJSON || manner.isQuiet { return try await work { _ in } }
        let display = ProgressDisplay(console: console)
        defer { display.end() }
        let waiting = WaitingRemark(voice)
        return try await work { progress in
            display.show(ProgressLine(progress))
            waiting.note(progress)
        }
    }

    /// - Parameter verb: Hints are its own, where they depend on it.
    func succeeds(_ verb: Verb = .get, _ work: () async throws(NodeFailure) -> Void) async -> Bool {
        do throws(NodeFailure) {
            try await work()
            return true
        } catch {
            report(error, for: verb)
            return false
        }
    }

    /// - Parameters:
    ///   - item: Which of several it is about.
    ///   - verb: Hints are its own, where they depend on it.
    func report(_ failure: NodeFailure, of item: String? = nil, for verb: Verb = .get) {
        let message: Message =
            switch failure {
            case .serverAway where presence.isKnownToBeAway: .serverStillAway
            case .networkReplaced(let address, _, let found) where !presence.note(replacement: found):
                .networkStillReplaced(address)
            case .cancelled where item != nil && verb == .get: .downloadInterrupted
            default: Message(failure, now: now(), verb: verb)
            }
        // A get that fails ends with the words by which doctor names the same.
        let finding = item != nil && verb == .get ? HealthFinding(failure) : nil
        voice.fail(
            message.ending(with: finding), .failure(failure, of: item, message.exitStatus, finding: finding))
    }
}

extension PublishedFile {
    /// As lists show it: a folder has a slash behind its name, which no file has.
    var shown: String { isFolder ? "\(name)/" : name }
    /// File by file, as it is at any moment.
    var isShared: Bool { isFolder && size == nil }
}

extension NodeFailure {
    /// What the node knows by itself can be had all the same.
    fileprivate var isOfAbsentServer: Bool {
        switch self {
        case .serverAway, .networkReplaced: true
        default: false
        }
    }
}

extension ProgressLine {
    init(_ progress: NodeProgress) {
        let isDownload = progress.activity == .downloading
        self.init(
            verb: isDownload ? "Fetching" : "Reading", name: progress.name, done: progress.done, total: progress.total,
            rate: progress.rate, sources: isDownload ? progress.sources : nil, paths: progress.paths.map(\.rawValue),
            waiting: progress.waitsFor.map { DialogueLines.waiting(for: $0) })
    }
}
