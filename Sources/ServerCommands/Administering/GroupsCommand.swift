import ArgumentParser
import DirectoryServer
import Wire

/// `bittrickle-server groups`: members under one name.
struct GroupsCommand: AdministrativeCommand {
    static let name = "groups"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server groups",
        abstract: "Groups of members of the network of the server that runs here; without an option they are listed.",
        discussion: """
            A group and a member never have the same name.

            EXAMPLES
              A group of two, and who is in it:
                bittrickle-server groups --add jedi
                bittrickle-server groups --of jedi --put luke yoda
                bittrickle-server groups --of jedi
              One of them leaves it; the group goes:
                bittrickle-server groups --of jedi --take yoda
                bittrickle-server groups --remove jedi
            """)

    @OptionGroup var access: ServerAccess

    @Option(help: ArgumentHelp("Make a group.", valueName: "group"))
    var add: String?

    @Option(help: ArgumentHelp("Remove a group; its members stay members.", valueName: "group"))
    var remove: String?

    @Option(help: ArgumentHelp("Which group is meant; alone it lists its members.", valueName: "group"))
    var of: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Members to put into it.", valueName: "name"))
    var put: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Members to take out of it.", valueName: "name"))
    var take: [String] = []

    func validate() throws {
        guard [add, remove, of].count(where: { $0 != nil }) <= 1, put.isEmpty || take.isEmpty else {
            throw ValidationError("One change at a time.")
        }
        guard put.isEmpty && take.isEmpty || of != nil else {
            throw ValidationError("--put and --take go with --of GROUP.")
        }
    }

    func run() async throws {
        if let add {
            try await access.change(.addGroup(Names.group(add)))
            access.tell("The group \(add) is made")
        } else if let remove {
            try await access.change(.removeGroup(Names.group(remove)))
            access.tell("The group \(remove) is removed")
        } else if let of {
            let group = try Names.group(of)
            if !put.isEmpty {
                try await access.change(.addMembers(put.map(Names.user), to: group))
                access.tell("Put into \(of)")
            } else if !take.isEmpty {
                try await access.change(.removeMembers(take.map(Names.user), from: group))
                access.tell("Taken out of \(of)")
            } else {
                try await members(of: group)
            }
        } else {
            try await list()
        }
    }

    private struct Member: Encodable {
        let user: UserName
    }

    private func members(of group: UserName) async throws {
        let members = try await access.list(.groupMembers(group)) {
            if case .groupMembers(let members) = $0 { members } else { nil }
        }
        try access.show(members.map(Member.init), ["NAME"], none: "Nobody is in \(group)") { [$0.user.text] }
    }

    private func list() async throws {
        let groups = try await access.list(.groups) { if case .groups(let groups) = $0 { groups } else { nil } }
        try access.show(groups, ["GROUP", "MEMBERS"], none: "There is no group") {
            [$0.name.text, "\($0.memberCount)"]
        }
    }
}
