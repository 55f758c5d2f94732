import Content
import DirectoryClient
import NodeControl
import Wire

/// What names stand for in folders that others share, and contents that are not hashed yet.
struct SharedNames: Sendable {
    let downloads: Downloads
    /// As in ``NameResolution/content(of:named:waits:held:)``.
    var waits = false

    /// How long whoever asks waits for an owner who hashes, and how often he asks.
    private static let patience = Duration.seconds(120)
    private static let interval = Duration.milliseconds(500)

    /// From the publications of a name to the content at a path below: in folders that are shared by their names, and
    /// otherwise in a folder that is one content.
    ///
    /// - Parameters:
    ///   - name: Of the publications.
    ///   - text: As it was asked for.
    func resolve(
        _ name: FileName, _ text: String, _ path: [String], _ meant: [Finding]
    ) async throws(NodeFailure) -> Downloads.Resolved {
        let folders = try await chosen(meant.filter(\.isParent), name)
        guard !folders.isEmpty else {
            let (content, origin) = try await content(of: meant, named: text, part: !path.isEmpty)
            return resolved(name, content, origin, path)
        }
        let others = meant.filter { !$0.isParent }
        guard !path.isEmpty else {
            let isShared = meant.contains { $0.isParent && $0.absentSince == nil }
            let held = isShared ? [] : try await self.held(others)
            let isFile = others.contains { file in
                file.absentSince == nil || file.content.map { waits || held.contains($0) } ?? false
            }
            guard isFile else { throw Self.folder(text, among: meant) }
            let (content, origin) = try await content(of: others, named: text, held: held)
            return resolved(name, content, origin, [])
        }
        let whole = ([text] + path).joined(separator: "/")
        let below = try await findings(path, below: folders, named: text)
        if let last = path.last.flatMap({ try? FileName($0) }), !below.isEmpty {
            let files = below.filter { !$0.isParent }
            guard !files.isEmpty else { throw Self.folder(whole, among: below) }
            let (content, origin) = try await content(of: files, named: whole)
            return Downloads.Resolved(
                name: last, content: content, path: [], at: (name, path), by: origin)
        }
        guard !others.isEmpty else { throw .notInFolder(name: text, path: path.joined(separator: "/")) }
        let (content, origin) = try await content(of: others, named: text, part: true)
        return resolved(name, content, origin, path)
    }

    /// Where somebody has several folders of a name, that at the top of what he shares, if there is one.
    private func chosen(_ folders: [Finding], _ name: FileName) async throws(NodeFailure) -> [Finding] {
        var chosen: [Finding] = []
        for (owner, theirs) in Dictionary(grouping: folders, by: \.owner) {
            guard theirs.count > 1, theirs.contains(where: { $0.absentSince == nil }) else {
                chosen += theirs
                continue
            }
            let top: PublicationID?
            do {
                let listed = try await downloads.client.listings(of: owner, pages: Self.topPages).listed
                top = listed.first { $0.name == name && $0.kind == .parent }?.id
            } catch {
                throw NodeFailure(error, user: downloads.user)
            }
            let atTop = theirs.filter { $0.publication == top }
            chosen += atTop.isEmpty ? theirs : atTop
        }
        return chosen
    }

    /// Of what a member has at the top.
    private static let topPages = 2_048

    /// Why a name stands for no content: whoever shares such a folder is there, or is not.
    private static func folder(_ name: String, among meant: [Finding]) -> NodeFailure {
        meant.contains { $0.isParent && $0.absentSince == nil }
            ? .sharedFolder(name: name) : .notFound(name: name, absent: NameResolution.absent(meant))
    }

    /// The folders that are shared, at a path in those that a name stands for; of members who are online.
    ///
    /// - Returns: Also the name as it is published, without what chose it.
    func folders(
        _ text: String, _ path: [String]
    ) async throws(NodeFailure) -> (name: FileName, folders: [Finding]) {
        let (name, meant) = try await downloads.findings(of: text)
        let all = try await chosen(meant.filter { $0.isParent && $0.absentSince == nil }, name)
        let top = Array(all.prefix(Self.mostFolders))
        guard !path.isEmpty else { return (name, top) }
        let below = try await findings(path, below: top, named: text)
        return (name, below.filter { $0.isParent && $0.absentSince == nil })
    }

    private func resolved(
        _ name: FileName, _ content: ContentID, _ origin: Finding, _ path: [String]
    ) -> Downloads.Resolved {
        Downloads.Resolved(name: name, content: content, path: path, at: (name, []), by: origin)
    }

    /// What stands at the path in each of the folders.
    private func findings(
        _ path: [String], below folders: [Finding], named name: String
    ) async throws(NodeFailure) -> [Finding] {
        let names = path.compactMap { try? FileName($0) }
        guard names.count == path.count, path.count <= FileTreeEntry.maximumDepth else {
            throw .notInFolder(name: name, path: path.joined(separator: "/"))
        }
        var found: [Finding] = []
        for folder in folders.prefix(Self.mostFolders) {
            do {
                if let finding = try await downloads.client.descend(from: folder.publication, names) {
                    found.append(finding)
                }
            } catch {
                throw NodeFailure(error, user: downloads.user)
            }
        }
        return found
    }

    /// Folders of one name that are looked into.
    private static let mostFolders = 64

    /// Contents of one name for whose holders the directory is asked.
    private static let mostContents = 16

    /// What of these is to be had though nobody is there who published it: whoever has fetched it serves it on.
    ///
    /// Who has begun it is a holder, too, perhaps of nothing. What is not whole with anybody is told as not to be had, rather than
    /// that one waits for its owner together with others who do. That several have all of it among them is not known before
    /// they are asked: what is in the queue does so.
    ///
    /// - Parameter part: of a folder is meant, which somebody may have who has no more of it.
    private func held(_ findings: [Finding], part: Bool = false) async throws(NodeFailure) -> Set<ContentID> {
        guard findings.allSatisfy({ $0.absentSince != nil }) else { return [] }
        var held: Set<ContentID> = []
        for content in Set(findings.compactMap(\.content)).sorted().prefix(Self.mostContents) {
            do {
                let holders = downloads.blocked.allowed(try await downloads.client.holders(content))
                let isHeld = holders.contains { $0.user != downloads.user && ($0.isWhole || part) }
                if isHeld { held.insert(content) }
            } catch {
                throw NodeFailure(error, user: downloads.user)
            }
        }
        return held
    }

    /// Where nobody who is there has hashed it, one of them is asked to.
    ///
    /// - Parameters:
    ///   - held: as ``held(_:part:)`` says, where that was asked for already.
    ///   - part: as there.
    private func content(
        of findings: [Finding], named name: String, held: Set<ContentID>? = nil, part: Bool = false
    ) async throws(NodeFailure) -> (content: ContentID, origin: Finding) {
        let active = findings.filter { $0.absentSince == nil }
        guard let asked = active.first, active.allSatisfy({ $0.content == nil }) else {
            let fromOthers = if let held { held } else { try await self.held(findings, part: part) }
            return try NameResolution.content(of: findings, named: name, waits: waits, held: fromOthers)
        }
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            do throws(DirectoryClientFailure) {
                if let content = try await downloads.client.want(asked.publication) {
                    return (content, asked)
                }
            } catch {
                guard case .refused(.noSuchPublication) = error else {
                    throw NodeFailure(error, user: downloads.user)
                }
                break
            }
            do { try await Task.sleep(for: Self.interval) } catch { throw .cancelled }
        }
        throw .notHashedYet(name: name, owner: asked.owner.text)
    }
}

extension Downloads.Resolved {
    fileprivate init(
        name: FileName, content: ContentID, path: [String], at place: (top: FileName, path: [String]),
        by origin: Finding
    ) {
        self.init(
            name: name, content: content, origin: origin.publication, owner: origin.owner, path: path,
            top: place.top, place: place.path, isRestricted: origin.access != .everybody,
            isAbsent: origin.absentSince != nil)
    }
}
