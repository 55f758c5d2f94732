import Content
import DirectoryClient
import Library
import Logging
import NodeControl
import Wire

/// What is done without being asked, so that nothing is offered that is not there.
extension Sharing {
    /// Compares what is published with the record and the files, and serves what is as it was; the rest is
    /// hashed again, withdrawn or forgotten. To be done at every login, and when the directory is back.
    func reconcile() async {
        do {
            try await exclusively {
                let moment = restrictions.moment
                let published = try await client.published()
                try await take(published, asOf: moment)
                let files = try await record.all()
                var findings = try await look(at: files.filter { $0.content.kind == .file })
                for folder in files where folder.content.kind == .folder {
                    findings[folder.name] = try await look(at: folder)
                }
                let plan = Reconciliation(published: published, files: files) { findings[$0.name] ?? .changed }
                try await perform(plan)
            }
            isUpToDate()
        } catch {
            fellBehind()
            // A record that fails needs a person; a server that is away comes back.
            let level: Logger.Level = error is RecordFailure ? .error : .warning
            logger.log(level: level, "Publications could not be compared", metadata: ["reason": "\(error)"])
        }
    }

    /// For whom each is, says the directory.
    private func take(_ published: [Publication], asOf moment: Int) async throws {
        let former = visibilities
        visibilities = Dictionary(published.map { ($0.name, $0.visibility) }) { first, _ in first }
            .filter { $0.value != .everybody }
        // By another device, or by an answer to somebody who asked.
        let others = published.filter { $0.visibility.shutsOut(anyOf: former[$0.name] ?? .everybody) }
        for (some, areOthers) in [(others, true), (published.filter { !others.contains($0) }, false)] {
            try await restrictions.note(
                some.map { ($0.id, $0.visibility != .everybody) }, areOthers: areOthers, asOf: moment)
        }
        await inner.reconsider()
    }

    private func look(at files: [LocalFile]) async throws -> [FileName: Reconciliation.Finding] {
        try await threads.files.run { flag in
            var findings: [FileName: Reconciliation.Finding] = [:]
            for file in files {
                try flag.check()
                guard file.path.hasPrefix("/") else {
                    // So an early version wrote it: below whichever folder it was started in.
                    findings[file.name] = .unreachable("its folder is not known; publish it again")
                    continue
                }
                do throws(FileFailure) {
                    findings[file.name] = try FileStamp(path: file.path) == file.stamp ? .unchanged : .changed
                } catch {
                    findings[file.name] =
                        error.meansGone(file.stamp) ? .gone(error.sentence) : .unreachable(error.sentence)
                }
            }
            return findings
        }
    }

    /// Of a folder each file's stamp is looked at, and whether there are others.
    private func look(at folder: LocalFile) async throws -> Reconciliation.Finding {
        guard let known = try await record.folder(named: folder.name) else { return .changed }
        do {
            let listing = try await FolderHasher(threads.hasher, ownState: ownState).list(folder.path)
            return known.isUnchanged(in: listing) ? .unchanged : .changed
        } catch let error as FileFailure {
            switch error.reason {
            case .tooManyFiles, .tooDeep, .pathTooLong, .tooLarge: return .gone(error.sentence)
            default: return error.meansGone(folder.stamp) ? .gone(error.sentence) : .unreachable(error.sentence)
            }
        }
    }

    private func perform(_ plan: Reconciliation) async throws {
        try await record.remove(plan.forget)
        for name in plan.forget { unshare(name) }
        for file in plan.superseded {
            unshare(file.name)
            try await record.remove([file.name])
            notices.tell(.superseded(name: file.name.text, path: file.path))
        }
        let notServed = plan.suspend.map(\.file) + plan.superseded
        try await client.serve(
            add: isServing ? plan.serve.compactMap(\.publication) : [], remove: notServed.compactMap(\.publication))
        try await record.setAgreed(plan.agreed)
        for file in plan.serve { share(file) }
        for file in plan.republish {
            guard let hashed = try await record.hashed(file) else {
                hashLater(file.name)
                continue
            }
            try await putForward(file, hashed)
        }
        for file in plan.rehash {
            unshare(file.name)
            hashLater(file.name)
        }
        for (file, reason) in plan.withdraw { try await withdraw(file, reason: reason) }
        for (file, reason) in plan.suspend { suspend(file.name, reason: reason) }
    }

    /// Hashes a file that changed and publishes what it is now; one that is gone is withdrawn.
    func hashAgain(_ name: FileName) async {
        do {
            guard let file = try await record.file(named: name) else { return }
            if let id = file.publication { try await client.serve(add: [], remove: [id]) }
            let outcome = try await hashSettled(file)
            try await exclusively {
                // It may have been withdrawn, or published from elsewhere, meanwhile.
                guard let current = try await record.file(named: name), current.path == file.path else { return }
                switch outcome {
                case .success(let (stamp, hashed)):
                    // Somebody may have withdrawn it, on another device or as an admin: it is not to come back by itself.
                    guard try await client.published().contains(where: { $0.name == name }) else {
                        unshare(name)
                        visibilities[name] = nil
                        return try await record.remove([name])
                    }
                    let isOther = hashed.content != current.content
                    try await putForward(
                        LocalFile(name: name, path: file.path, stamp: stamp, content: hashed.content), hashed)
                    if isOther { notices.tell(.republished(name: name.text)) }
                case .failure(let failure) where failure.meansGone(current.stamp):
                    try await withdraw(current, reason: failure.sentence)
                case .failure(let failure):
                    suspend(name, reason: failure.sentence)
                    // Whoever writes into it will have done so some time.
                    if failure.reason == .changed { fellBehind() }
                }
            }
        } catch is CancellationError {
            return
        } catch {
            fellBehind()
            notices.tell(.notServed(name: name.text, reason: Self.reason(error)))
        }
    }

    /// Hashes; a file that is being written gets some time for that.
    private func hashSettled(
        _ file: LocalFile
    ) async throws -> Result<(stamp: FileStamp, hashed: HashedContent), FileFailure> {
        var attempt = 1
        while true {
            do {
                guard file.content.kind == .file else {
                    let (stamp, result) = try await hashFolder(file.path, file.name)
                    return .success((stamp, .folder(result.folder)))
                }
                let hashed = try await threads.hasher.hash(file.path)
                return .success((hashed.stamp, .file(hashed.layer)))
            } catch let failure as FileFailure {
                guard failure.reason == .changed, attempt < Self.patienceWithWriters else { return .failure(failure) }
                attempt += 1
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private static var patienceWithWriters: Int { 5 }

    /// In its turn.
    private func withdraw(_ file: LocalFile, reason: String) async throws {
        unshare(file.name)
        visibilities[file.name] = nil
        _ = try await client.unpublish([file.name])
        try await record.remove([file.name])
        notices.tell(.withdrawn(name: file.name.text, reason: reason))
    }

    /// It stays published, for when the file is back.
    private func suspend(_ name: FileName, reason: String) {
        unshare(name)
        notices.tell(.notServed(name: name.text, reason: reason))
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let failure as DirectoryClientFailure: failure.sentence
        case let refusal as DirectoryRefusal: refusal.sentence
        case let failure as FileFailure: failure.sentence
        case let failure as RecordFailure: failure.sentence
        default: "\(error)"
        }
    }
}
