import NodeControl
import Terminal

/// Saved searches, and members who are blocked.
extension Message {
    static func keptLimit(_ limit: Int) -> Message {
        Message(
            "There are \(limit) of these already, and no more are kept.",
            hint: "Forget one that is not needed any more.",
            exitStatus: .temporary)
    }

    static func noSuchSearch(_ name: String) -> Message {
        Message("No search is saved as \(SafeText(name)).", hint: "searches lists those that are.", exitStatus: .usage)
    }

    static var searchUnfit: Message {
        Message(
            "That cannot be saved.",
            hint:
                "Names have 1 to \(SearchDraft.nameLimit) bytes, what is searched for up to \(SearchDraft.textLimit), "
                + "commands up to \(SearchDraft.commandLimit); names and texts are one line.", exitStatus: .usage)
    }

    static func searchTooBroad(_ limit: Int) -> Message {
        Message(
            "It finds more than \(limit) already: what is new could not be told from what is not.",
            hint: "Search for more of the name.", exitStatus: .usage)
    }

    static func notBlocked(_ name: String) -> Message {
        Message("\(SafeText(name)) is not blocked.", hint: "block lists whom you have blocked.", exitStatus: .usage)
    }

    static func memberBlocked(_ name: String) -> Message {
        Message(
            "You have blocked \(SafeText(name)).",
            hint: "Nothing of his is shown until: unblock \(SafeText(Quoting.quoted(name)))", exitStatus: .noPermission)
    }

    static var oneself: Message {
        Message("That is yourself.", hint: "Name somebody else: peers lists who is online.", exitStatus: .usage)
    }

    static let searchesWhileRunning =
        "It goes on while bittrickle runs here, and tells what is new from now on; bittrickle daemon stays."

    /// One line: it is a remark, and the text of a notification.
    static func matched(_ match: SearchMatch) -> String {
        let size = match.size.map { ", \(HumanUnits.size($0))" } ?? ""
        return
            "\(SafeText(match.name).truncated(to: 120))\(match.isFolder ? "/" : "") from \(SafeText(match.owner))\(size)"
    }

    static func matched(_ search: String, _ match: SearchMatch, further: Int) -> String {
        let more =
            further > 0
            ? " And \(further) more: searches \(SafeText(Quoting.quoted(search))) lists them." : ""
        return "New for \(SafeText(search)): \(matched(match)).\(more)"
    }
}

/// Secrets.
extension Message {
    static var oldPasswordWrong: Message {
        Message(
            "The password that you have is another one.",
            hint: "Nothing was changed. Mind upper and lower case, and type it once more.", exitStatus: .noPermission)
    }

    static var noSecret: Message {
        Message(
            "No password came: nobody can be asked here, and the input has ended.",
            hint: "Write it into the input, or see --password-file, --password-fd and BITTRICKLE_PASSWORD.",
            exitStatus: .noInput)
    }

    static func openToOthers(_ path: String) -> String {
        "Others on this computer can read \(SafeText(path)): chmod 600 \(SafeText(Quoting.quoted(path)))"
    }
}
