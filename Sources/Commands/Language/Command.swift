import NodeControl
import Terminal
import Wire

/// A line of the shell, or a command line, understood.
package struct Command: Hashable, Sendable {
    package var action: Action
    package var manner: Manner
    /// In which of the networks that were joined, as a command line says it.
    package var network: String?

    /// Nil for a line without a word.
    package init?(parsing line: String, home: String?) throws(Misunderstanding) {
        let words = Words(line)
        if let quote = words.ending.quote { throw .openQuote(quote.rawValue) }
        if words.ending.isAfterBackslash { throw .openBackslash }
        guard let first = words.words.first?.text else { return nil }
        try self.init(Arguments(of: Self.verb(first), Array(words.words.dropFirst()), home: home))
    }

    /// Of a command line, whose shell has taken it apart already.
    package init(_ verb: Verb, arguments: [String]) throws(Misunderstanding) {
        try self.init(
            Arguments(of: verb, arguments.map { Words.Word(text: $0) }, home: nil, isCommandLine: true))
    }

    private init(_ arguments: Arguments) throws(Misunderstanding) {
        manner = arguments.manner
        network = arguments.network
        action = try Self.action(arguments)
    }

    private static func verb(_ word: String) throws(Misunderstanding) -> Verb {
        guard let verb = Verb(word: word) else {
            throw .unknownCommand(word, nearest: Nearest.command(to: word, among: Verb.words))
        }
        return verb
    }

    private static func action(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        switch arguments.verb {
        case .peers, .published, .shares, .asks, .status, .xit: return try plain(arguments)
        case .publish:
            return .publish(
                paths: try arguments.paths(atLeastOne: "the file to publish"), to: try audience(arguments))
        case .approve, .refuse:
            let verdict: AskVerdict =
                arguments.verb == .refuse ? .refuse : arguments.has("--always") ? .always : .once
            return .answer(asks: try arguments.texts(atLeastOne: "the number of a question"), verdict)
        case .unpublish: return .unpublish(names: try arguments.texts(atLeastOne: "the name of the file to withdraw"))
        case .share:
            return .share(paths: try arguments.paths(atLeastOne: "the folder to share"), to: try audience(arguments))
        case .unshare: return .unshare(paths: try arguments.paths(atLeastOne: "the folder that is shared"))
        case .search:
            return try SearchWords.action(arguments)
        case .searches:
            if let name = arguments.text(of: "--forget") {
                try arguments.refuse(beyond: 0)
                return .forgetSearch(name)
            }
            try arguments.refuse(beyond: 1)
            return arguments.optionalText(0).map(Action.lookAtSearch) ?? .listSearches
        case .block: return arguments.words.isEmpty ? .listBlocked : .block(members: arguments.words.map(\.text))
        case .unblock: return .unblock(members: try arguments.texts(atLeastOne: "the name of a member"))
        case .config: return try config(arguments)
        case .browse:
            let member = try arguments.text(0, "the name of a member", of: 2)
            return .browse(member: member, folder: arguments.optionalText(1))
        case .get: return try get(arguments)
        case .export:
            let name = try arguments.text(0, "the name of a published file", of: 2)
            return .export(name: name, path: try arguments.path(1, "the torrent file to write", of: 2))
        case .identity:
            let folder = try arguments.path(0, "the folder to write to", of: 1)
            return .identity(folder: folder, days: try arguments.number("--days", in: identityDays) ?? 1)
        case .importing:
            let path = try arguments.path(0, "the torrent file", of: 2)
            return .importTorrent(path: path, content: arguments.optionalPath(1))
        case .passwd:
            try arguments.refuse(beyond: 0)
            return .changePassword(try secretSource(arguments))
        case .devices:
            try arguments.refuse(beyond: 0)
            if let device = arguments.text(of: "--sign-out") { return .signOut(device: device) }
            return arguments.has("--sign-out-others") ? .signOutOthers : .listDevices
        case .admin: return try admin(arguments)
        case .doctor:
            try arguments.refuse(beyond: 1)
            let member = arguments.optionalText(0)
            guard member != "" else { throw .missing(.doctor, "the name of a member, or none at all") }
            return .examine(member: member)
        case .queue: return try queue(arguments.words)
        case .limit: return try limit(arguments.words)
        case .pause, .resume, .cancel:
            let change: TransferChange =
                arguments.verb == .pause ? .pause : arguments.verb == .resume ? .resume : .cancel
            return .change(transfers: try arguments.texts(atLeastOne: "the number or name of a transfer"), change)
        case .help:
            try arguments.refuse(beyond: 1)
            return .help(
                try arguments.words.first.map { word throws(Misunderstanding) in try HelpTopic(word: word.text) })
        }
    }

    /// Those without arguments.
    private static func plain(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        try arguments.refuse(beyond: 0)
        return switch arguments.verb {
        case .peers: .listPeers
        case .published: arguments.has("--long") ? .listPublishedLong : .listPublished
        case .asks: .listAsks
        case .shares: .listShares
        case .status: .showStatus
        default: .leave
        }
    }

    /// Nil where nothing is said of it.
    private static func audience(_ arguments: Arguments) throws(Misunderstanding) -> Audience? {
        let names = arguments.text(of: "--to")
        let isLocked = arguments.has("--locked")
        if arguments.has("--public") {
            guard names == nil, !isLocked else {
                throw .contradiction(arguments.verb, "--public", names == nil ? "--locked" : "--to")
            }
            return .everybody
        }
        guard names != nil || isLocked else { return nil }
        let readers = names.map { $0.split(separator: ",").map(String.init) } ?? []
        if names != nil, readers.isEmpty { throw .missing(arguments.verb, "the names after --to") }
        return .only(readers, isListed: isLocked)
    }

    private static func get(_ arguments: Arguments) throws(Misunderstanding) -> Action {
        let names = try arguments.texts(atLeastOne: "the name of the file to download")
        let output = arguments.path(of: "--output")
        if output != nil, names.count > 1 { throw .oneOutputForMany }
        return arguments.has("--background")
            ? .enqueue(names: names, output: output, isAsking: arguments.has("--ask"))
            : .get(names: names, output: output, isAsking: arguments.has("--ask"))
    }

    /// For how many days an identity may be good.
    private static let identityDays = 1...MemberCertificateTerms.longestDays
}
