import Content
import Library
import TestKit
import Testing
import Wire

/// Downloads, held files and settings outlast the program, and layers last as long as anybody needs them.
struct TransferRecordsTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("published")
    }

    static func transfer(_ number: Int64, _ content: ContentID, _ state: TransferRecord.State) throws -> TransferRecord
    {
        TransferRecord(
            number: number, place: -number, priority: 1, content: content, origin: PublicationID(rawValue: 9),
            name: try FileName("a é"), folder: "/to", target: "\(number)", state: state, verified: 5, upward: 7,
            downward: nil, owner: number == 1 ? UserName("hans") : nil)
    }

    @Test func transfersComeBackAfterReopening() async throws {
        let layer = try PieceLayer.of([UInt8](repeating: 3, count: 100_000))
        var transfers = [
            try Self.transfer(1, layer.content, .wanted), try Self.transfer(2, layer.content, .paused),
            try Self.transfer(5, layer.content, .failed("why")),
            try Self.transfer(6, layer.content, .pausedUnheard),
            try Self.transfer(7, layer.content, .cancelledUnheard(since: 9)),
        ]
        let records = TransferRecords(beside: try PublishedFiles(path: path))
        for transfer in transfers { try await records.store(transfer) }
        transfers[0].verified = 6
        transfers[0].state = .awaited
        try await records.store(transfers[0])
        let again = TransferRecords(beside: try PublishedFiles(path: path))
        #expect(try await again.all() == transfers)
        try await again.remove(2)
        try await again.remove(2)
        #expect(try await again.all().map(\.number) == [1, 5, 6, 7])
        #expect(try await again.highestNumber() == 7)
    }

    @Test func theSameOneIsThereOnce() async throws {
        let layer = try PieceLayer.of([1])
        let records = TransferRecords(beside: try PublishedFiles(path: path))
        var transfer = try Self.transfer(1, layer.content, .wanted)
        try await records.store(transfer)
        transfer.number = 2
        try await records.store(transfer)
        #expect(try await records.all() == [transfer])
    }

    @Test func aLayerLastsAsLongAsAnybodyNeedsIt() async throws {
        let (file, layer) = try PublishedFilesTests.sample("a", bytes: [UInt8](repeating: 3, count: 100_000))
        let published = try PublishedFiles(path: path)
        let (records, held) = (TransferRecords(beside: published), HeldFiles(beside: published))
        // Nobody fetches it.
        try await records.store(layer)
        #expect(try await published.layer(of: layer.content) == nil)
        try await records.store(try Self.transfer(1, layer.content, .wanted))
        try await records.store(layer)
        #expect(try await published.layer(of: layer.content) == layer)
        let other = FileStamp(device: 1, inode: 2, size: 100_000, modified: 3, changed: 4)
        let holding = HeldFile(
            content: layer.content, origin: PublicationID(rawValue: 4), path: "/held", stamp: other)
        try await held.store([(holding, layer)])
        try await records.remove(1)
        #expect(try await published.layer(of: layer.content) == layer)
        #expect(try await HeldFiles(beside: PublishedFiles(path: path)).all() == [holding])
        try await held.remove(layer.content)
        #expect(try await held.all().isEmpty)
        // What it hashed to is remembered: it may be published next.
        #expect(try await published.hashed(path: "/held", stamp: other)?.layer == layer)
        try await published.store([(file, layer)])
        try await published.remove([file.name])
        #expect(try await published.hashed(path: file.path, stamp: file.stamp)?.layer == layer)
    }

    /// What came as part of a folder was hashed by other pieces.
    @Test func aHeldFileMayBeWithoutItsLayer() async throws {
        let (file, layer) = try PublishedFilesTests.sample("a", bytes: [UInt8](repeating: 3, count: 100_000))
        let published = try PublishedFiles(path: path)
        let held = HeldFiles(beside: published)
        let holding = HeldFile(
            content: layer.content, origin: PublicationID(rawValue: 4), path: file.path, stamp: file.stamp)
        try await held.store([(holding, nil)])
        #expect(try await held.all() == [holding])
        #expect(try await published.layer(of: layer.content) == nil)
        try await published.remember(file.path, HashedFile(stamp: file.stamp, layer: layer))
        #expect(try await published.layer(of: layer.content) == layer)
        #expect(try await published.hashed(path: file.path, stamp: file.stamp)?.layer == layer)
        try await held.remove(layer.content)
        #expect(try await held.all().isEmpty)
    }

    @Test func anotherFileInItsPlaceIsAnotherFile() async throws {
        let (file, layer) = try PublishedFilesTests.sample("a", bytes: [1])
        let published = try PublishedFiles(path: path)
        try await published.store([(file, layer)])
        var (next, other) = try PublishedFilesTests.sample("a", bytes: [2, 3])
        next.path = file.path
        try await published.store([(next, other)])
        #expect(try await published.hashed(path: file.path, stamp: file.stamp) == nil)
        #expect(try await published.hashed(path: file.path, stamp: next.stamp)?.layer == other)
        #expect(try await published.layer(of: layer.content) == nil)
        try await published.remove([next.name])
        #expect(try await published.layer(of: other.content) == other)
    }

    @Test func settingsComeBack() async throws {
        let records = TransferRecords(beside: try PublishedFiles(path: path))
        #expect(try await records.settings().isEmpty)
        try await records.set("a", to: 1)
        try await records.set("b", to: 2)
        try await records.set("b", to: nil)
        let settings = try await TransferRecords(beside: PublishedFiles(path: path)).settings()
        #expect(settings == ["a": 1, "b": nil])
    }
}
