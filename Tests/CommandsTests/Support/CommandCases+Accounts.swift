import Commands
import NodeControl
import TestKit

/// Commands about accounts and settings.
extension CommandCases {
    static let aboutAccounts: [CommandGoldenTests.Case] = [
        .init(
            verb: .passwd,
            runs: [
                Run("passwd", answers: ["old secret", "new secret", "new secret"]),
                Run("passwd", answers: ["old secret", "short", "new secret", "other", "new secret", "new secret"]),
                Run("passwd", answers: ["old secret", "new secret", "other"]),
                Run("passwd --password-file /no/such/file"), Run("passwd"), Run("passwd", answers: ["old secret"]),
                Run("passwd", wrongPassword, answers: ["wrong one", "new secret", "new secret"]),
                Run("passwd --json", answers: ["old secret", "new secret", "new secret"]),
            ]),
        .init(
            verb: .devices,
            runs: [
                Run("devices", administered), Run("devices --json", administered),
                Run("devices --sign-out 2b", administered), Run("devices --sign-out 9", administered),
                Run("devices --sign-out-others --json", administered),
                Run("devices --sign-out-others", administered, answers: ["n"]),
            ]),
        .init(
            verb: .block,
            runs: [
                Run("block"), Run("block", keeping), Run("block --json", keeping), Run("block vader"),
                Run("block vader yoda --json"), Run("block hans", failing(.oneself)),
                Run("block 'no name'", failing(.noSuchMember("no name"))),
            ]),
        .init(
            verb: .unblock,
            runs: [
                Run("unblock vader"), Run("unblock vader --json"),
                Run("unblock vader", failing(.notBlocked(name: "vader"))),
            ]),
        .init(
            verb: .config,
            runs: [
                Run("config", keeping), Run("config --json", keeping), Run("config down", keeping),
                Run("config down 2M"), Run("config up 500 kB"), Run("config up 0"), Run("config notify No --json"),
                Run("config downloads films"), Run("config web-port 8080"), Run("config port 4001"),
                Run("config search-interval 5m"), Run("config --unset down"),
            ]),
        .init(
            verb: .admin,
            runs: [
                Run("admin invite", administered), Run("admin invite --json", administered), Run("admin invite"),
                Run("admin invitations", administered), Run("admin invitations"),
                Run("admin invitations --json", administered), Run("admin withdraw 4"),
                Run("admin members", administered), Run("admin members --json", administered),
                Run("admin disable vader"), Run("admin remove vader", answers: ["y"]), Run("admin remove vader --json"),
                Run("admin role vader admin"), Run("admin password vader", answers: ["new secret", "new secret"]),
                Run("admin sign-out vader --quiet"), Run("admin sessions", administered),
                Run("admin sessions --json", administered), Run("admin publications vader", administered),
                Run("admin take-down vader a.pdf"), Run("admin groups", administered),
                Run("admin groups --json", administered), Run("admin group friends", administered),
                Run("admin put friends hans vader"), Run("admin remove-group friends", answers: ["n"]),
            ]),
    ]

    private static let administered: Script = {
        var script = Script()
        let invitation = Invitation(id: 4, role: .member, usesLeft: 3, created: 0, expires: 10_000_000 + 3 * 86_400_000)
        script.administration.devices = [
            MemberDevice(
                id: String(repeating: "1a", count: 16), label: "desk", lastSignIn: 9_990_000, expires: 99_000_000,
                isOnline: true, isThis: true),
            MemberDevice(
                id: String(repeating: "2b", count: 16), label: "lap\u{1B}top", lastSignIn: 2_000_000,
                expires: 99_000_000,
                isOnline: false, isThis: false),
        ]
        script.administration.invitations = [invitation]
        script.administration.invited = .success(
            NewInvitation(link: "bittrickle://example.org:12000/00ff/11ee", invitation: invitation))
        script.administration.members = [
            MemberAccount(
                name: "hans", standing: .filed, role: .admin, isOnline: true, lastSeen: 9_999_000, publicationCount: 12),
            MemberAccount(
                name: "vader", standing: .disabled, role: .member, isOnline: false, lastSeen: nil, publicationCount: 0),
        ]
        script.administration.sessions = [
            OnlineSession(
                member: "hans", device: "desk", address: "192.0.2.1:4000", since: 5_000_000, lastHeard: 9_999_000)
        ]
        script.administration.publications = [file]
        script.administration.groups = [MemberGroup(name: "friends", memberCount: 2)]
        script.administration.groupMembers = ["hans", "leia"]
        return script
    }()

    private static let wrongPassword: Script = {
        var script = Script()
        script.administration.failure = .authenticationFailed
        return script
    }()
}
