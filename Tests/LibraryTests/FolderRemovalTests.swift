import Content
import Dispatch
import Glibc
import Library
import TestKit
import Testing

/// Partial folders that are not wanted any more go, wherever their program is killed.
struct FolderRemovalTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Many files of a byte.
    static func part() throws -> FolderPart {
        var files: [FileTreeEntry] = []
        for number in 0..<400 {
            let root = Hash256(hashing: Array("\(number)".utf8))
            let path = ["\(number % 20)", "\(number)"].map { Array($0.utf8) }
            let content = try #require(ContentID(root: root, size: 1))
            files.append(try #require(FileTreeEntry(path: path, content: content)))
        }
        let layout = try #require(ContentLayout(try InfoDictionary.folder(files, certificate: [1])))
        return try #require(FolderPart(of: layout))
    }

    static func leave(_ part: FolderPart, in path: String) throws -> PartialFolder {
        let partial = try PartialFolder(of: part, in: path, threads: IOThreads(limit: 1, label: "sync"))
        let bytes = [UInt8](repeating: 1, count: Int(part.size))
        try bytes.withUnsafeBytes { try partial.write([$0], at: 0) }
        try partial.recordVerified(part.pieces)
        return partial
    }

    private func hidden() -> [String] { Files.names(in: folder.path).filter { $0.hasPrefix(".bittrickle-") } }

    @Test func killedRemovalsAreFinished() async throws {
        var random = SeededRandom.fresh()
        let part = try Self.part()
        for _ in 0..<Scale.count(40) {
            let path = folder.path
            let delay = UInt32.random(in: 0...6_000, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
                let partial = try Self.leave(try Self.part(), in: path)
                DispatchQueue.global().async {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
                try partial.discard()
                kill(getpid(), SIGKILL)
            }
            try PartialFolder.finishRemovals(in: folder.path)
            // Killed before it began to go, it is what a download goes on with.
            #expect([0, 2].contains(hidden().count), "seed \(random.seed)")
            if !hidden().isEmpty {
                let partial = try PartialFolder(
                    of: part, in: folder.path, threads: IOThreads(limit: 1, label: "sync"))
                #expect(partial.resumed.count == part.pieces.count, "seed \(random.seed)")
            }
            try PartialFolder.removeLeftovers(of: part.layout.id, at: [], in: folder.path)
            #expect(hidden() == [], "seed \(random.seed)")
        }
    }

    /// As a kill leaves it that comes right after what is to go was renamed.
    private func interrupt(_ part: FolderPart) throws {
        let partial = try Self.leave(part, in: folder.path)
        rename(partial.path, partial.path.replacing(".part", with: ".gone"))
    }

    @Test func whatIsBeingRemovedIsNothingToGoOnWith() throws {
        let part = try Self.part()
        try interrupt(part)
        #expect(hidden().count == 2)
        do {
            let partial = try PartialFolder(of: part, in: folder.path, threads: IOThreads(limit: 1, label: "sync"))
            #expect(partial.resumed.isEmpty)
            // What another download is at work on stays.
            try PartialFolder.finishRemovals(in: folder.path)
            #expect(hidden().count == 2)
            try partial.discard()
        }
        #expect(hidden() == [])
        try interrupt(part)
        try untilNothingIsHidden { try PartialFolder.finishRemovals(in: folder.path) }
        try interrupt(part)
        try untilNothingIsHidden { try PartialFolder.removeLeftovers(of: part.layout.id, at: [], in: folder.path) }
    }

    /// The record is found by what is being removed: while somebody has it, that stays too.
    @Test func whoseRecordIsInUseIsRemovedLater() throws {
        let part = try Self.part()
        do {
            let partial = try Self.leave(part, in: folder.path)
            rename(partial.path, partial.path.replacing(".part", with: ".gone"))
            try PartialFolder.finishRemovals(in: folder.path)
            #expect(hidden().count == 2)
            withExtendedLifetime(partial) {}
        }
        try untilNothingIsHidden { try PartialFolder.finishRemovals(in: folder.path) }
    }

    /// Programs that other tests of this process start have its locks for a moment, until they are themselves.
    private func untilNothingIsHidden(_ remove: () throws -> Void) throws {
        for _ in 0..<500 {
            try remove()
            if hidden() == [] { return }
            usleep(10_000)
        }
        #expect(hidden() == [])
    }

    @Test func othersFilesStay() throws {
        for name in [".bittrickle-.gone", ".bittrickle-0123.gone", "\(String(repeating: "0", count: 64)).gone"] {
            try Files.write([1], to: folder.file(name))
        }
        try PartialFolder.finishRemovals(in: folder.path)
        #expect(Files.names(in: folder.path).count == 3)
    }

    @Test func namesThatAreNoTextGoToo() throws {
        let partial = try Self.leave(try Self.part(), in: folder.path)
        let bad: [CChar] = [CChar(bitPattern: 0xFF), 0x61, 0]
        let inner: [CChar] = Array("\(partial.path)/".utf8CString.dropLast()) + bad
        mkdir(inner, 0o755)
        let deeper: [CChar] = inner.dropLast() + [CChar(bitPattern: UInt8(ascii: "/"))] + bad
        close(open(deeper, O_CREAT | O_WRONLY, 0o600))
        #expect(access(deeper, F_OK) == 0)
        try partial.discard()
        #expect(Files.names(in: folder.path) == [])
    }
}
