import PeerNode
import Terminal
import Wire

/// About becoming a member, and about being one in several networks.
extension Message {
    static var inviteInvalid: Message {
        Message(
            "This invitation is not valid: it was taken back, used up, or has ended.",
            hint:
                "Ask whoever gave it to you for another one. Whoever joined by it signs in with: bittrickle HOST:PORT",
            exitStatus: .noPermission)
    }

    static let isAnInvite = Message(
        "This is an invitation.", hint: "Join with it: bittrickle join LINK", exitStatus: .usage)

    static func nameTaken(_ user: String) -> Message {
        Message(
            "Somebody is called \(SafeText(user)) already.", hint: "Choose another name.", exitStatus: .noPermission)
    }

    static var userNameUnfit: Message {
        Message(
            "That cannot be a name here.",
            hint: "Names have 1 to \(UserName.maximumByteCount) letters, digits and signs of ASCII, without spaces.",
            exitStatus: .usage)
    }

    static var passwordUnfit: Message { passwordUnfit(Login.leastPasswordByteCount, Login.passwordByteLimit) }

    static func passwordUnfit(_ least: Int, _ most: Int) -> Message {
        Message(
            "That cannot be a password here.", hint: "Passwords have \(least) to \(most) bytes.", exitStatus: .usage)
    }

    static var passwordsDiffer: Message {
        Message("The two differ.", hint: "Type the same password twice.", exitStatus: .usage)
    }

    /// After joining.
    static var whatNext: String {
        """
        From now on: bittrickle opens the shell, and bittrickle COMMAND carries out one command, such as
          bittrickle search ""
          bittrickle get NAME
        """
    }

    /// Where what the server gave this computer at the last login is not taken any more.
    static func passwordNeeded(_ user: String) -> String {
        "The login that this computer kept is not taken any more: \(SafeText(user)), your password is needed."
    }

    static func loginNotTaken(_ user: String) -> Message {
        Message(
            passwordNeeded(user), hint: "Start bittrickle on a terminal once, in the same network, and type it there.",
            exitStatus: .noPermission)
    }

    /// Joined, but not signed in.
    static let joinedOnly = "You are a member now; bittrickle asks for your password when the server can be reached."

    static let joinedNone = Message(
        "No network was joined from here.",
        hint: "Join one with: bittrickle join LINK; or name a server: bittrickle HOST:PORT\n"
            + "Those that answer on the local network: bittrickle networks --nearby",
        exitStatus: .usage)

    /// For `doctor`, which looks at others as well.
    static let noneToExamine = Message(
        joinedNone.what, hint: "\(joinedNone.hint ?? "")\nTo look at one first: bittrickle doctor --network HOST:PORT",
        exitStatus: .usage)

    /// Beside the list, which says what is meant without it.
    static func networkOfEnvironment(_ name: String) -> String {
        "BITTRICKLE_NETWORK is set: where none is named it is \(SafeText(name).truncated(to: 60))."
    }

    /// To whom has joined another network.
    static func meantNow(_ name: String, before: String) -> String {
        "Where none is named the network is \(SafeText(name)) now; the one before: bittrickle\(networkOption(before))"
    }

    /// To whom asks for the name and the password of a network where he need not give them.
    static func goesOnWithoutPassword(_ name: String, _ user: String) -> String {
        "Without a password, as \(SafeText(user)): bittrickle\(networkOption(name))"
    }
}

extension DialogueLines {
    static func networks(_ networks: [JoinedNetwork], width: Int?) -> [String] {
        let table = TextTable(
            [.init("DEFAULT"), .init("MEMBER"), .init("FINGERPRINT"), .init("NETWORK")],
            rows: networks.enumerated().map { index, network in
                [
                    index == 0 ? "yes" : "-", network.user.text, String(network.pin.description.prefix(8)),
                    "\(network.server)",
                ]
            })
        return [HumanUnits.counted(networks.count, "network") + ":"] + table.lines(width: width)
    }
}
