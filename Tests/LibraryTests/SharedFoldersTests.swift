import Content
import Foundation
import Library
import TestKit
import Testing
import Wire

/// The record of shared folders against a disk on which anything happens.
@Suite struct SharedFoldersTests {
    private let home: TemporaryDirectory
    private let folders: SharedFolders

    init() throws {
        home = try TemporaryDirectory()
        folders = try SharedFolders(path: home.file("shares.sqlite"))
        try FileManager.default.createDirectory(atPath: home.file("music"), withIntermediateDirectories: true)
    }

    private func write(_ path: String, _ text: String = "x") throws {
        let url = URL(filePath: home.file("music/\(path)"))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func move(_ from: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: home.file("music/\(from)"), toPath: home.file("music/\(to)"))
    }

    private func begin() async throws -> SharedFolder {
        let place = try SharedFolders.place(
            home.file("music"), named: FileName("music"), ownState: home.file("state"))
        try await folders.add(place)
        return try #require(try await folders.all().first)
    }

    @discardableResult
    private func look(_ folder: SharedFolder, _ look: ShareLook = .everything) throws -> ShareLookEnd {
        try folders.look(
            at: folder, look, ownState: home.file("state"), watch: nil, flag: CancellationFlag(), progress: {})
    }

    /// Plays the directory: gives out numbers, in the order of the questions.
    private func tell(_ ids: inout Int64) async throws -> [String] {
        var told: [String] = []
        while true {
            let gone = try await folders.gone(limit: 100)
            if !gone.isEmpty {
                told += gone.map { "gone \($0.rawValue)" }
                try await folders.toldGone(gone)
                continue
            }
            let moved = try await folders.moved(limit: 100)
            if !moved.isEmpty {
                told += moved.map { "moved \($0.place.id.rawValue) \($0.place.parent.rawValue) \($0.place.name)" }
                try await folders.toldMoved(moved)
                continue
            }
            let new = try await folders.unpublished(limit: 100)
            if new.isEmpty { return told }
            var answers: [(SharedFolders.Unpublished, PublicationID)] = []
            for one in new {
                ids += 1
                answers.append((one, PublicationID(rawValue: ids)))
                let content = one.draft.isParent ? "/" : one.draft.content != nil ? "#" : "?"
                told.append("\(ids) \(one.draft.parent?.rawValue ?? 0) \(one.draft.name)\(content)")
            }
            try await folders.told(answers)
        }
    }

    private func hashAll() async throws -> [String] {
        var names: [String] = []
        for file in try await folders.unhashed(after: 0, besides: [], limit: 100) {
            names.append(file.path.split(separator: "/").last.map(String.init) ?? "")
            let hashed = try await FileHasher().hash(file.path)
            let info = TruncatedInfoHash(Array(hashed.layer.content.root.bytes.prefix(20)))
            #expect(try await folders.hashed(file, hashed, info))
        }
        return names
    }

    @Test func namesComeFirstAndContentsLater() async throws {
        try write("b/song", "abc")
        try write("a", "abcd")
        try write("empty", "")
        let folder = try await begin()
        var ids: Int64 = 0
        #expect(try await tell(&ids) == ["1 0 music/"])
        #expect(try look(folder) == .done)
        #expect(try await tell(&ids) == ["2 1 a?", "3 1 b/", "4 1 empty#", "5 3 song?"])
        var status = try #require(try await folders.all().first)
        #expect([status.fileCount, status.unhashedCount, status.unhashedBytes] == [3, 2, 7])
        #expect(try await hashAll() == ["a", "song"])
        #expect(try await tell(&ids) == ["6 1 a#", "7 3 song#"])
        status = try #require(try await folders.all().first)
        #expect([status.fileCount, status.unhashedCount, status.unhashedBytes] == [3, 0, 0])
        #expect(try look(folder) == .done)
        #expect(try await tell(&ids) == [])
    }

    @Test func renamingAFolderIsOneRow() async throws {
        for number in 0..<50 { try write("old/inner/\(number)", "\(number)") }
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        _ = try await hashAll()
        _ = try await tell(&ids)
        try move("old", "new")
        try look(folder)
        #expect(try await tell(&ids) == ["moved 2 1 new"])
        #expect(try await folders.unhashed(after: 0, besides: [], limit: 9) == [])
        // Into another folder, with another name, and a file out of it.
        try write("other/x")
        try look(folder)
        _ = try await tell(&ids)
        _ = try await hashAll()
        let published = try await tell(&ids)
        #expect(published.count == 1)
        try move("new/inner", "other/within")
        try move("other/within/7", "seven")
        try look(folder)
        let told = try await tell(&ids)
        #expect(told.count == 2 && told.allSatisfy { $0.hasPrefix("moved") }, "\(told)")
        #expect(try await folders.unhashed(after: 0, besides: [], limit: 9) == [])
        let file = try await folders.files(hash(of: "8")).first
        #expect(file?.path == home.file("music/other/within/8"))
    }

    private func hash(of text: String) async throws -> TruncatedInfoHash {
        let path = home.file("copy")
        try Data(text.utf8).write(to: URL(filePath: path))
        let root = try await FileHasher().hash(path).layer.content.root
        return try #require(TruncatedInfoHash(Array(root.bytes.prefix(20))))
    }

    @Test func whatIsGoneIsWithdrawnAndWhatChangedIsHashedAgain() async throws {
        try write("gone/a")
        try write("b", "before")
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        _ = try await hashAll()
        _ = try await tell(&ids)
        try FileManager.default.removeItem(atPath: home.file("music/gone"))
        let handle = try FileHandle(forWritingTo: URL(filePath: home.file("music/b")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("and after".utf8))
        try handle.close()
        try look(folder)
        let told = try await tell(&ids)
        #expect(told.first == "gone 3")
        #expect(told.last?.hasSuffix("1 b?") == true)
        #expect(try await hashAll() == ["b"])
        #expect(try await folders.all().first?.fileCount == 1)
    }

    @Test func whatTakesThePlaceOfAnotherWaitsUntilThatIsGone() async throws {
        try write("a", "one")
        try write("b", "two")
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        _ = try await hashAll()
        _ = try await tell(&ids)
        // They change places.
        try move("a", "c")
        try move("b", "a")
        try move("c", "b")
        try look(folder)
        let moved = try await folders.moved(limit: 9)
        #expect(moved.map(\.place.name.text).sorted() == ["a", "b"])
        // As the directory cannot do that, both are published anew: nothing is read again.
        try await folders.publishAnew(moved)
        let told = try await tell(&ids)
        #expect(told.filter { $0.hasPrefix("gone") }.count == 2)
        #expect(told.filter { $0.hasSuffix("#") }.count == 2)
        // Another file with the name of one that was removed.
        try write("z", "three")
        try FileManager.default.removeItem(atPath: home.file("music/a"))
        try move("z", "a")
        try look(folder)
        let replaced = try await tell(&ids)
        #expect(replaced.count == 2 && replaced[0].hasPrefix("gone") && replaced[1].hasSuffix("a?"), "\(replaced)")
    }

    @Test func aDiskThatIsAwayIsNoDeletion() async throws {
        try write("a/b")
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        try FileManager.default.moveItem(atPath: home.file("music"), toPath: home.file("elsewhere"))
        #expect(!SharedFolders.isThere(folder))
        #expect(try look(folder) == .away)
        #expect(try await tell(&ids) == [])
        try FileManager.default.moveItem(atPath: home.file("elsewhere"), toPath: home.file("music"))
        #expect(try look(folder) == .done)
        #expect(try await tell(&ids) == [])
    }

    @Test func whatIsNotPublishedOtherwiseIsNotSharedEither() async throws {
        try write("good")
        try write(".bittrickle-\(String(repeating: "a", count: 64)).part")
        try write("identity/key.pem", "-----BEGIN PRIVATE KEY-----")
        try write("identity/certificate.pem")
        try write("server/network.key", "-----BEGIN PRIVATE KEY-----")
        try FileManager.default.createSymbolicLink(
            atPath: home.file("music/link"), withDestinationPath: home.file("music/good"))
        try FileManager.default.createDirectory(
            atPath: home.file("music/state"), withIntermediateDirectories: true)
        let folder = try await begin()
        let end = try folders.look(
            at: folder, .everything, ownState: home.file("music/state"), watch: nil, flag: CancellationFlag(),
            progress: {})
        #expect(end == .done)
        var ids: Int64 = 0
        let told = try await tell(&ids)
        #expect(
            told.map { $0.split(separator: " ")[2] } == ["music/", "good?", "identity/", "server/", "certificate.pem?"])
    }

    private func lookForWhatIsOutOfReach(in folder: SharedFolder) throws -> [String] {
        var outOfReach: [String] = []
        let end = try folders.look(
            at: folder, .everything, ownState: home.file("state"), watch: nil, flag: CancellationFlag(),
            outOfReach: { outOfReach.append($0) }, progress: {})
        #expect(end == .done)
        return outOfReach
    }

    /// No program opens a file of such a path, and whoever gets it refuses it.
    @Test func whatHasAPathThatIsTooLongIsPassedOver() async throws {
        try write("good")
        let room = 4_095 - home.file("music").utf8.count
        var names = (0..<15).map { _ in String(repeating: "n", count: 255) }
        let rest = room - 15 * 256
        try #require(rest > 3 && rest < 255)
        // What has one letter fits into it, and what has two does not.
        names.append(String(repeating: "n", count: rest - 3))
        let folder = try await begin()
        try await Files.withFolders(names, in: home.file("music")) { innermost in
            for name in ["a", "bb"] {
                let file = openat(innermost, name, O_CREAT | O_WRONLY, 0o600)
                #expect(pwrite(file, "x", 1, 0) == 1)
                close(file)
            }
            defer { for name in ["a", "bb"] { unlinkat(innermost, name, 0) } }
            let inner = names.joined(separator: "/")
            let outOfReach = try lookForWhatIsOutOfReach(in: folder)
            #expect(outOfReach == ["\(inner)/bb"])
            let hashed = try await hashAll()
            #expect(hashed.sorted() == ["a", "good"])
        }
    }

    @Test func whatLiesTooDeepIsSaid() async throws {
        let folder = try await begin()
        let names = (1...49).map(String.init)
        try await Files.withFolders(names, in: home.file("music")) { _ in
            let outOfReach = try lookForWhatIsOutOfReach(in: folder)
            #expect(outOfReach == [names.prefix(48).joined(separator: "/")])
        }
    }

    @Test func aLookThatWasInterruptedIsMadeUpFor() async throws {
        for number in 0..<5 { try write("\(number)/file", "\(number)") }
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        _ = try await hashAll()
        _ = try await tell(&ids)
        try move("0", "9")
        let flag = CancellationFlag()
        var entered = 0
        #expect(throws: CancellationError.self) {
            try folders.look(at: folder, .everything, ownState: "/nowhere", watch: nil, flag: flag) {
                entered += 1
                if entered == 2 { flag.set() }
            }
        }
        // As after a crash: the record is opened anew.
        let again = try SharedFolders(path: home.file("shares.sqlite"))
        #expect(
            try again.look(
                at: folder, .everything, ownState: "/nowhere", watch: nil, flag: CancellationFlag(), progress: {})
                == .done)
        #expect(try await tell(&ids).map { $0.split(separator: " ").last } == ["9"])
        #expect(try await folders.unhashed(after: 0, besides: [], limit: 9) == [])
        #expect(try await folders.all().first?.fileCount == 5)
    }

    @Test func aDamagedRecordIsSetAside() throws {
        let path = home.file("damaged.sqlite")
        try Data("this is no database, but it is long enough to be one that was spoiled".utf8)
            .write(to: URL(filePath: path))
        let (record, place) = try SharedFolders.open(path: path)
        record.close()
        #expect(place == "\(path).damaged")
    }

    @Test func aSharedFolderIsWithdrawnWithAllThatIsInIt() async throws {
        try write("a/b")
        let folder = try await begin()
        try look(folder)
        var ids: Int64 = 0
        _ = try await tell(&ids)
        try await folders.remove(folder, nil)
        #expect(try await folders.gone(limit: 9).map(\.rawValue) == [1])
        #expect(try await folders.all() == [])
    }

    @Test func changesAreToldByTheSystem() async throws {
        try write("a/b")
        let folder = try await begin()
        let watch = try FolderWatch()
        _ = try folders.look(
            at: folder, .everything, ownState: "/nowhere", watch: watch, flag: CancellationFlag(), progress: {})
        watch.start()
        try write("a/c")
        var changed: Set<Int64> = []
        for await _ in watch.signals {
            changed.formUnion(try #require(watch.take()))
            if !changed.isEmpty { break }
        }
        #expect(changed.count == 1)
        #expect(
            try folders.look(
                at: folder, .folders(changed), ownState: "/nowhere", watch: watch, flag: CancellationFlag(),
                progress: {}) == .done)
        #expect(try await folders.all().first?.fileCount == 2)
        watch.stop()
        for await _ in watch.signals {}
    }
}
