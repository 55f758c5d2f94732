import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import Glibc
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Torrent files and identities for other programs, and torrents of theirs.
@Suite(.timeLimit(.minutes(2))) struct InterchangeTests {
    private let network: TestNetwork
    private let bytes = content(200_000, seed: 11)

    init() throws { network = try TestNetwork() }

    private func with(_ names: [String], _ body: ([TestNode]) async throws -> Void) async throws {
        try await network.running { server in try await withNodes(names, port: server.port, body) }
    }

    private func whyNot(_ work: () async throws -> Void) async throws -> NodeFailure? {
        do {
            try await work()
            return nil
        } catch let failure as NodeFailure { return failure }
    }

    // MARK: Torrents

    @Test func anExportedTorrentIsWholeAndNamesTheSwarm() async throws {
        try await with(["hans"]) { nodes in
            let hans = nodes[0]
            try await hans.publish("a", bytes)
            let told = try await hans.node.exportTorrent(name: "a", to: hans.path("a.torrent"))
            let torrent = try Metainfo(decoding: try hans.read("a.torrent"))
            #expect(torrent.info.name == Array("a".utf8) && torrent.info.isPrivate)
            #expect(torrent.info.certificate?.starts(with: Array("-----BEGIN CERTIFICATE-----".utf8)) == true)
            #expect(torrent.layers.values.map(\.hashes.count) == [13])
            #expect(told.infoHash == torrent.info.infoHash.description)
            #expect(told.size == 200_000 && told.ownPort != nil && told.holders == [])
            let again = try await whyNot {
                _ = try await hans.node.exportTorrent(name: "a", to: hans.path("a.torrent"))
            }
            #expect(again == .alreadyExists(path: hans.path("a.torrent")))
            let nowhere = try await whyNot {
                _ = try await hans.node.exportTorrent(name: "a", to: hans.path("no/a.torrent"))
            }
            #expect(
                nowhere
                    == .notWritten(path: hans.path("no/a.torrent"), reason: "there is no such file or folder"))
            let names = try FileManager.default.contentsOfDirectory(atPath: hans.home.path)
            #expect(Set(names) == ["a", "a.torrent", "state"])
        }
    }

    @Test func anothersPublicationNeedsItsPieces() async throws {
        try await with(["hans", "vader"]) { nodes in
            let (hans, vader) = (nodes[0], nodes[1])
            try await hans.publish("a", bytes)
            try await hans.publish("small", [1, 2, 3])
            try await hans.publish("empty", [])
            let missing = try await whyNot { _ = try await vader.node.exportTorrent(name: "a", to: vader.path("t")) }
            #expect(missing == .piecesUnknown(name: "a"))
            let empty = try await whyNot { _ = try await vader.node.exportTorrent(name: "empty", to: vader.path("t")) }
            #expect(empty == .nothingToFetch(name: "empty"))
            let unknown = try await whyNot { _ = try await vader.node.exportTorrent(name: "z", to: vader.path("t")) }
            #expect(unknown == .notFound(name: "z", absent: []))
            #expect(!vader.exists("t"))
            // One piece is its own root; and whoever fetched or publishes the same content knows its pieces.
            let small = try await vader.node.exportTorrent(name: "small@hans", to: vader.path("small.torrent"))
            #expect(small.ownPort == nil && small.holders.map(\.member) == ["hans"])
            #expect(small.holders.allSatisfy { !$0.addresses.isEmpty })
            try await vader.get("a")
            let other = try await vader.node.exportTorrent(name: "a", to: vader.path("a.torrent"))
            // Fetched, it is served from here.
            #expect(other.name == "a" && other.ownPort != nil)
        }
    }

    /// The info-hash of an exported torrent is answered to as long as the name is published, and by that name alone.
    @Test func theNamedSwarmIsServed() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let source = try BadSource(bytes, .honest)
                let content = source.hashes.layout.id
                let asker = try await BadPeer("vader", port: server.port)
                // Called by its root, its two info-hashes are one.
                let names = ["a", content.root.hex]
                for name in names { try await hans.publish(name, bytes) }
                let holder = try #require(try await asker.client.holders(content).first)
                func isServed(_ name: String) async throws -> Bool {
                    let info = try InfoDictionary.single(
                        name: Array(name.utf8), content: content, certificate: asker.certificate)
                    let greeting = PeerHandshake(infoHash: info.infoHash.truncated, peerID: PeerID.random())
                    do throws(DialFailure) {
                        let link = try await asker.dialer.dial(holder.user, at: holder.endpoints, greeting: greeting)
                        await link.close()
                        return true
                    } catch { return false }
                }
                #expect(try await isServed("a"))
                #expect(try await isServed(content.root.hex))
                #expect(try await !isServed("b"))
                try await hans.node.unpublish(name: content.root.hex)
                #expect(try await isServed(content.root.hex), "it is the canonical one, too")
                try await hans.publish("b", bytes)
                try await hans.node.unpublish(name: "a")
                #expect(try await !isServed("a"))
                #expect(try await isServed("b"))
                await asker.client.goodbye()
            }
        }
    }

    // MARK: Torrents of others

    /// A torrent as another program makes it: no certificate, its own piece length, and v1's keys in a hybrid.
    private func torrent(_ bytes: [UInt8], name: String, isHybrid: Bool = false) throws -> [UInt8] {
        let size = Int64(bytes.count)
        var hasher = ContentHasher(geometry: try #require(Geometry(size: size, pieceLength: 65_536)))
        try hasher.update(bytes)
        let layer = try hasher.finish()
        let info = try InfoDictionary.single(
            name: Array(name.utf8), content: layer.content, pieceLength: 65_536, certificate: nil)
        let encoded = try Metainfo(info: info, layers: [layer]).encoded
        guard isHybrid, var outer = try Bencode(decoding: encoded).dictionary, var inner = outer["info"]?.dictionary
        else { return encoded }
        inner["pieces"] = .string([UInt8](repeating: 7, count: 80))
        inner["length"] = .integer(size)
        outer["info"] = .dictionary(inner)
        return Bencode.dictionary(outer).encoded
    }

    @Test(arguments: [false, true]) func whatATorrentDescribesIsPublished(isHybrid: Bool) async throws {
        try await with(["hans", "vader"]) { nodes in
            let (hans, vader) = (nodes[0], nodes[1])
            try hans.write("a.torrent", try torrent(bytes, name: "a", isHybrid: isHybrid))
            try hans.write("a", bytes)
            let file = try await hans.node.importTorrent(path: hans.path("a.torrent"), content: nil) { _ in }.file
            #expect(file.name == "a" && file.size == 200_000)
            try await vader.get("a")
            #expect(try vader.read("a") == bytes)
            // From elsewhere, under another name; and from a folder, under its own.
            try hans.write("b", bytes)
            let other = try await hans.node.importTorrent(path: hans.path("a.torrent"), content: hans.path("b")) { _ in
            }
            #expect(other.file.name == "b")
            let inFolder = try await hans.node.importTorrent(
                path: hans.path("a.torrent"), content: hans.home.path
            ) { _ in }
            #expect(inFolder.file.name == "a" && inFolder.replaced == nil)
            // The name goes to what lies elsewhere.
            try hans.make("elsewhere", [("a", bytes)])
            let moved = try await hans.node.importTorrent(
                path: hans.path("a.torrent"), content: hans.path("elsewhere")
            ) { _ in }
            #expect(moved.replaced == hans.path("a"))
        }
    }

    @Test func theFirstWrongPieceIsNamedAndNothingIsPublished() async throws {
        try await with(["hans"]) { nodes in
            let hans = nodes[0]
            let path = try hans.write("a.torrent", try torrent(bytes, name: "a"))
            func attempt() async throws -> NodeFailure? {
                try await whyNot { _ = try await hans.node.importTorrent(path: path, content: nil) { _ in } }
            }
            #expect(try await attempt() == .noSuchFile(path: hans.path("a")))
            func differs(_ difference: ContentDifference) -> NodeFailure {
                .contentDiffers(path: hans.path("a"), torrent: path, difference: difference)
            }
            var wrong = bytes
            wrong[199_999] ^= 1
            try hans.write("a", wrong)
            #expect(try await attempt() == differs(.piece(number: 3, count: 4, offset: 196_608, length: 3_392)))
            wrong[65_536] ^= 1
            try hans.write("a", wrong)
            #expect(try await attempt() == differs(.piece(number: 1, count: 4, offset: 65_536, length: 65_536)))
            try hans.write("a", Array(bytes.dropLast()))
            #expect(try await attempt() == differs(.size(expected: 200_000, found: 199_999)))
            #expect(try await hans.node.published() == [])
        }
    }

    @Test func torrentsThatCannotBeTaken() async throws {
        try await with(["hans"]) { nodes in
            let hans = nodes[0]
            func fault(of torrent: [UInt8]) async throws -> TorrentFault? {
                let path = try hans.write("t", torrent)
                let failure = try await whyNot {
                    _ = try await hans.node.importTorrent(path: path, content: nil) { _ in }
                }
                guard case .torrentUnusable(path, let fault) = failure else { return nil }
                return fault
            }
            func edited(_ edit: (inout BencodeDictionary) -> Void) throws -> [UInt8] {
                var outer = try #require(try Bencode(decoding: torrent(bytes, name: "a", isHybrid: true)).dictionary)
                var inner = try #require(outer["info"]?.dictionary)
                edit(&inner)
                outer["info"] = .dictionary(inner)
                return Bencode.dictionary(outer).encoded
            }
            let one = try edited {
                $0["meta version"] = nil
                $0["file tree"] = nil
            }
            #expect(try await fault(of: one) == .onlyVersionOne)
            #expect(try await fault(of: edited { $0["name"] = .text("../other") }) != nil)
            #expect(try await fault(of: edited { $0["file tree"] = .dictionary([:]) }) != nil)
            #expect(try await fault(of: edited { $0["meta version"] = .integer(3) }) != nil)
            #expect(try await fault(of: Array("nonsense".utf8)) != nil)
            let large = hans.path("large")
            try hans.write("large", [])
            #expect(truncate(large, Metainfo.maximumByteCount + 1) == 0)
            let failure = try await whyNot {
                _ = try await hans.node.importTorrent(path: large, content: nil) { _ in }
            }
            #expect(failure == .torrentUnusable(path: large, fault: .tooLarge(limit: Metainfo.maximumByteCount)))
        }
    }

    // MARK: Identities

    @Test func anIdentityIsItsOwnAndRenewed() async throws {
        try await with(["hans"]) { nodes in
            let hans = nodes[0]
            let folder = hans.path("new/me")
            let missing = try await whyNot { _ = try await hans.node.exportIdentity(to: folder, days: 1) }
            #expect(missing == .noSuchFolder(path: hans.path("new")))
            #expect(!hans.exists("new"))
            try FileManager.default.createDirectory(atPath: hans.path("new"), withIntermediateDirectories: false)
            let first = try await hans.node.exportIdentity(to: folder, days: 1)
            #expect(first.member == "hans" && first.folder == folder && !first.isRenewal)
            let key = try hans.read("new/me/key.pem")
            let certificate = try hans.read("new/me/certificate.pem")
            for name in ["key.pem", "certificate.pem"] {
                var status = stat()
                #expect(stat("\(folder)/\(name)", &status) == 0 && status.st_mode & 0o777 == 0o600)
            }
            let second = try await hans.node.exportIdentity(to: folder, days: 90)
            let day: Int64 = 24 * 3_600_000
            #expect((89 * day...90 * day).contains(second.expiresAt - first.expiresAt))
            #expect(second.isRenewal)
            #expect(try hans.read("new/me/key.pem") == key)
            #expect(try hans.read("new/me/certificate.pem") != certificate)
            // Another folder, another key; and none of them is the device's.
            _ = try await hans.node.exportIdentity(to: hans.path("other"), days: 1)
            #expect(try hans.read("other/key.pem") != key)
            let state = try FileManager.default.subpathsOfDirectory(atPath: hans.path("state"))
            let deviceKeys = try state.filter { $0.hasSuffix("device-key.pem") }.map { try hans.read("state/\($0)") }
            #expect(deviceKeys.count == 1 && deviceKeys.first != key)
        }
    }

    @Test func whatIsNoIdentityOfThisMemberStays() async throws {
        try await with(["hans", "vader"]) { nodes in
            let (hans, vader) = (nodes[0], nodes[1])
            let folder = hans.path("me")
            _ = try await hans.node.exportIdentity(to: folder, days: 1)
            let certificate = try hans.read("me/certificate.pem")
            let others = try await whyNot { _ = try await vader.node.exportIdentity(to: folder, days: 1) }
            #expect(others == .foreignIdentity(folder: folder))
            try hans.remove("me/key.pem")
            let half = try await whyNot { _ = try await hans.node.exportIdentity(to: folder, days: 1) }
            #expect(half == .foreignIdentity(folder: folder))
            try hans.write("me/key.pem", Array("my own".utf8))
            let own = try await whyNot { _ = try await hans.node.exportIdentity(to: folder, days: 1) }
            #expect(own == .foreignIdentity(folder: folder))
            #expect(try hans.read("me/certificate.pem") == certificate)
            #expect(try hans.read("me/key.pem") == Array("my own".utf8))
        }
    }

    /// A long-lived identity of somebody who was expelled is void to peers, also after the server was started anew.
    @Test func aLongIdentityIsRevokedWithItsMember() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                _ = try await vader.node.exportIdentity(to: vader.path("me"), days: 90)
                try network.setAccounts(TestNetwork.passwords.filter { $0.key != "vader" })
                server.reloadCredentials()
                try await eventually("expulsion") { vader.notices.contains(.expelled) }
                let client = try await BadPeer("leia", port: server.port).client
                let description = try await client.network()
                let authority = try NetworkAuthority(
                    certificatePEM: description.certificatePEM, pin: server.pin)
                let identity = try MemberIdentity(
                    authority: authority, user: try #require(UserName("vader")),
                    certificatePEM: String(decoding: try vader.read("me/certificate.pem"), as: UTF8.self),
                    keyPEM: String(decoding: try vader.read("me/key.pem"), as: UTF8.self))
                var revocations = RevocationList()
                // Weeks later, while the certificate is good by its dates.
                let later = description.serverTime + 80 * 24 * 3_600_000
                revocations.insert(try await client.revocations(since: 0), at: later)
                let verifier = PeerVerifier(authority: authority, ownName: try #require(UserName(hans.name)))
                #expect(throws: PeerRefusal.revoked(identity.user)) {
                    try verifier.verify(chain: [identity.certificateDER], at: later, revocations: revocations)
                }
                await client.goodbye()
            }
        }
    }
}
