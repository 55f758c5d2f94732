import Library
import TestKit
import Testing
import Wire

/// What became of a folder's entries, and which file is hashed next.
@Suite struct FolderChangeTests {
    private static func file(_ name: String, inode: UInt64, size: Int64 = 1, changed: Int64 = 1) -> SeenEntry {
        SeenEntry(name: Array(name.utf8), isFolder: false, inode: inode, size: size, modified: 5, changed: changed)
    }

    private static func known(_ id: Int64, _ seen: SeenEntry) -> SharedEntry { SharedEntry(id: id, seen) }

    @Test func whatIsTheSameIsTheSame() {
        let (a, b) = (Self.file("a", inode: 1), Self.file("b", inode: 2))
        #expect(FolderChange.between([], []) == [])
        #expect(
            FolderChange.between([Self.known(7, a), Self.known(8, b)], [a, b])
                == [.same(Self.known(7, a)), .same(Self.known(8, b))])
    }

    @Test func newOnesAppearAndOthersAreLost() {
        let (a, b, c) = (Self.file("a", inode: 1), Self.file("b", inode: 2), Self.file("c", inode: 3))
        #expect(
            FolderChange.between([Self.known(7, b)], [a, c])
                == [.appeared(a, isDisplacing: false), .lost(Self.known(7, b)), .appeared(c, isDisplacing: false)])
        #expect(FolderChange.between([Self.known(7, b)], []) == [.lost(Self.known(7, b))])
    }

    @Test func otherBytesAreAChangeAndAnotherInodeIsSomethingElse() {
        let a = Self.known(7, Self.file("a", inode: 1))
        let longer = Self.file("a", inode: 1, size: 2)
        let touched = Self.file("a", inode: 1, changed: 2)
        let other = Self.file("a", inode: 2)
        var folder = longer
        folder.isFolder = true
        #expect(FolderChange.between([a], [longer]) == [.changed(a, longer)])
        #expect(FolderChange.between([a], [touched]) == [.changed(a, touched)])
        #expect(FolderChange.between([a], [other]) == [.lost(a), .appeared(other, isDisplacing: true)])
        #expect(FolderChange.between([a], [folder]) == [.lost(a), .appeared(folder, isDisplacing: true)])
    }

    @Test func movingLeavesAllButTheTimeOfTheInode() {
        let a = Self.file("a", inode: 1)
        #expect(Self.file("b", inode: 1, changed: 9).isMoved(from: a))
        #expect(!Self.file("b", inode: 2).isMoved(from: a))
        #expect(!Self.file("b", inode: 1, size: 2).isMoved(from: a))
    }

    /// However a folder changes, the changes lead from what was known to what was seen.
    @Test func anyTwoFoldersDifferByTheirChanges() {
        var random = SeededRandom.fresh()
        func entries() -> [SeenEntry] {
            let names = Set(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...15, using: &random) })
            return names.sorted().map {
                Self.file(
                    String(UnicodeScalar(UInt8(97 + $0))), inode: UInt64.random(in: 1...20, using: &random),
                    size: Int64.random(in: 0...1, using: &random))
            }
        }
        for _ in 0..<Scale.count(2_000) {
            let (before, after) = (entries(), entries())
            let known = before.enumerated().map { SharedEntry(id: Int64($0.offset), $0.element) }
            var result = Dictionary(uniqueKeysWithValues: before.map { ($0.name, $0) })
            for change in FolderChange.between(known, after) {
                switch change {
                case .same(let entry): #expect(result[entry.seen.name] == entry.seen)
                case .changed(let entry, let seen):
                    #expect(result[entry.seen.name] == entry.seen && entry.seen.inode == seen.inode)
                    result[seen.name] = seen
                case .lost(let entry): result[entry.seen.name] = nil
                case .appeared(let seen, _):
                    #expect(result[seen.name] == nil, "seed \(random.seed)")
                    result[seen.name] = seen
                }
            }
            #expect(result.values.sorted { $0.name.lexicographicallyPrecedes($1.name) } == after, "seed \(random.seed)")
        }
    }

    // MARK: Order of hashing

    @Test func whatIsWantedComesFirstAndOnce() {
        var order = HashOrder()
        let ids = (1...300).map { PublicationID(rawValue: $0) }
        let news = [[ids[1], ids[0]], [ids[0]], [ids[2]]].map { order.want($0) }
        #expect(news == [true, false, true])
        var taken = order.takeWanted()
        #expect(taken == [ids[1], ids[0], ids[2]])
        taken = order.takeWanted()
        #expect(taken == [])
        _ = order.want(ids)
        taken = order.takeWanted()
        #expect(taken.count == HashOrder.wantedLimit)
    }

    @Test func halfOfTheTimeIsRest() {
        var order = HashOrder()
        var next = [order.next()]
        order.worked(on: 4, for: .milliseconds(30))
        next.append(order.next())
        order.worked(on: 5, for: .milliseconds(30))
        next += [order.next(), order.next()]
        order.worked(on: 6, for: .seconds(100))
        next.append(order.next())
        order.foundNone()
        next.append(order.next())
        order.news()
        next.append(order.next())
        #expect(
            next == [
                .found(after: 0), .found(after: 4), .rest(.milliseconds(60)), .found(after: 5), .rest(.seconds(2)),
                .idle, .found(after: 0),
            ])
    }
}
