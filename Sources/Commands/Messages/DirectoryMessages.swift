import Terminal

/// What goes wrong between us and the directory.
extension Message {
    static func serverAway(_ address: String) -> Message {
        Message(
            "The server at \(SafeText(address)) does not answer.",
            hint: "Check that it runs and that this network lets UDP through. Nothing is lost: "
                + "the connection comes back by itself; then try again.",
            exitStatus: .unavailable)
    }

    /// Where it was said already what is wrong.
    static var serverStillAway: Message {
        Message("The server is still away.", hint: "Try again when it is back.", exitStatus: .unavailable)
    }

    /// While the program runs; at its start see ``networkChanged(_:known:found:)``.
    static func networkReplaced(_ address: String, expected: String, found: String) -> Message {
        Message(
            """
            Another network answers at \(SafeText(address)) now than the one that was there when bittrickle started.
              known fingerprint:  \(SafeText(expected))
              its fingerprint:    \(SafeText(found))
            """,
            hint: """
                Either somebody is in between, or the network was set up anew: ask who runs the server.
                If the new fingerprint is right, end bittrickle, with xit in a shell, with Ctrl-C for a daemon; forget the \
                old one, and start again:
                  bittrickle forget \(SafeText(address))
                Where you gave a fingerprint at the start, forget nothing and give the new one.
                If the old network comes back, so does the connection, by itself.
                """,
            exitStatus: .protocolError)
    }

    /// Where both fingerprints were named already.
    static func networkStillReplaced(_ address: String) -> Message {
        Message(
            "Another network still answers at \(SafeText(address)).",
            hint: """
                Try again when the old one is back. Or end bittrickle, with xit in a shell, with Ctrl-C for a daemon, and start \
                it with the new fingerprint or after: bittrickle forget \(SafeText(address))
                """,
            exitStatus: .protocolError)
    }

    static func serverBusy(_ milliseconds: Int64) -> Message {
        Message(
            "The server has too much to do just now.", hint: "Try again in \(wait(milliseconds)).",
            exitStatus: .temporary)
    }

    static var authenticationFailed: Message {
        Message(
            "The server knows no such user with this password.",
            hint: "Mind upper and lower case; who runs the server can look the user name up.", exitStatus: .noPermission
        )
    }

    static func onlineElsewhere(_ user: String, _ place: String) -> Message {
        Message(
            "\(SafeText(user)) is online already: \(SafeText(place)).",
            hint: "End bittrickle there, with xit in a shell, with Ctrl-C for a daemon; then log in here. "
                + "Where you cannot, an admin of the network signs you out.",
            exitStatus: .noPermission)
    }

    static func accountDisabled(_ user: String) -> Message {
        Message(
            "The password is right, but the account of \(SafeText(user)) is disabled.",
            hint: "An admin of the network can enable it again: ask one, or whoever runs the server.",
            exitStatus: .noPermission)
    }

    static func slowDown(_ milliseconds: Int64) -> Message {
        Message(
            "There were too many failed logins for this user or from this address.",
            hint: "Try again in \(wait(milliseconds)).", exitStatus: .temporary)
    }

    /// The beginning of a hint for whoever runs a shell, and for whoever runs a daemon.
    static let leave = "End bittrickle, with xit in a shell, with Ctrl-C for a daemon"

    static var notSignedIn: Message {
        Message(
            "Nobody is logged in any more.", hint: "\(leave); then start it again and log in.",
            exitStatus: .noPermission)
    }

    static let loginEnded =
        "The server has ended this login: the account was disabled or removed, its password changed, "
        + "or this device signed out."

    static var expelled: Message {
        Message(
            loginEnded,
            hint: "\(leave); then start it again and log in with the password of now. "
                + "Who runs the server knows more.",
            exitStatus: .noPermission)
    }

    static func quotaReached(_ limit: Int64) -> Message {
        Message(
            "The server keeps at most \(HumanUnits.counted(limit, "publication")) for each user.",
            hint: "Withdraw some with unpublish; published lists them.", exitStatus: .temporary)
    }

    static var serverDiskFull: Message {
        Message(
            "The server cannot keep anything new: its disk is full.",
            hint: "Nothing was changed. Tell whoever runs the server, and try again when there is room.",
            exitStatus: .temporary)
    }

    static var serverFailed: Message {
        Message(
            "The server failed while it worked on this.",
            hint: "Try again. If it stays so, tell whoever runs the server: its log says why.", exitStatus: .temporary)
    }

    static func serverMisbehaved(_ detail: String) -> Message {
        Message(
            "The server answered something that this program does not understand: \(SafeText(detail)).",
            hint: "Compare the versions: bittrickle --version, bittrickle-server --version.", exitStatus: .protocolError
        )
    }

    static func wait(_ milliseconds: Int64) -> String {
        HumanUnits.counted(max(1, milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0)), "second")
    }
}
