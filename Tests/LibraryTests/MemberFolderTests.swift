import Content
import Library
import TestKit
import Testing
import Wire

struct MemberFolderTests {
    @Test func isThePlaceOfOneMemberOfOneNetwork() throws {
        let base = try TemporaryDirectory()
        let pins = [NetworkPin(Hash256(hashing: [1])), NetworkPin(Hash256(hashing: [2]))]
        let users = try ["hans", "HANS", "../..", "a/b", "a%2fb", "..", ".", "%"].map { try #require(UserName($0)) }
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
