package import NodeControl
import Terminal

/// What an admin has done.
package enum AdminTask: Hashable, Sendable {
    case invite(InvitationRequest)
    case invitations
    case withdraw(Int64)
    case members
    case change(String, MemberChange)
    /// The password is asked for, or stands in a file.
    case password(String, SecretSource?)
    case sessions
    case publications(String)
    case takeDown(String, name: String)
    case groups
    case group(String)
    case changeGroup(String, GroupChange)

    /// Behind `admin`.
    enum Word: String, CaseIterable {
        case invite, invitations, withdraw, members, disable, enable, remove, password, role
        case signOut = "sign-out"
        case sessions, publications
        case takeDown = "take-down"
        case groups, group
        case addGroup = "add-group"
        case removeGroup = "remove-group"
        case put, take

        /// What these are called elsewhere: `users` by bittrickle-server.
        private static let others: [String: Word] = ["users": .members, "user": .members, "accounts": .members]

        /// The task that somebody meant by a word that is none.
        static func nearest(to word: String) -> Word? {
            others[word.lowercased()]
                ?? Nearest.choice(to: word, among: allCases.map(\.rawValue)).flatMap(Word.init(rawValue:))
        }
    }
}

/// The words after `admin`.
extension Command {
    private static let mostUses = 100_000
    private static let expiryRange: ClosedRange<Int64> = 60...366 * 86_400

    static func admin(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        let word = try arguments.text(0, "a task, such as members", of: .max)
        guard let task = AdminTask.Word(rawValue: word) else {
            if let nearest = AdminTask.Word.nearest(to: word) { throw .noTask(word, nearest: nearest.rawValue) }
            throw .noChoice(.admin, word, AdminTask.Word.allCases.map(\.rawValue))
        }
        return .admin(try self.task(task, arguments))
    }

    private static func task(_ task: AdminTask.Word, _ arguments: Arguments) throws(Misunderstanding) -> AdminTask {
        func alone(_ task: AdminTask) throws(Misunderstanding) -> AdminTask {
            try arguments.refuse(beyond: 1)
            return task
        }
        func member() throws(Misunderstanding) -> String { try arguments.text(1, "the name of a member", of: 2) }
        func group() throws(Misunderstanding) -> String { try arguments.text(1, "the name of a group", of: 2) }
        switch task {
        case .invite: return try alone(.invite(try invitation(arguments)))
        case .invitations: return try alone(.invitations)
        case .withdraw:
            let text = try arguments.text(1, "the number of an invitation", of: 2)
            guard let number = Int64(text), number >= 0 else { throw .noNumber(.admin, text, 0...Int.max) }
            return .withdraw(number)
        case .members: return try alone(.members)
        case .disable: return .change(try member(), .disable)
        case .enable: return .change(try member(), .enable)
        case .remove: return .change(try member(), .remove)
        case .signOut: return .change(try member(), .signOut)
        case .password: return .password(try member(), try secretSource(arguments))
        case .role:
            let name = try arguments.text(1, "the name of a member", of: 3)
            return .change(name, .role(try role(try arguments.text(2, "member or admin behind the name", of: 3))))
        case .sessions: return try alone(.sessions)
        case .publications: return .publications(try member())
        case .takeDown:
            let name = try arguments.text(1, "the name of a member", of: 3)
            return .takeDown(name, name: try arguments.text(2, "the name of a publication", of: 3))
        case .groups: return try alone(.groups)
        case .group: return .group(try group())
        case .addGroup: return .changeGroup(try group(), .add)
        case .removeGroup: return .changeGroup(try group(), .remove)
        case .put, .take:
            let group = try arguments.text(1, "the name of a group", of: .max)
            _ = try arguments.text(2, "the name of a member", of: .max)
            let names = arguments.words.dropFirst(2).map(\.text)
            return .changeGroup(group, task == .put ? .put(names) : .take(names))
        }
    }

    private static func invitation(_ arguments: Arguments) throws(Misunderstanding) -> InvitationRequest {
        let uses = try arguments.number("--uses", in: 1...mostUses) ?? 1
        let expires = arguments.text(of: "--expires") ?? "7d"
        guard let seconds = Period.milliseconds(expires).map({ $0 / 1_000 }), expiryRange.contains(seconds) else {
            throw .noPeriod(.admin, expires)
        }
        var request = InvitationRequest(
            uses: Int64(uses), expiresInSeconds: seconds, address: arguments.text(of: "--address"))
        if let text = arguments.text(of: "--role") { request.role = try role(text) }
        return request
    }

    private static func role(_ text: String) throws(Misunderstanding) -> MemberRole {
        guard let role = MemberRole(rawValue: text) else {
            throw .noChoice(.admin, text, MemberRole.allCases.map(\.rawValue))
        }
        return role
    }
}
