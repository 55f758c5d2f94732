import NodeControl
import Terminal

/// Carries out what admins have done.
extension CommandRun {
    func administer(_ task: AdminTask) async -> Bool {
        switch task {
        case .invite, .invitations, .withdraw: await invitations(task)
        case .members, .sessions, .publications, .groups, .group: await list(task)
        case .change(let name, let change): await self.change(member: name, change)
        case .password(let name, let source):
            if let secrets = await secrets(
                [WantedSecret("New password of \(SafeText(name)): ")], source)
            {
                await self.change(member: name, .password(secrets[0]))
            } else {
                false
            }
        case .takeDown(let name, let publication):
            await done("take-down", "\(name)/\(publication)", "\(SafeText(publication)) taken down") {
                () async throws(NodeFailure) in
                try await node.takeDown(name: publication, of: name)
            }
        case .changeGroup(let group, let change):
            if change == .remove, await !asking.agrees("Give up the group \(SafeText(group))? [y/N] ") {
                false
            } else {
                await done("group", group, Self.told(group, change)) { () async throws(NodeFailure) in
                    try await node.change(group: group, change)
                }
            }
        }
    }

    private func done(
        _ what: String, _ item: String, _ line: String, _ work: () async throws(NodeFailure) -> Void
    ) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            try await work()
            voice.done(line, .done("admin \(what)", of: item))
        }
    }

    private func invitations(_ task: AdminTask) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            switch task {
            case .invite(let request):
                let new = try await node.invite(request)
                voice.answer([SafeText(new.link).text], [.invitation(new.invitation, link: new.link)])
            case .withdraw(let number):
                try await node.withdrawInvite(number)
                voice.done("The invitation is taken back", .done("admin withdraw", of: "\(number)"))
            default:
                let open = try await node.invitations()
                answer(
                    open, "No invitation is open", ["NUMBER", "ROLE", "LEFT", "FOR"],
                    {
                        [
                            "\($0.id)", $0.role.rawValue, "\($0.usesLeft)",
                            HumanUnits.period(milliseconds: $0.expires - now()),
                        ]
                    },
                    { .invitation($0, link: nil) })
            }
        }
    }

    private func list(_ task: AdminTask) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            switch task {
            case .sessions:
                answer(
                    try await node.sessions(), "Nobody is signed in", ["MEMBER", "SINCE", "ADDRESS", "DEVICE"],
                    { [$0.member, DialogueLines.ago($0.since, now()), $0.address, $0.device] }, Record.session)
            case .publications(let member):
                let files = try await node.publications(of: member)
                voice.answer(DialogueLines.publishedFiles(files.map(\.shown)), files.map(Record.published))
            case .groups:
                answer(
                    try await node.groups(), "No groups", ["MEMBERS", "GROUP"], { ["\($0.memberCount)", $0.name] },
                    Record.group)
            case .group(let group):
                let members = try await node.members(ofGroup: group)
                answer(members, "Nobody is in it", ["MEMBER"], { [$0] }) { Record.peer($0) }
            default:
                answer(
                    try await node.members(), "No members", ["STANDING", "ROLE", "FILES", "SEEN", "MEMBER"],
                    { member in
                        [
                            member.standing.rawValue, member.role.rawValue, "\(member.publicationCount)",
                            member.isOnline ? "online" : DialogueLines.ago(member.lastSeen, now()), member.name,
                        ]
                    }, Record.member)
            }
        }
    }

    private func answer<Entry>(
        _ entries: [Entry], _ none: String, _ columns: [String], _ row: (Entry) -> [String],
        _ record: (Entry) -> Record
    ) {
        let table = TextTable(columns.map { TextTable.Column($0) }, rows: entries.map(row))
        voice.answer(
            entries.isEmpty ? [none] : table.lines(width: voice.console.outputWidth), entries.map(record))
    }

    private func change(member name: String, _ change: MemberChange) async -> Bool {
        if change == .remove {
            let question = "Remove \(SafeText(name)), with all that he published? [y/N] "
            guard await asking.agrees(question) else { return false }
        }
        let (what, line) = Self.told(name, change)
        return await done(what, name, line) { () async throws(NodeFailure) in
            try await node.change(member: name, change)
        }
    }

    private static func told(_ group: String, _ change: GroupChange) -> String {
        let group = SafeText(group)
        return switch change {
        case .add: "Group \(group) is there"
        case .remove: "Group \(group) given up"
        case .put(let members): "\(Self.those(members)) in \(group) now"
        case .take(let members): "\(Self.those(members)) in \(group) no more"
        }
    }

    /// Names, and the verb that fits so many.
    private static func those(_ members: [String]) -> String {
        members.map { SafeText($0).text }.joined(separator: ", ") + (members.count == 1 ? " is" : " are")
    }

    private static func told(_ name: String, _ change: MemberChange) -> (String, String) {
        let name = SafeText(name)
        return switch change {
        case .disable: ("disable", "\(name) is not let in any more")
        case .enable: ("enable", "\(name) is let in again")
        case .remove: ("remove", "\(name) removed")
        case .role(let role): ("role", "\(name) is \(role == .admin ? "an admin" : "a member") now")
        case .password: ("password", "\(name) has the new password")
        case .signOut: ("sign-out", "\(name) is signed out")
        }
    }
}
