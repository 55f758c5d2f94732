import Content
import DirectoryServer
import FoundationEssentials
import NodeControl
import PeerNode
import TestKit
import Testing

/// Folders that torrents describe: our own exported ones, and others'.
@Suite(.timeLimit(.minutes(2))) struct FolderImportTests {
    private static let files: [(path: String, bytes: [UInt8])] = [
        ("a", content(100_000, seed: 1)), ("empty", []), ("sub/b", content(200_000, seed: 2)), ("sub/c", [7]),
    ]

    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func make(_ folder: String, at node: TestNode) throws {
        try FileManager.default.createDirectory(
            atPath: node.path("\(folder)/sub"), withIntermediateDirectories: true)
        for file in Self.files { try node.write("\(folder)/\(file.path)", file.bytes) }
    }

    /// As another program makes it: with its own piece length, and with padding and a link among the files.
    private func torrent(name: String = "photos", edit: (inout BencodeDictionary) -> Void = { _ in }) throws -> [UInt8]
    {
        var layers: [PieceLayer] = []
        let entries = try Self.files.map { file in
            let geometry = try #require(Geometry(size: Int64(file.bytes.count), pieceLength: 65_536))
            var hasher = ContentHasher(geometry: geometry)
            try hasher.update(file.bytes)
            layers.append(try hasher.finish())
            let path = file.path.split(separator: "/").map { Array($0.utf8) }
            return try #require(FileTreeEntry(path: path, content: layers[layers.count - 1].content))
        }
        let info = try InfoDictionary.folder(entries, pieceLength: 65_536, certificate: [])
        let encoded = try Metainfo(info: info, layers: layers).encoded
        var outer = try #require(try Bencode(decoding: encoded).dictionary)
        var inner = try #require(outer["info"]?.dictionary)
        var tree = try #require(inner["file tree"]?.dictionary)
        func noFile(_ attribute: String) -> Bencode {
            .dictionary(["": .dictionary(["attr": .text(attribute), "length": .integer(0)])])
        }
        tree[".pad"] = .dictionary(["3": noFile("p")])
        tree["link"] = noFile("l")
        inner["file tree"] = .dictionary(tree)
        inner["name"] = .text(name)
        edit(&inner)
        outer["info"] = .dictionary(inner)
        return Bencode.dictionary(outer).encoded
    }

    private func attempt(_ node: TestNode, _ torrent: String, _ content: String? = nil) async -> NodeFailure? {
        do throws(NodeFailure) {
            _ = try await node.node.importTorrent(path: node.path(torrent), content: content.map(node.path)) { _ in }
            return nil
        } catch { return error }
    }

    @Test func anExportedFolderIsTheSameAgain() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try make("photos", at: hans)
                let published = try await hans.node.publish(path: hans.path("photos")) { _ in }
                _ = try await hans.node.exportTorrent(name: "photos", to: hans.path("photos.torrent"))
                try vader.write("photos.torrent", try hans.read("photos.torrent"))
                try make("mine", at: vader)
                let imported = try await vader.node.importTorrent(
                    path: vader.path("photos.torrent"), content: vader.path("mine")
                ) { _ in }
                #expect(imported.file.root == published.file.root && imported.file.isFolder)
                #expect(imported.file.name == "mine" && imported.folder?.fileCount == Self.files.count)
                try await hans.get("mine", output: "back")
                #expect(try hans.read("back/sub/b") == Self.files[2].bytes)
            }
        }
    }

    @Test func othersTorrentsAreTaken() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.write("t", try torrent())
                try make("photos", at: hans)
                // Beside the torrent; in a folder, under the torrent's name; itself, under another.
                #expect(await attempt(hans, "t") == nil)
                #expect(await attempt(hans, "t", "") == nil)
                try make("album", at: hans)
                #expect(await attempt(hans, "t", "album") == nil)
                #expect(try await hans.node.published().map(\.name) == ["album", "photos"])
                // One file in a folder of another name is a folder.
                let single = try torrent(name: "only") { info in
                    var tree = info["file tree"]?.dictionary ?? [:]
                    for name in [".pad", "empty", "link", "sub"] { tree[name] = nil }
                    info["file tree"] = .dictionary(tree)
                }
                try hans.write("one", single)
                #expect(await attempt(hans, "one") == .noSuchFolder(path: hans.path("only")))
            }
        }
    }

    @Test func whatDiffersIsNamedAndNothingIsPublished() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.write("t", try torrent())
                func differs(_ path: String, _ difference: ContentDifference, others: Int = 0) -> NodeFailure {
                    .contentDiffers(
                        path: hans.path("photos\(path)"), torrent: hans.path("t"), difference: difference,
                        others: others)
                }
                #expect(await attempt(hans, "t") == .noSuchFolder(path: hans.path("photos")))
                try hans.write("photos", [1])
                #expect(await attempt(hans, "t") == differs("", .isNoFolder))
                try hans.remove("photos")
                try make("photos", at: hans)
                var wrong = Self.files[2].bytes
                wrong[70_000] ^= 1
                try hans.write("photos/sub/b", wrong)
                #expect(
                    await attempt(hans, "t")
                        == differs("/sub/b", .piece(number: 1, count: 4, offset: 65_536, length: 65_536)))
                try hans.write("photos/a", content(100_000, seed: 9))
                #expect(
                    await attempt(hans, "t")
                        == differs("/a", .piece(number: 0, count: 2, offset: 0, length: 65_536), others: 1))
                try hans.write("photos/sub/c", [7, 8])
                #expect(await attempt(hans, "t") == differs("/sub/c", .size(expected: 1, found: 2)))
                try hans.remove("photos/empty")
                #expect(await attempt(hans, "t") == differs("/empty", .missing, others: 1))
                try make("photos", at: hans)
                try hans.write("photos/more", [1])
                #expect(await attempt(hans, "t") == differs("/more", .notDescribed))
                #expect(try await hans.node.published() == [])
            }
        }
    }

    @Test func namesThatCannotBe() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try make("photos", at: hans)
                for name in ["..", "a/b", "."] {
                    try hans.write("t", try torrent(name: name))
                    guard case .torrentUnusable(_, .malformed) = await attempt(hans, "t") else {
                        Issue.record("\(name) was taken")
                        continue
                    }
                    // Where the place is given, the name is only one to show.
                    #expect(await attempt(hans, "t", "photos") == nil)
                }
                let inside = try torrent { info in
                    var tree = info["file tree"]?.dictionary ?? [:]
                    tree[".."] = tree["empty"]
                    info["file tree"] = .dictionary(tree)
                }
                try hans.write("t", inside)
                guard case .torrentUnusable(_, .malformed) = await attempt(hans, "t") else {
                    Issue.record("a path out of the folder was taken")
                    return
                }
            }
        }
    }
}
