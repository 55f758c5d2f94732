import ArgumentParser
import DirectoryServer
import Terminal
import Wire

/// `bittrickle-server users`: who belongs.
struct UsersCommand: AdministrativeCommand {
    static let name = "users"

    static let configuration = CommandConfiguration(
        commandName: "bittrickle-server users",
        abstract: "Who belongs to the network of the server that runs here; without an option they are listed.",
        discussion: """
            Members of credentials.txt are changed in that file, and nowhere else. Somebody who may administer always \
            remains. What is listed as published counts each file and folder in shared folders.

            EXAMPLES
              Everybody, for a script:
                bittrickle-server users --json
              Somebody who forgot his password, which is asked for:
                bittrickle-server users --password hans
              The same without a terminal:
                bittrickle-server users --password hans --password-file new.txt
              Somebody who is to help:
                bittrickle-server users --role hans admin
              For a while, and for good:
                bittrickle-server users --disable vader
                bittrickle-server users --remove vader
            """)

    @OptionGroup var access: ServerAccess

    @Option(help: ArgumentHelp("Let him in no more; what he published stays.", valueName: "name"))
    var disable: String?

    @Option(help: ArgumentHelp("Let him in again.", valueName: "name"))
    var enable: String?

    @Option(help: ArgumentHelp("Remove him, and all that he published.", valueName: "name"))
    var remove: String?

    @Option(help: ArgumentHelp("Set his password.", valueName: "name"))
    var password: String?

    @Option(help: ArgumentHelp("Where the password is, instead of a prompt.", valueName: "file"))
    var passwordFile: String?

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Make him a member or an admin.", valueName: "name> <role"))
    var role: [String] = []

    func validate() throws {
        let isRole = role.isEmpty ? 0 : 1
        let count = isRole + [disable, enable, remove, password].count { $0 != nil }
        guard count <= 1 else { throw ValidationError("One change at a time.") }
        guard passwordFile == nil || password != nil else {
            throw ValidationError("--password-file goes with --password NAME.")
        }
        guard role.isEmpty || role.count == 2 && Role(name: role[1]) != nil else {
            throw ValidationError("--role takes a name, then member or admin.")
        }
    }

    func run() async throws {
        if let disable {
            try await access.change(.disable(Names.user(disable)))
            access.tell("\(disable) is not let in any more")
        } else if let enable {
            try await access.change(.enable(Names.user(enable)))
            access.tell("\(enable) is let in again")
        } else if let remove {
            try await access.change(.remove(Names.user(remove)))
            access.tell("\(remove) is removed")
        } else if let password {
            let user = try Names.user(password)
            try await access.change(.setPassword(user, PasswordInput(file: passwordFile).read(for: password)))
            access.tell("\(password) has a new password, and is signed out")
        } else if role.count == 2, let wanted = Role(name: role[1]) {
            try await access.change(.setRole(Names.user(role[0]), wanted))
            access.tell("\(role[0]) is \(wanted == .admin ? "an admin" : "a member") now")
        } else {
            try await list()
        }
    }

    private func list() async throws {
        let members = try await access.list(.members) { if case .members(let members) = $0 { members } else { nil } }
        try access.show(members, ["NAME", "ROLE", "HOW", "PUBLISHED", "LAST SEEN"], none: "Nobody belongs yet") {
            [
                $0.user.text, $0.role.name, Self.standing($0), "\($0.publications)",
                $0.isOnline ? "online" : $0.lastSeen.map(Period.moment) ?? "never",
            ]
        }
    }

    private static func standing(_ member: MemberEntry) -> String {
        switch member.standing {
        case .invited: "invited"
        case .disabled: "disabled"
        case .filed: "credentials.txt"
        case .gone: "no account"
        }
    }
}

/// Names as they are typed.
enum Names {
    /// One that nobody can have is nobody's.
    static func user(_ text: String) throws -> UserName {
        guard let name = UserName(text) else {
            throw ServerRefusal(ServerMessages.message(for: DirectoryRefusal.noSuchMember))
        }
        return name
    }

    static func group(_ text: String) throws -> UserName {
        guard let name = UserName(text) else {
            throw ValidationError("\(text) is no name: names have 1 to 16 characters of ASCII, without spaces.")
        }
        return name
    }

    /// Of a publication, which for a folder may have a slash behind it.
    static func file(_ text: String) throws -> FileName {
        guard let name = try? FileName(text.hasSuffix("/") ? String(text.dropLast()) : text) else {
            throw ValidationError("\(text) is no name of a publication.")
        }
        return name
    }
}
