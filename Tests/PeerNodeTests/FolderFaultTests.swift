import Content
import DirectoryServer
import Foundation
import NodeControl
import PeerNode
import Synchronization
import TestKit
import Testing
import Wire

/// Folders that are not what they should be.
@Suite(.timeLimit(.minutes(2))) struct FolderFaultTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// What another program did to a file of which a part was here is found in the end, and put right.
    @Test func aBegunFileThatWasSpoiledIsMended() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let files = [
                    (path: "large", bytes: content(2_000_000, seed: 1)),
                    (path: "small", bytes: content(100_000, seed: 2)),
                ]
                try hans.make("photos", files)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let request = DownloadRequest(name: "photos", directory: vader.home.path)
                let queued = try #require(try await vader.node.enqueue(request).first)
                let transfer = "\(queued.number)"
                try await eventually("something is here") {
                    try await vader.node.transfers().contains { $0.done > 400_000 }
                }
                _ = try await vader.node.change(transfer: transfer, .pause)
                let names = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                let spoiled = try #require(names.first { $0.hasSuffix(".part") }) + "/large"
                try vader.write(spoiled, [UInt8](repeating: 0, count: try vader.read(spoiled).count))
                try await vader.node.setLimits(NodeLimits())
                _ = try await vader.node.change(transfer: transfer, .resume)
                try await eventually("it is whole") {
                    vader.notices.contains(.downloaded(name: "photos", path: vader.path("photos")))
                }
                for file in files { #expect(try vader.read("photos/\(file.path)") == file.bytes) }
                let left = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                #expect(left.filter { $0.hasPrefix(".bittrickle-") } == [])
            }
        }
    }

    /// A download that ended in order goes on with what it left, and reads of it only what another program touched.
    @Test(arguments: [false, true]) func onlyWhatWasTouchedIsReadAgain(isTouched: Bool) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let files = (0..<4).map { (path: "\($0)", bytes: content(300_000, seed: $0)) }
                try hans.make("photos", files)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let request = DownloadRequest(name: "photos", directory: vader.home.path)
                let queued = try #require(try await vader.node.enqueue(request).first)
                try await eventually("something is here") {
                    try await vader.node.transfers().contains { $0.done > 900_000 }
                }
                _ = try await vader.node.change(transfer: "\(queued.number)", .pause)
                if isTouched {
                    let names = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                    let part = try #require(names.first { $0.hasSuffix(".part") })
                    // Of four files of which three quarters are here, at least one is whole.
                    for file in try FileManager.default.contentsOfDirectory(atPath: vader.path(part)) {
                        try vader.write("\(part)/\(file)", try vader.read("\(part)/\(file)"))
                    }
                }
                try await vader.node.setLimits(NodeLimits())
                let isReading = Mutex(false)
                _ = try await vader.node.download(request) { progress in
                    if progress.activity == .hashing { isReading.withLock { $0 = true } }
                }
                #expect(isReading.withLock { $0 } == isTouched)
                for file in files { #expect(try vader.read("photos/\(file.path)") == file.bytes) }
            }
        }
    }

    /// Another program is at work in what is whole already, while the rest is fetched: in place, and as editors do it.
    @Test(arguments: [false, true]) func whatIsSpoiledMeanwhileIsFetchedAgain(isReplaced: Bool) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let files = (0..<4).map { (path: "\($0)", bytes: content(300_000, seed: $0)) }
                try hans.make("photos", files)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.node.setLimits(NodeLimits(downward: 200_000))
                let request = DownloadRequest(name: "photos", directory: vader.home.path)
                _ = try await vader.node.enqueue(request)
                try await eventually("something is here") {
                    try await vader.node.transfers().contains { $0.done > 900_000 }
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                let part = try #require(names.first { $0.hasSuffix(".part") })
                for file in try FileManager.default.contentsOfDirectory(atPath: vader.path(part)) {
                    var bytes = try vader.read("\(part)/\(file)")
                    for position in 0..<min(100, bytes.count) { bytes[position] ^= 1 }
                    if isReplaced {
                        try vader.remove("\(part)/\(file)")
                        try vader.write("\(part)/\(file)", bytes)
                    } else {
                        let handle = try FileHandle(forWritingTo: URL(filePath: vader.path("\(part)/\(file)")))
                        try handle.write(contentsOf: bytes.prefix(100))
                        try handle.close()
                    }
                }
                try await vader.node.setLimits(NodeLimits())
                try await eventually("it is whole") {
                    vader.notices.contains(.downloaded(name: "photos", path: vader.path("photos")))
                }
                for file in files { #expect(try vader.read("photos/\(file.path)") == file.bytes) }
            }
        }
    }

    /// Its dictionary hashes to what is published, but it is another size; or it has a file that would be taken for our own
    /// record of a download.
    @Test(arguments: [("a", 1), (".bittrickle-\(String(repeating: "0", count: 64)).have", 0)])
    func aFolderThatMakesNoSenseIsSaidToBeSo(name: String, excess: Int) async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let bad = try await BadPeer("hans", port: server.port)
                let bytes = content(1_000, seed: 1)
                let file = try BadSource(bytes, .honest).content
                let entry = try #require(FileTreeEntry(path: [Array(name.utf8)], content: file))
                let info = try InfoDictionary.folder([entry], certificate: bad.certificate)
                let layout = try #require(ContentLayout(info))
                let size = layout.id.size + Int64(excess)
                let lie = try #require(ContentID(root: layout.id.root, size: size, kind: .folder))
                let source = BadSource(bytes, folder: layout, .honest)
                try await bad.serving("photos", source, as: lie) {
                    let failure = try await nodes[0].failure("photos")
                    #expect(failure == .folderUnusable(name: "photos"))
                }
            }
        }
    }

    /// The very state of the server that is running.
    @Test func whatAServerKeepsIsNotPublished() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let publishing = try await nodes[0].node.publish(path: network.folder.path) { _ in }
                #expect(publishing.folder?.skipped == [SkippedEntry(path: "data", reason: .serverState)])
                let state = network.folder.file("data")
                await #expect(
                    throws: NodeFailure.folderUnpublishable(path: state, fault: .serverState)
                ) { try await nodes[0].node.publish(path: state) { _ in } }
            }
        }
    }

    /// It is published as what it leads to, wherever it leads later.
    @Test func aLinkToAFolderIsPublishedAsTheFolder() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.make("real", [("a", [1, 2, 3])])
                try FileManager.default.createSymbolicLink(
                    atPath: hans.path("photos"), withDestinationPath: hans.path("real"))
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try hans.remove("photos")
                try await nodes[1].get("photos")
                #expect(try nodes[1].read("photos/a") == [1, 2, 3])
            }
        }
    }
}
