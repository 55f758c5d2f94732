import ControlAPI
import Logging
import NodeControl
import Terminal
import Wire

/// About nodes that run in another program.
extension Message {
    /// - Parameter name: Of the network, as the command line has it.
    static func runsAlready(_ name: String?) -> Message {
        Message(
            "bittrickle is running in this network already, as this member.",
            hint: "Commands use it by themselves; its page: bittrickle web\(networkOption(name))",
            exitStatus: .temporary)
    }

    /// For a hint about the same network.
    static func networkOption(_ name: String?) -> String {
        name.map { " --network \(SafeText(Quoting.quoted($0)))" } ?? ""
    }

    /// In the words of `doctor`.
    static func programHung(_ user: String, process: Int32?) -> Message {
        let finding = HealthFinding.programHung(user, process: process)
        return Message(finding.line, hint: finding.remedy, exitStatus: .temporary)
    }

    /// A command of it is under way.
    static func waitsForHungProgram(_ user: String, process: Int32?) -> Message {
        var message = programHung(user, process: process)
        message.what += " Waiting."
        return message
    }

    static let programAnswersAgain = "It answers again."

    static let nodeAway = Message(
        "The bittrickle that was running here has ended.", hint: "Try again: the command then logs in by itself.",
        exitStatus: .temporary)

    static let nodeLeft = Message(
        "The bittrickle that was running here has ended in the middle of this: it is not known whether it was done.",
        hint: "Look, as with published, shares or queue, before you try again: commands then log in by themselves.",
        exitStatus: .temporary)

    static func noPage(_ name: String?) -> Message {
        Message(
            "What is running here is one command, or the shell; it has no page.",
            hint: "Try again when it has ended, or let it run: bittrickle daemon\(networkOption(name))",
            exitStatus: .temporary)
    }

    static let leavingUnasked = Message(
        "Leaving a network is asked about, and nobody can be asked here.", hint: "With --yes it is done unasked.",
        exitStatus: .usage)

    static func stillRuns(_ name: String) -> Message {
        Message(
            "A bittrickle that is running here does not end.",
            hint: "End it, and then: bittrickle leave\(networkOption(name))", exitStatus: .temporary)
    }

    static func networkToLeaveIsAnother(_ server: HostPort) -> Message {
        Message(
            "Another network answers at \(server) than the one that you joined.",
            hint: "Nothing was told to it. bittrickle forget \(server) forgets the one that was there.",
            exitStatus: .protocolError)
    }

    static let servedWhileItRuns = "Others get it while bittrickle runs: bittrickle daemon stays."
    static let fetchedWhileItRuns = "It goes on while bittrickle runs: bittrickle daemon stays."

    static let fetchingEnds = """
        No other bittrickle runs here: downloads stop when this command ends. bittrickle daemon stays, and has them go on; \
        get NAME has one go on, and waits for it.
        """

    /// - Parameter level: From which on they are wanted.
    static func detailsElsewhere(_ level: Logger.Level) -> String {
        """
        The bittrickle that runs here carries this out, and details are where that one writes them: on standard error of \
        bittrickle daemon --log-level \(level), or, of a service, in journalctl --user -u bittrickle.
        """
    }

    /// Behind it comes what the command says.
    static func isOfRecord(_ server: HostPort) -> String {
        "The server at \(server) does not answer. This is as it is recorded here, and nothing is fetched meanwhile."
    }

    static let goesOnAlone = "The bittrickle whose connection this one used has ended; it goes on with its own."

    static func daemonNeedsLogin(_ user: String, _ name: String) -> Message {
        Message(
            "The server asks for the password of \(SafeText(user)) again.",
            hint: "Log in once on a terminal, with bittrickle\(networkOption(name)); then start the daemon again.",
            exitStatus: .noPermission)
    }

    static func daemonExpelled(_ name: String) -> Message {
        Message(
            "\(loginEnded) This daemon ends.",
            hint:
                "Log in once on a terminal, with bittrickle\(networkOption(name)); it says whether you are let in. Then start "
                + "the daemon again. Who runs the server knows more.",
            exitStatus: .noPermission)
    }

    static func portUnusable(_ port: Int, _ fault: PortFault) -> Message {
        let way = "bittrickle config port NUMBER, where 0 is any that is free."
        return switch fault {
        case .taken:
            Message(
                "Another program listens on TCP port \(port), where others are to reach you.",
                hint: "End it, or choose another port: \(way)", exitStatus: .unavailable)
        case .notAllowed:
            Message(
                "TCP port \(port), where others are to reach you, is kept for the system's programs.",
                hint: "Choose one from 1024 on: \(way)", exitStatus: .noPermission)
        }
    }

    static func listensElsewhere(wanted: Int, port: Int, _ fault: PortFault) -> String {
        "\(portUnusable(wanted, fault).what) Until this one ends, it is port \(port) instead; a firewall may not let anybody in there."
    }

    /// All the rest goes on.
    static func pageFailed(port: Int, _ failure: PageFailure, _ name: String?) -> Message {
        let what =
            switch failure.fault {
            case .taken: "Another program listens on port \(port) of this computer, where the page was to be."
            case .notAllowed: "Port \(port), where the page was to be, is kept for the system's programs."
            case nil: "The page cannot be offered on port \(port): \(SafeText(failure.reason))."
            }
        return Message(
            what + " The daemon goes on without it.",
            hint: "Another port: bittrickle daemon --web-port 0\(networkOption(name))", exitStatus: .unavailable)
    }

    /// To whom wants nothing but the address.
    static func noDaemon(_ name: String?) -> Message {
        Message(
            "No bittrickle is running here, so there is no page.",
            hint: "Let it run, and try again: bittrickle daemon\(networkOption(name))", exitStatus: .unavailable)
    }
}

extension DialogueLines {
    static func daemonRuns(_ user: String, _ server: HostPort) -> String {
        "Sharing as \(SafeText(user)) in \(server); Ctrl-C ends it."
    }
}
