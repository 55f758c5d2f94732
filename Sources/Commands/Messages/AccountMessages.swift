import Terminal

/// About accounts, one's own and others', and who may change them.
extension Message {
    static var notAllowed: Message {
        Message(
            "Only administrators of the network may do this.",
            hint: "Ask one of them, or whoever runs the server: he can make you one.", exitStatus: .noPermission)
    }

    static func noSuchMember(_ name: String, _ verb: Verb) -> Message {
        Message(
            name.isEmpty ? "There is no such member." : "Nobody here is called \(SafeText(name)).",
            hint: "Mind upper and lower case; "
                + (verb == .block ? "peers lists who is online." : "the list of the members has their names."),
            exitStatus: .usage)
    }

    static var noSuchInvite: Message {
        Message(
            "There is no such invitation.", hint: "It may be used up or have ended: list those that are open.",
            exitStatus: .usage)
    }

    static func noSuchGroup(_ name: String) -> Message {
        Message(
            "There is no group \(SafeText(name)).",
            hint: "Mind upper and lower case; the list of the groups has their names.", exitStatus: .usage)
    }

    static var noSuchDevice: Message {
        Message(
            "There is no such other device.", hint: "List your devices: it may be signed out already.",
            exitStatus: .usage)
    }

    static func accountOfFile(_ name: String) -> Message {
        Message(
            "The account of \(SafeText(name)) stands in the server's credentials.txt, and only there it is changed.",
            hint: "Whoever runs the server edits that file.", exitStatus: .noPermission)
    }

    static var lastAdmin: Message {
        Message(
            "Nobody else administers the network.", hint: "Make somebody an administrator first.", exitStatus: .usage)
    }

    static func limitReached(_ limit: Int64) -> Message {
        Message(
            "The server keeps at most \(limit) of these.", hint: "Remove some that are not needed any more.",
            exitStatus: .temporary)
    }

    static var invitationUnfit: Message {
        Message(
            "An invitation like that is not possible.",
            hint: "For 1 to 100000 people, from a minute to 366 days, at a HOST or HOST:PORT.", exitStatus: .usage)
    }
}
