import NodeControl
import Terminal

/// Carries out one command and says what came of it.
struct CommandRun: Sendable {
    let node: any NodeControl
    let console: Console
    let names: Names
    /// Where downloads go.
    let directory: String
    let now: @Sendable () -> Int64

    /// Whether all of it succeeded. Every sentence is said already.
    func run(_ command: Command) async -> Bool {
        switch command {
        case .listPeers: await listPeers()
        case .listPublished: await listPublished()
        case .search(let substring): await search(substring)
        case .publish(let paths): await each(paths) { await publish($0) }
        case .unpublish(let names): await each(names) { await unpublish($0) }
        case .get(let names, let output): await each(names) { await download($0, to: output) }
        case .help(let verb): explain(verb)
        case .leave: true
        }
    }

    private func listPeers() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            say(DialogueLines.activePeers(try await node.activePeers()))
        }
    }

    private func listPublished() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let published = try await node.published().map(\.name)
            names.published = Set(published)
            say(DialogueLines.publishedFiles(published))
        }
    }

    private func search(_ substring: String) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let found = try await node.search(substring)
            names.found = found
            say(DialogueLines.foundFiles(found))
        }
    }

    private func publish(_ path: String) async -> Bool {
        let display = ProgressDisplay(console: console)
        return await succeeds { () async throws(NodeFailure) in
            defer { display.end() }
            let file = try await node.publish(path: path) { display.show(ProgressLine($0)) }
            names.add(published: file.name)
            console.line(DialogueLines.published)
        }
    }

    private func unpublish(_ name: String) async -> Bool {
        do throws(NodeFailure) {
            try await node.unpublish(name: name)
            names.remove(published: name)
            console.line(DialogueLines.unpublished)
            return true
        } catch {
            if error != .cancelled { console.line(DialogueLines.unpublicationFailed) }
            report(error)
            return false
        }
    }

    private func download(_ name: String, to output: String?) async -> Bool {
        let display = ProgressDisplay(console: console)
        let request = DownloadRequest(name: name, output: output, directory: directory)
        do throws(NodeFailure) {
            defer { display.end() }
            switch try await node.download(request, progress: { display.show(ProgressLine($0)) }) {
            case .completed(let path, let size, let sources):
                display.end()
                if !sources.isEmpty { console.remark(Message.fetched(size, from: sources)) }
                let saved = path.split(separator: "/").last.map(String.init)
                console.line(DialogueLines.downloaded(output == nil ? saved ?? name : name))
            case .alreadyThere(let path):
                console.remark(Message.alreadyThere(path))
            }
            return true
        } catch {
            if case .notFound = error { console.line(DialogueLines.notFound) }
            if error == .cancelled { console.remark(Message.downloadInterrupted) } else { report(error) }
            return false
        }
    }

    private func explain(_ verb: Verb?) -> Bool {
        console.line(verb?.page ?? Verb.overview)
        return true
    }

    /// One after the other, each reported; the rest is left out when somebody pressed Ctrl-C.
    private func each(_ items: [String], _ work: (String) async -> Bool) async -> Bool {
        var isSuccess = true
        for item in items {
            let isDone = await work(item)
            isSuccess = isSuccess && isDone
            if Task.isCancelled { break }
        }
        return isSuccess
    }

    private func succeeds(_ work: () async throws(NodeFailure) -> Void) async -> Bool {
        do throws(NodeFailure) {
            try await work()
            return true
        } catch {
            report(error)
            return false
        }
    }

    private func say(_ lines: [String]) { console.line(lines.joined(separator: "\n")) }
    private func report(_ failure: NodeFailure) { console.remark(Message(failure, now: now()).text) }
}

extension ProgressLine {
    init(_ progress: NodeProgress) {
        let isDownload = progress.activity == .downloading
        self.init(
            verb: isDownload ? "Fetching" : "Reading", name: progress.name, done: progress.done, total: progress.total,
            rate: progress.rate, sources: isDownload ? progress.sources : nil)
    }
}
