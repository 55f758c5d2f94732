import Content
import Library
import TestKit
import Testing
import Wire

struct PublishedFilesTests {
    let folder: TemporaryDirectory
    let path: String

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("published")
    }

    static func sample(
        _ name: String, bytes: [UInt8], publication: Int64? = nil
    ) throws -> (file: PublishedFile, layer: PieceLayer) {
        let layer = try PieceLayer.of(bytes)
        let stamp = FileStamp(
            device: .max, inode: 1 << 63, size: Int64(bytes.count), modified: -5, changed: .max)
        let file = PublishedFile(
            name: try FileName(name), path: "/files/\(name)", stamp: stamp, content: layer.content,
            publication: publication.map { PublicationID(rawValue: $0) })
        return (file, layer)
    }

    @Test func comesBackAfterReopening() async throws {
        let samples = [
            try Self.sample("b", bytes: [1], publication: 7), try Self.sample("a é", bytes: []),
            try Self.sample("c", bytes: [UInt8](repeating: 3, count: 100_000)),
        ]
        try await PublishedFiles(path: path).store(samples)
        let files = try PublishedFiles(path: path)
        #expect(try await files.all() == [samples[1].file, samples[0].file, samples[2].file])
        for (file, layer) in samples {
            #expect(try await files.file(named: file.name) == file)
            #expect(try await files.layer(of: file.content) == layer)
            #expect(try await files.files(holding: file.content) == [file])
            #expect(try await files.hashed(path: file.path, stamp: file.stamp)?.layer == layer)
        }
    }

    @Test func unknownOnesAreNotThere() async throws {
        let files = try PublishedFiles(path: path)
        let (file, _) = try Self.sample("a", bytes: [1])
        #expect(try await files.file(named: file.name) == nil)
        #expect(try await files.layer(of: file.content) == nil)
        #expect(try await files.files(holding: file.content).isEmpty)
        #expect(try await files.hashed(path: file.path, stamp: file.stamp) == nil)
        try await files.remove([file.name])
        try await files.setAgreed([file.name: PublicationID(rawValue: 1)])
        #expect(try await files.all().isEmpty)
    }

    @Test func aNameIsReplacedAndKeepsItsPublication() async throws {
        let files = try PublishedFiles(path: path)
        let old = try Self.sample("a", bytes: [1], publication: 7)
        var new = try Self.sample("a", bytes: [2])
        try await files.store([old])
        try await files.store([new])
        new.file.publication = PublicationID(rawValue: 7)
        new.file.offered = [old.file.content]
        #expect(try await files.all() == [new.file])
        #expect(try await files.layer(of: old.file.content) == nil)
    }

    @Test func aPublicationIsOneFiles() async throws {
        let files = try PublishedFiles(path: path)
        let (first, second) = (try Self.sample("a", bytes: [1]), try Self.sample("b", bytes: [2], publication: 7))
        try await files.store([first, second])
        try await files.setAgreed([first.file.name: PublicationID(rawValue: 7)])
        #expect(try await files.all().map(\.publication?.rawValue) == [7, nil])
        #expect(try await files.all().map(\.agreed) == [first.file.content, nil])
        try await files.store([second])
        #expect(try await files.all().map(\.publication?.rawValue) == [nil, 7])
    }

    /// Also that of a file that is not published any more: it may be again.
    @Test func aLayerStaysAsLongAsSomeFileHasIt() async throws {
        let files = try PublishedFiles(path: path)
        let (first, second) = (try Self.sample("a", bytes: [1]), try Self.sample("b", bytes: [1]))
        try await files.store([first, second])
        #expect(try await files.files(holding: first.file.content) == [first.file, second.file])
        try await files.remove([first.file.name])
        #expect(try await files.layer(of: first.file.content) == first.layer)
        try await files.remove([second.file.name])
        #expect(try await files.layer(of: first.file.content) == first.layer)
        for name in ["a", "b"] { try await files.store([try Self.sample(name, bytes: [2])]) }
        #expect(try await files.layer(of: first.file.content) == nil)
    }

    @Test func changedFilesAreNotTakenForHashed() async throws {
        let files = try PublishedFiles(path: path)
        let (file, layer) = try Self.sample("a", bytes: [1])
        try await files.store([(file, layer)])
        let touched = FileStamp(
            device: file.stamp.device, inode: file.stamp.inode, size: file.stamp.size, modified: file.stamp.modified,
            changed: 0)
        #expect(try await files.hashed(path: file.path, stamp: touched) == nil)
        #expect(try await files.hashed(path: "/elsewhere", stamp: file.stamp) == nil)
    }

    @Test func manyAtOnce() async throws {
        let files = try PublishedFiles(path: path)
        let count = Scale.count(20_000)
        try await files.store((0..<count).map { try Self.sample("file \($0)", bytes: Array("\($0)".utf8)) })
        let all = try await files.all()
        #expect(all.count == count)
        try await files.setAgreed(
            Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.name, PublicationID(rawValue: Int64($0))) }))
        #expect(Set(try await files.all().compactMap(\.publication)).count == count)
        try await files.remove(all.map(\.name))
        #expect(try await files.all().isEmpty)
    }

    @Test func whatIsNoDatabaseIsAnError() throws {
        try Files.write(Array("this is no database, but long enough to be looked at".utf8), to: path)
        #expect(throws: (any Error).self) { try PublishedFiles(path: path) }
    }

    /// What was agreed stays what it was until it is agreed anew, whatever is hashed meanwhile.
    @Test func remembersWhatTheDirectoryAgreedTo() async throws {
        let files = try PublishedFiles(path: path)
        let (old, new) = (try Self.sample("a", bytes: [1]), try Self.sample("a", bytes: [2]))
        try await files.store([old])
        #expect(try await files.all().first?.agreed == nil)
        try await files.setAgreed([old.file.name: PublicationID(rawValue: 7)])
        try await files.store([new])
        #expect(try await files.all().map(\.content) == [new.file.content])
        #expect(try await files.all().map(\.agreed) == [old.file.content])
        try await files.setAgreed([old.file.name: PublicationID(rawValue: 7)])
        #expect(try await PublishedFiles(path: path).all().map(\.agreed) == [new.file.content])
    }

    @Test func remembersWhatWasOfferedUntilTheDirectoryAgrees() async throws {
        let files = try PublishedFiles(path: path)
        let samples = try (0..<3).map { try Self.sample("a", bytes: [UInt8($0)]) }
        let contents = samples.map(\.file.content)
        for sample in samples { try await files.store([sample]) }
        try await files.store([try Self.sample("b", bytes: [9])])
        let reopened = try PublishedFiles(path: path)
        #expect(try await reopened.all().map(\.offered) == [[contents[0], contents[1]], []])
        #expect(try await reopened.file(named: samples[0].file.name)?.offered == [contents[0], contents[1]])
        #expect(try await reopened.files(holding: contents[2]).map(\.offered) == [[contents[0], contents[1]]])
        try await files.setAgreed([samples[0].file.name: PublicationID(rawValue: 7)])
        #expect(try await files.all().map(\.offered) == [[], []])
        // What was agreed is known anyway.
        try await files.store([samples[0]])
        #expect(try await files.all().map(\.offered) == [[], []])
        try await files.store([samples[1]])
        #expect(try await files.all().map(\.offered) == [[contents[0]], []])
        try await files.remove([samples[0].file.name])
        try await files.store([samples[2]])
        #expect(try await files.all().map(\.offered) == [[], []])
    }

    @Test func remembersABoundedNumberOfOffersTheLatest() async throws {
        let files = try PublishedFiles(path: path)
        let samples = try (0..<100).map { try Self.sample("a", bytes: [UInt8($0)]) }
        for sample in samples { try await files.store([sample]) }
        #expect(try await files.all().first?.offered == Set(samples.dropLast().suffix(64).map(\.file.content)))
        // Offered once more it is the latest again.
        try await files.store([samples[40]])
        for sample in samples[41..<99] { try await files.store([sample]) }
        #expect(try await files.all().first?.offered.contains(samples[40].file.content) == true)
    }
}
