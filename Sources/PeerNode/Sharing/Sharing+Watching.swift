import Content
import Library
import Wire

/// Looking at what is published, now and then: a file that changed is hashed, and one that is gone withdrawn, also where
/// nobody asks for it.
extension Sharing {
    /// What stands in the place of something published that is not what was hashed.
    private enum Sighting: Hashable, Sendable {
        /// A hash of its stamps.
        case other(Int)
        case gone
    }

    /// A folder may hold very many files: it has a time of its own.
    private struct WatchedFolder {
        let file: LocalFile
        /// Of its stamps as they were hashed.
        let stamps: Int
        var due: ContinuousClock.Instant
    }

    /// Of the time, no more than a fiftieth goes into looking.
    private static var share: Int { 50 }

    /// What is found so twice in a row counts as changed: whoever is at work on a file gets the time to end it, and a file
    /// that is replaced by another is away for a moment.
    func watch() async {
        var last: [FileName: Sighting] = [:]
        var folders: [FileName: WatchedFolder] = [:]
        var pause = checkInterval
        while true {
            do { try await Task.sleep(for: pause) } catch { return }
            let begun = ContinuousClock.now
            let published = shared.all
            let files = published.filter { $0.content.kind == .file }
            var seen = await sightings(of: files)
            pause = max(checkInterval, begun.duration(to: .now) * Self.share)
            folders = folders.filter { shared[$0.key] == $0.value.file }
            for folder in published where folder.content.kind == .folder {
                if let known = folders[folder.name], known.due > .now {
                    seen[folder.name] = last[folder.name]
                    continue
                }
                let start = ContinuousClock.now
                var known = folders[folder.name]?.stamps
                if known == nil { known = await hashedStamps(of: folder) }
                guard let stamps = known else { continue }
                let sighting = await sighting(of: folder, stamps)
                let due = ContinuousClock.now + max(checkInterval, start.duration(to: .now) * Self.share)
                folders[folder.name] = WatchedFolder(file: folder, stamps: stamps, due: due)
                seen[folder.name] = sighting
                if sighting != nil, sighting == last[folder.name] { foundChanged(folder) }
            }
            for file in files where seen[file.name] != nil && seen[file.name] == last[file.name] { foundChanged(file) }
            last = seen
        }
    }

    private func sightings(of files: [LocalFile]) async -> [FileName: Sighting] {
        let seen = try? await threads.files.run { flag in
            var seen: [FileName: Sighting] = [:]
            for file in files {
                try flag.check()
                do throws(FileFailure) {
                    let stamp = try FileStamp(path: file.path)
                    if stamp != file.stamp { seen[file.name] = .other(stamp.hashValue) }
                } catch {
                    // What is out of reach may be back before anybody asks for it.
                    if error.meansGone(file.stamp) { seen[file.name] = .gone }
                }
            }
            return seen
        }
        return seen ?? [:]
    }

    private func sighting(of folder: LocalFile, _ stamps: Int) async -> Sighting? {
        do {
            let listing = try await FolderHasher(threads.hasher, ownState: ownState).list(folder.path)
            let found = Self.hash(listing.files.lazy.map { ($0.path, $0.stamp) })
            return found == stamps ? nil : .other(found)
        } catch let failure as FileFailure {
            return failure.meansGone(folder.stamp) ? .gone : nil
        } catch {
            return nil
        }
    }

    private func hashedStamps(of folder: LocalFile) async -> Int? {
        guard let known = try? await record.folder(named: folder.name), known.content == folder.content else {
            return nil
        }
        return Self.hash(zip(known.info.files.lazy.map(\.path), known.stamps))
    }

    private static func hash(_ files: some Sequence<([[UInt8]], FileStamp)>) -> Int {
        var hasher = Hasher()
        for (path, stamp) in files {
            hasher.combine(path)
            hasher.combine(stamp)
        }
        return hasher.finalize()
    }
}
