import Content
import Glibc
import Library
import TestKit
import Testing

/// What other programs do to a partial folder while nobody looks after it costs no more than what they touched.
struct FolderResumptionTests {
    let folder: TemporaryDirectory
    let hashed: HashedFolder
    let part: FolderPart
    let threads = IOThreads(limit: 2, label: "test")
    /// a, b/2 and b.c, of 1, 3 and 1 pieces; b/1 is empty.
    let whole = Files.bytes(100, 1) + Files.bytes(40_000, 2) + Files.bytes(16_384, 3)
    let large = 2

    init() async throws {
        folder = try TemporaryDirectory()
        try folder.makeTree()
        hashed = try await FolderHasher(FileHasher()).hash(folder.file("f"), certificate: [1]).folder
        part = try #require(FolderPart(of: hashed.layout))
    }

    private func open() throws -> PartialFolder { try PartialFolder(of: part, in: folder.path, threads: threads) }

    private func pieces(_ numbers: [Int]) -> [PieceIndex] { numbers.compactMap { hashed.layout.geometry.piece($0) } }

    private func write(_ numbers: [Int], to partial: PartialFolder) throws {
        for piece in pieces(numbers) {
            let start = Int(hashed.layout.geometry.offset(of: piece))
            try whole[start..<start + hashed.layout.geometry.length(of: piece)].withUnsafeBytes {
                try partial.write([$0], at: Int64(start))
            }
        }
        try partial.recordVerified(pieces(numbers))
    }

    /// What an earlier download left.
    private func leave(_ numbers: [Int]) throws -> String {
        let partial = try open()
        try write(numbers, to: partial)
        return partial.path
    }

    /// All files, as a download does that goes on. Gives the numbers of the pieces that are lost.
    private func recheck(_ partial: PartialFolder, hashes: PieceHashes? = nil) throws -> [Int] {
        try [(0, [0]), (large, [1, 2, 3]), (3, [4])].flatMap { file, numbers -> [PieceIndex] in
            let recorded = pieces(numbers).filter(partial.resumed.contains)
            guard !recorded.isEmpty else { return [] }
            return try partial.recheck(
                file, recorded, hashes: hashes ?? PieceHashes(hashed.layout), flag: CancellationFlag()
            ).lost
        }
        .map(\.value)
    }

    private func finish(_ partial: PartialFolder) async throws {
        _ = try partial.finish(as: "g")
        let found = try await FolderHasher(FileHasher()).hash(folder.file("g"), certificate: [1]).folder
        #expect(found.content == hashed.content)
        #expect(!Files.names(in: folder.path).contains { $0.hasPrefix(".") })
    }

    enum Damage: CaseIterable {
        case none, changed, longer, shorter, removed, link, folder, folderAway, folderLinked, wholeAway
    }

    private func damage(_ path: String, _ damage: Damage) throws {
        let file = "\(path)/b/2"
        switch damage {
        case .none: break
        case .changed: try Files.overwrite([0xAA], at: 20_000, in: file)
        case .longer: truncate(file, 50_000)
        case .shorter: truncate(file, 20_000)
        case .removed: unlink(file)
        case .link:
            unlink(file)
            symlink(folder.file("f/b/2"), file)
        case .folder:
            unlink(file)
            mkdir(file, 0o755)
            try Files.write([1], to: "\(file)/in it")
        case .folderAway: rename("\(path)/b", folder.file("away"))
        case .folderLinked:
            rename("\(path)/b", folder.file("away"))
            symlink(folder.file("away"), "\(path)/b")
        case .wholeAway:
            rename(path, folder.file("away"))
            symlink(folder.file("away"), path)
        }
    }

    @Test(arguments: Damage.allCases) func aBadFileCostsNothingOfOthers(damage: Damage) async throws {
        let path = try leave([0, 1, 2, 3, 4])
        try self.damage(path, damage)
        let expected: [Int] =
            switch damage {
            case .none, .longer, .wholeAway: []
            default: [1, 2, 3]
            }
        do {
            let partial = try open()
            #expect(try recheck(partial) == expected)
        }
        let partial = try open()
        #expect(
            partial.resumed == (damage == .wholeAway ? [] : pieces([0, 1, 2, 3, 4].filter { !expected.contains($0) })))
        try write(damage == .wholeAway ? [0, 1, 2, 3, 4] : expected, to: partial)
        try await finish(partial)
        // Nothing went where a link led.
        #expect(try Files.read(folder.file("f/b/2")) == Files.bytes(40_000, 2))
    }

    /// Where the hashes are known, nothing goes but the pieces that are wrong.
    @Test func ofABadFileRightPiecesStay() async throws {
        let path = try leave([0, 1, 2, 3, 4])
        try damage(path, .changed)
        let partial = try open()
        #expect(try recheck(partial, hashes: hashed.hashes) == [2])
        try write([2], to: partial)
        try await finish(partial)
    }

    /// Of a file that was only begun, what its end does not show is seen when it is whole.
    @Test func aBegunFileIsLookedAtWhenItIsWhole() async throws {
        let path = try leave([1, 2])
        try Files.overwrite([0xAA], at: 20_000, in: "\(path)/b/2")
        let partial = try open()
        #expect(try recheck(partial) == [])
        try write([0, 3, 4], to: partial)
        func again() throws -> (lost: [PieceIndex], layer: PieceLayer?) {
            try partial.recheck(large, pieces([1, 2, 3]), hashes: hashed.hashes, flag: CancellationFlag())
        }
        let found = try again()
        #expect(found.lost == pieces([2]))
        #expect(found.layer == nil)
        #expect(throws: FileFailure(.incomplete, path: partial.path)) { try partial.finish(as: "g") }
        try write([2], to: partial)
        let right = try again()
        #expect(right.lost == [])
        #expect(right.layer == hashed.hashes.layer(ofFile: large))
        try await finish(partial)
    }

    /// What ended in order is believed, file by file, as long as nobody touched it.
    @Test(arguments: Damage.allCases) func whatIsAsItWasLeftIsBelieved(damage: Damage) throws {
        let path: String
        do {
            let partial = try open()
            try write([0, 1, 2, 3, 4], to: partial)
            partial.release(hashes: hashed.hashes)
            path = partial.path
        }
        try self.damage(path, damage)
        let partial = try open()
        // Where the whole is another's, nothing is resumed.
        #expect(partial.resumed.isEmpty == (damage == .wholeAway))
        #expect((partial.asLeft(3) != nil) == (damage != .wholeAway))
        #expect(partial.asLeft(large)?.layer == (damage == .none ? hashed.hashes.layer(ofFile: large) : nil))
    }

    /// Hashes that were not known are not known later either; and what is written next is no more as it was left.
    @Test func whatWasLeftIsNoMoreThanWhatWasKnown() throws {
        do {
            let partial = try open()
            try write([1, 2], to: partial)
            partial.release(hashes: PieceHashes(hashed.layout))
        }
        do {
            let partial = try open()
            let left = try #require(partial.asLeft(large))
            #expect(left.layer == nil)
            try write([3], to: partial)
        }
        #expect(try open().asLeft(large) == nil)
    }

    /// What was there when it began, and was not looked at, is no more certain for having been added to.
    @Test func whatNobodyLookedAtIsNotBelieved() throws {
        _ = try leave([0, 1, 2])
        do {
            let partial = try open()
            try write([3], to: partial)
            _ = try partial.recheck(0, pieces([0]), hashes: hashed.hashes, flag: CancellationFlag())
            partial.release(hashes: hashed.hashes)
        }
        do {
            let partial = try open()
            #expect(partial.asLeft(0) != nil)
            #expect(partial.asLeft(large) == nil)
            #expect(try recheck(partial) == [])
            partial.release(hashes: PieceHashes(hashed.layout))
        }
        // Its hashes were learnt by reading it.
        #expect(try open().asLeft(large)?.layer == hashed.hashes.layer(ofFile: large))
    }

    /// By a program that is at work while it is fetched.
    @Test(arguments: [Damage.changed, .longer, .shorter, .removed, .link, .folder, .folderAway, .folderLinked])
    func whatWasTouchedBeforeTheEndIsNotBelieved(damage: Damage) throws {
        do {
            let partial = try open()
            try write([0, 1, 2, 3, 4], to: partial)
            try self.damage(partial.path, damage)
            partial.release(hashes: hashed.hashes)
        }
        let partial = try open()
        #expect(partial.asLeft(0) != nil)
        #expect(partial.asLeft(large) == nil)
    }

    /// What is touched when all is there gets no name before it was read again.
    @Test func whatWasTouchedIsReadBeforeItGetsItsName() async throws {
        let partial = try open()
        try write([0, 1, 2, 3, 4], to: partial)
        #expect(partial.touched() == [])
        try Files.overwrite([0xAA], at: 20_000, in: "\(partial.path)/b/2")
        #expect(partial.touched() == [large])
        #expect(throws: FileFailure(.changed, path: partial.path)) { try partial.finish(as: "g") }
        #expect(try recheck(partial, of: [large], hashes: hashed.hashes) == [2])
        try write([2], to: partial)
        #expect(partial.touched() == [])
        // What this program writes afterwards does not hide it.
        try Files.overwrite([0xAA], at: 100, in: "\(partial.path)/b/2")
        try write([2], to: partial)
        #expect(partial.touched() == [large])
        #expect(try recheck(partial, of: [large], hashes: hashed.hashes) == [1])
        try write([1], to: partial)
        #expect(partial.touched() == [])
        // The right bytes, written by somebody else, are right.
        try Files.overwrite([whole[100 + 20_000]], at: 20_000, in: "\(partial.path)/b/2")
        #expect(partial.touched() == [large])
        #expect(try recheck(partial, of: [large], hashes: hashed.hashes) == [])
        try await finish(partial)
    }

    private func recheck(_ partial: PartialFolder, of files: [Int], hashes: PieceHashes) throws -> [Int] {
        try files.flatMap { file in
            let pieces = Array(hashed.layout.geometry.pieces(ofFiles: file..<file + 1))
            return try partial.recheck(file, pieces, hashes: hashes, flag: CancellationFlag()).lost.map(\.value)
        }
    }

    @Test func aTornSayingIsNone() throws {
        do {
            let partial = try open()
            try write([0, 1, 2, 3, 4], to: partial)
            partial.release(hashes: hashed.hashes)
        }
        let name = try #require(Files.names(in: folder.path).first { $0.hasSuffix(".have") })
        let size = try Files.read(folder.file(name)).count
        for cut in [1, 33, 100] {
            truncate(folder.file(name), size - cut)
            let partial = try open()
            #expect(partial.resumed.count == 5)
            #expect(partial.asLeft(large) == nil)
        }
    }

    @Test func ofABegunFileWhatIsCutOffIsLost() throws {
        let path = try leave([0, 1, 2])
        truncate("\(path)/b/2", 20_000)
        #expect(try recheck(try open()) == [2])
    }
}
