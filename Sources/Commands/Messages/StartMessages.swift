package import PeerNode
import Terminal
package import Wire

/// What can go wrong before the dialogue begins.
extension Message {
    package init(_ error: AddressError) {
        switch error {
        case .missingPort(let text):
            self.init(
                "\"\(SafeText(text))\" is no command, and for a server it has no port number.",
                hint: "Give the server as PORT (on this computer) or HOST:PORT, such as 12000 or example.org:12000. "
                    + "bittrickle help lists the commands.",
                exitStatus: .usage)
        case .invalidPort(let text):
            self.init(
                "\"\(SafeText(text))\" is not a port number.", hint: "Ports are numbers from 1 to 65535.",
                exitStatus: .usage)
        case .invalidHost(let text):
            self.init(
                "\"\(SafeText(text))\" is not the name or address of a host.",
                hint: "Such are example.org:12000, 192.0.2.1:12000 and [2001:db8::1]:12000.", exitStatus: .usage)
        case .notALink(let text):
            self.init(
                "\"\(SafeText(text))\" is not a link to a network.",
                hint: "Links look like bittrickle://host:port/fingerprint.", exitStatus: .usage)
        case .notAnInvite(let text):
            self.init(
                "\"\(SafeText(text).truncated(to: 60))\" is not an invitation.",
                hint: "Invitations look like bittrickle://host:port/fingerprint/secret; ask for the whole line.",
                exitStatus: .usage)
        case .invalidFingerprint(let text):
            self.init(
                "\"\(SafeText(text))\" is not a fingerprint.",
                hint: "Fingerprints have 64 hexadecimal digits; the server prints its own when it starts.",
                exitStatus: .usage)
        }
    }

    package init(_ failure: ContactFailure, at address: HostPort) {
        switch failure {
        case .away: self = .noServer(address)
        case .proxyFailed(_, let reason): self = .proxyFailed(address, reason)
        case .unknownHost(let host): self = .unknownHost(host)
        case .busy(let wait): self = .serverBusy(wait)
        case .clockFarOff(let here, let there): self = .clockFarOff(here: here, there: there)
        case .misbehaved(let detail): self = .serverMisbehaved(detail)
        case .stateUnusable(let path, let reason): self = .stateUnusable(path, reason: reason)
        case .cancelled: self = .cancelled
        }
    }

    static let whichServer = Message(
        "Which server?",
        hint: "Join a network with: bittrickle join LINK; or name a server: bittrickle PORT on this computer, or "
            + "bittrickle HOST:PORT",
        exitStatus: .usage)

    /// One of those that stand before commands, before one of the program's own.
    static func unknownOption(_ option: String, of command: String) -> Message {
        Message(
            "\(command) has no option \(option).", hint: "See bittrickle \(command) --help", exitStatus: .usage)
    }

    static func unknownHost(_ host: String) -> Message {
        Message(
            "The host \(SafeText(host)) cannot be found.", hint: "Check the spelling and the network connection.",
            exitStatus: .unavailable)
    }

    static func clockFarOff(here: Int64, there: Int64) -> Message {
        let period = HumanUnits.period(
            milliseconds: Int64(clamping: here.subtractingReportingOverflow(there).partialValue.magnitude))
        return Message(
            "This computer's clock is \(period) \(here > there ? "ahead of" : "behind") the server's; "
                + "with so much between them nothing can be verified.",
            hint: "Set the clock that is wrong; the command date shows this one.", exitStatus: .temporary)
    }

    /// At the start, where nothing comes back by itself.
    static func noServer(_ address: HostPort) -> Message {
        Message(
            "No BitTrickle server answers at \(address).",
            hint: address.isLoopback
                ? "Start one with: bittrickle-server \(address.port)"
                : "Check the address, that the server runs, and that firewalls let UDP port \(address.port) through.",
            exitStatus: .unavailable)
    }

    static func networkChanged(_ address: HostPort, known: NetworkPin, found: NetworkPin) -> Message {
        Message(
            """
            The server at \(address) is not the one that was there before. Nothing was sent to it.
              known fingerprint:  \(known)
              its fingerprint:    \(found)
            """,
            hint: """
                Either somebody is in between, or the network was set up anew: ask who runs the server.
                If the new fingerprint is right, forget the old one: bittrickle forget \(address)
                """,
            exitStatus: .protocolError)
    }

    static func fingerprintMismatch(_ address: HostPort, expected: NetworkPin, found: NetworkPin) -> Message {
        Message(
            """
            The server at \(address) does not have the fingerprint that was asked for. Nothing was sent to it.
              asked for:        \(expected)
              its fingerprint:  \(found)
            """,
            hint: "Check the address and the fingerprint with who runs the server.", exitStatus: .protocolError)
    }

    static func trustNeedsTerminal(_ address: HostPort, found: NetworkPin) -> Message {
        Message(
            "This is the first contact with the network at \(address), and there is no terminal to ask at.",
            hint: """
                Compare its fingerprint with what the server printed when it started, then add:
                  --fingerprint \(found)
                """,
            exitStatus: .noPermission)
    }

    static func notTrusted(_ address: HostPort) -> Message {
        Message(
            "The network at \(address) is not trusted; nothing was sent to it.",
            hint: "Ask who runs the server for the fingerprint, and compare.", exitStatus: .noPermission)
    }

    static func loopbackReplaced(_ address: HostPort, known: NetworkPin, found: NetworkPin) -> String {
        "The network at \(address) is another one than before (\(known)); from now on it is known as \(found)."
    }

    static func firstContact(_ address: HostPort, found: NetworkPin) -> String {
        """
        First contact with the network at \(address). Its fingerprint is
          \(found)
        Compare it with what the server printed when it started.
        """
    }

    static let noStateFolder = Message(
        "There is no place to remember anything: neither HOME nor XDG_STATE_HOME is set to a folder.",
        hint: "Set HOME, or XDG_STATE_HOME to a folder of your own, as an absolute path.", exitStatus: .cannotCreate)

    static let noWorkingFolder = Message(
        "The working folder does not exist any more.", hint: "Change to another one with cd.", exitStatus: .cannotCreate
    )

    /// - Parameter name: As it was given.
    static func nothingToForget(_ name: String) -> Message {
        Message(
            "No network is known at \(SafeText(name).truncated(to: 60)).",
            hint:
                "bittrickle networks lists those that you joined; of others give the address as it was given to bittrickle, "
                + "such as example.org:12000.",
            exitStatus: .usage)
    }

    static func stateUnusable(_ path: String, reason: String) -> Message {
        Message(
            "\(SafeText(path)), where bittrickle keeps its state, cannot be used: \(SafeText(reason)).",
            hint: "Check the permissions and the free space there, or set XDG_STATE_HOME to another folder.",
            exitStatus: .cannotCreate)
    }

    static var endBeforeLogin: Message {
        Message(
            "The input ended before anybody was logged in.",
            hint: "From a pipe, the first line is the user name, the second the password.", exitStatus: .noPermission)
    }
}
