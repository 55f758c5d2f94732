import Content
import FoundationEssentials
import Glibc
import Library
import TestKit
import Testing
import Wire

struct MemberFolderTests {
    @Test func isThePlaceOfOneMemberOfOneNetwork() throws {
        let base = try TemporaryDirectory()
        let pins = [NetworkPin(Hash256(hashing: [1])), NetworkPin(Hash256(hashing: [2]))]
        let users = try ["hans", "HANS", "../..", "a/b", "a%2fb", "..x", "%"].map { try #require(UserName($0)) }
        var folders: [MemberFolder] = []
        for pin in pins {
            for user in users {
                let folder = try MemberFolder(base: base.file("new/state"), network: pin, member: user)
                #expect(folder.path.hasPrefix(base.file("new/state/\(pin.hash.hex)/user-")))
                #expect(folder.path.split(separator: "/").count == base.path.split(separator: "/").count + 4)
                folders.append(folder)
            }
        }
        #expect(Set(folders.map(\.path)).count == pins.count * users.count)
    }

    @Test func isOneProgramsAtATime() throws {
        let base = try TemporaryDirectory()
        let pin = NetworkPin(Hash256(hashing: [1]))
        let user = try #require(UserName("hans"))
        do {
            let folder = try MemberFolder(base: base.path, network: pin, member: user)
            #expect(throws: FileFailure(.inUse, path: folder.path)) {
                try MemberFolder(base: base.path, network: pin, member: user)
            }
            #expect(folder.file("x") == "\(folder.path)/x")
        }
        _ = try MemberFolder(base: base.path, network: pin, member: user)
    }

    /// As of databases that are being closed.
    @Test func isRemovedThoughFilesVanishMeanwhile() async throws {
        let base = try TemporaryDirectory()
        let (pin, hans) = (NetworkPin(Hash256(hashing: [1])), try #require(UserName("hans")))
        let path = try MemberFolder(base: base.path, network: pin, member: hans).path
        let files = (0..<2_000).map { "\(path)/\($0)" }
        for file in files { try "".write(toFile: file, atomically: false, encoding: .utf8) }
        try await withThrowingTaskGroup { group in
            group.addTask { for file in files { unlink(file) } }
            group.addTask { try MemberFolder.remove(base: base.path, network: pin, member: hans) }
            try await group.waitForAll()
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func isRemovedWithWhatIsInIt() throws {
        let base = try TemporaryDirectory()
        let pin = NetworkPin(Hash256(hashing: [1]))
        let (hans, yoda) = (try #require(UserName("hans")), try #require(UserName("yoda")))
        do {
            let folder = try MemberFolder(base: base.path, network: pin, member: hans)
            try Data([1]).write(to: URL(filePath: folder.file("token")))
            try FileManager.default.createDirectory(atPath: folder.file("a/b"), withIntermediateDirectories: true)
            // What a link leads to is not its own.
            try Data([1]).write(to: URL(filePath: base.file("other")))
            try FileManager.default.createSymbolicLink(
                atPath: folder.file("link"), withDestinationPath: base.file("other"))
            #expect(throws: FileFailure(.inUse, path: folder.path)) {
                try MemberFolder.remove(base: base.path, network: pin, member: hans)
            }
            _ = try MemberFolder(base: base.path, network: pin, member: yoda)
        }
        try MemberFolder.remove(base: base.path, network: pin, member: hans)
        #expect(!MemberFolder.exists(base: base.path, network: pin, member: hans))
        #expect(MemberFolder.exists(base: base.path, network: pin, member: yoda))
        try MemberFolder.remove(base: base.path, network: pin, member: hans)
        try MemberFolder.remove(base: base.path, network: pin, member: yoda)
        #expect(try FileManager.default.contentsOfDirectory(atPath: base.path) == ["other"])
    }

    @Test func standsWhereXDGSays() {
        #expect(MemberFolder.defaultBase(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/bittrickle")
        #expect(MemberFolder.defaultBase(environment: ["HOME": "/h"]) == "/h/.local/state/bittrickle")
        #expect(
            MemberFolder.defaultBase(environment: ["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/bittrickle"
        )
        #expect(MemberFolder.defaultBase(environment: [:]) == nil)
    }

    @Test func saysWhyItCannotBeMade() throws {
        let base = try TemporaryDirectory()
        try Files.write([], to: base.file("file"))
        let user = try #require(UserName("hans"))
        #expect(throws: FileFailure.self) {
            try MemberFolder(base: base.file("file"), network: NetworkPin(Hash256(hashing: [1])), member: user)
        }
    }
}

/// What must not be published by itself either.
@Suite struct KeptFileTests {
    @Test func keysAndStateAreRefused() throws {
        let directory = try TemporaryDirectory()
        let (state, identity) = (directory.file("state"), directory.file("me"))
        for folder in [state, "\(state)/inner", identity] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        func write(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }
        try write("\(state)/inner/token", "t")
        let key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"
        try write("\(identity)/key.pem", key)
        try write("\(identity)/other.txt", key)
        try write("\(directory.path)/network.key", key)
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link"), withDestinationPath: "\(state)/inner/token")
        let refused: [(String, FileFailure.Reason)] = [
            ("\(state)/inner/token", .ownFile), (directory.file("link"), .ownFile),
            (directory.file("network.key"), .serverKey),
        ]
        for (path, reason) in refused {
            #expect(throws: FileFailure(reason, path: path)) { try KeptFile.refuse(path, ownState: state) }
        }
        // Without its certificate it is anybody's.
        try KeptFile.refuse("\(identity)/key.pem", ownState: state)
        try write("\(identity)/certificate.pem", "c")
        let own = "\(identity)/key.pem"
        #expect(throws: FileFailure(.identityKey, path: own)) { try KeptFile.refuse(own, ownState: state) }
        try KeptFile.refuse("\(identity)/other.txt", ownState: state)
        try KeptFile.refuse(directory.file("missing"), ownState: state)
    }
}
