import Content
import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Accounts, as a member's node sees them.
@Suite(.timeLimit(.minutes(2))) struct AdministrationTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Somebody joins by an invitation of whoever runs the server.
    private func invited<Result: Sendable>(
        _ name: String, _ role: Role, _ server: DirectoryServer, home: TemporaryDirectory? = nil,
        _ body: (TestNode) async throws -> Result
    ) async throws -> Result {
        let secret = try #require(InviteSecret((0..<16).map { _ in UInt8.random(in: 0...255) }))
        _ = try await AdminClient(dataDirectory: network.folder.file("data"))
            .ask(.change(.invite(secret, uses: 1, role: role, lifetime: 60_000)))
        let node = try TestNode(name, port: server.port, home: home)
        return try await node.running {
            _ = try await node.node.connect()
            try await node.node.join(invite: secret.description, user: name, password: "cloud city")
            try await node.node.signIn(user: name, password: "cloud city")
            return try await body(node)
        }
    }

    @Test func anAdminInvitesAndAMemberMayNot() async throws {
        try await network.running { server in
            try await invited("olga", .admin, server) { olga in
                #expect(try olga.node.role() == .admin)
                let made = try await olga.node.invite(InvitationRequest(uses: 2, expiresInSeconds: 3_600))
                #expect(made.link.hasPrefix("bittrickle://127.0.0.1:\(server.port)/\(server.pin)/"))
                #expect(try await olga.node.invitations() == [made.invitation])
                let elsewhere = try await olga.node.invite(
                    InvitationRequest(expiresInSeconds: 3_600, role: .admin, address: "share.example.org"))
                #expect(elsewhere.link.hasPrefix("bittrickle://share.example.org:\(server.port)/"))
                #expect(elsewhere.invitation.role == .admin)
                await #expect(throws: NodeFailure.invitationUnfit) {
                    _ = try await olga.node.invite(InvitationRequest(expiresInSeconds: 1))
                }
                let link = try InviteLink(parsing: made.link)
                let boba = try TestNode("boba", port: server.port)
                try await boba.running {
                    _ = try await boba.node.connect()
                    try await boba.node.join(invite: link.secret.description, user: "boba", password: "cloud city")
                    try await boba.node.signIn(user: "boba", password: "cloud city")
                    #expect(try boba.node.role() == .member)
                    await #expect(throws: NodeFailure.notAllowed) { _ = try await boba.node.members() }
                    await #expect(throws: NodeFailure.notAllowed) { try await boba.node.withdrawInvite(1) }
                    try await olga.node.change(member: "boba", .role(.admin))
                    try await eventually("boba's role") { try boba.node.role() == .admin }
                    #expect(try await boba.node.members().first { $0.name == "boba" }?.isOnline == true)
                }
                let late = try TestNode("lando", port: server.port)
                try await late.running {
                    _ = try await late.node.connect()
                    let secret = link.secret.description
                    try await late.node.checkInvitation(secret, user: nil)
                    await #expect(throws: NodeFailure.nameTaken(user: "boba")) {
                        try await late.node.checkInvitation(secret, user: "boba")
                    }
                    try await olga.node.withdrawInvite(made.invitation.id)
                    await #expect(throws: NodeFailure.inviteInvalid) {
                        try await late.node.checkInvitation(secret, user: nil)
                    }
                }
                await #expect(throws: NodeFailure.noSuchInvite) {
                    try await olga.node.withdrawInvite(made.invitation.id)
                }
            }
        }
    }

    @Test func whatAnAdminChangesIsRefusedInWordsThatNameIt() async throws {
        try await network.running { server in
            try await invited("olga", .admin, server) { olga in
                let node = olga.node
                await #expect(throws: NodeFailure.noSuchMember("nobody")) {
                    try await node.change(member: "nobody", .disable)
                }
                await #expect(throws: NodeFailure.noSuchMember("no body")) {
                    try await node.change(member: "no body", .disable)
                }
                await #expect(throws: NodeFailure.accountOfFile("hans")) {
                    try await node.change(member: "hans", .remove)
                }
                await #expect(throws: NodeFailure.lastAdmin) { try await node.change(member: "olga", .remove) }
                await #expect(throws: NodeFailure.passwordUnfit(least: 8, most: 256)) {
                    try await node.change(member: "olga", .password("short"))
                }
                await #expect(throws: NodeFailure.nameTaken(user: "hans")) {
                    try await node.change(group: "hans", .add)
                }
                await #expect(throws: NodeFailure.noSuchGroup("jedi")) { try await node.change(group: "jedi", .remove) }
                try await node.change(group: "jedi", .add)
                try await node.change(group: "jedi", .put(["hans", "leia"]))
                for (members, unknown) in [(["hans", "lando"], "lando"), (["lando", "leia", "boba"], "lando, boba")] {
                    await #expect(throws: NodeFailure.noSuchMember(unknown)) {
                        try await node.change(group: "jedi", .put(members))
                    }
                }
                #expect(try await node.groups() == [MemberGroup(name: "jedi", memberCount: 2)])
                try await node.change(group: "jedi", .take(["leia"]))
                #expect(try await node.members(ofGroup: "jedi") == ["hans"])
            }
        }
    }

    /// The session and what goes on in it stay; another computer is signed out.
    @Test func anotherPasswordAndTheDevices() async throws {
        let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
        try await network.running { server in
            try await invited("lando", .member, server, home: first) { node in
                let devices = try await node.node.devices()
                #expect(devices.map(\.isThis) == [true])
            }
            let node = try TestNode("lando", port: server.port, home: second)
            try await node.running {
                _ = try await node.node.connect()
                try await node.node.signIn(user: "lando", password: "cloud city")
                try await node.publish("a", [1, 2, 3])
                let devices = try await node.node.devices()
                #expect(devices.map(\.isThis) == [true, false])
                #expect(devices[0].label == "lando's computer")
                await #expect(throws: NodeFailure.authenticationFailed) {
                    try await node.node.changePassword(old: "wrong", new: "kessel run")
                }
                try await node.node.changePassword(old: "cloud city", new: "kessel run")
                #expect(try await node.node.published().map(\.name) == ["a"])
                #expect(try await node.node.devices().map(\.isThis) == [true])
                // Others link to this one, by its new certificate.
                try await withNodes(["hans"], port: server.port) { nodes in
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == [1, 2, 3])
                }
                await #expect(throws: NodeFailure.noSuchDevice(devices[0].id)) {
                    try await node.node.signOut(device: devices[0].id)
                }
            }
            // By the token that came with the new password.
            let again = try TestNode("lando", port: server.port, home: second)
            try await again.running {
                _ = try await again.node.connect()
                try await again.node.signInAgain(user: "lando")
            }
            let other = try TestNode("lando", port: server.port, home: first)
            try await other.running {
                _ = try await other.node.connect()
                await #expect(throws: NodeFailure.authenticationFailed) {
                    try await other.node.signInAgain(user: "lando")
                }
                try await other.node.signIn(user: "lando", password: "kessel run")
                let elsewhere = try #require(try await other.node.devices().first { !$0.isThis })
                try await other.node.signOut(device: elsewhere.id)
                try await other.node.signOutOthers()
                #expect(try await other.node.devices().map(\.isThis) == [true])
            }
        }
    }

    @Test func whoIsDisabledIsToldAndHisLinksAreCut() async throws {
        try await network.running { server in
            try await invited("olga", .admin, server) { olga in
                try await invited("lando", .member, server) { lando in
                    try await lando.publish("a", [1, 2, 3])
                    try await olga.node.change(member: "lando", .disable)
                    try await eventually("lando is told") { lando.notices.contains(.expelled) }
                    await #expect(throws: NodeFailure.expelled) { _ = try await lando.node.activePeers() }
                    #expect(try await olga.node.search("").isEmpty)
                }
            }
        }
    }
}
