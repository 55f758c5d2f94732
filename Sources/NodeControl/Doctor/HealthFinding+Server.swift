/// The words for what is found at the server, and on the way there. Addresses are `host:port`.
extension HealthFinding {
    package static func name(_ host: String, addresses: Int, milliseconds: Int64) -> HealthFinding {
        HealthFinding(
            .name, .ok, "\(host) is known, with \(addresses == 1 ? "one address" : "\(addresses) addresses").",
            milliseconds: milliseconds)
    }

    package static func nameUnresolved(_ host: String) -> HealthFinding {
        HealthFinding(
            .nameUnresolved, .problem, "No address is to be found for \(host), the server's name.",
            remedy: "Check the spelling and the network connection; getent hosts \(quoted(host)) asks the same.")
    }

    package static func udp(milliseconds: Int64) -> HealthFinding {
        HealthFinding(
            .udp, .ok, "UDP passes to the server, \(milliseconds) ms there and back, nothing lost.",
            milliseconds: milliseconds)
    }

    package static func udpLossy(percent: Int, milliseconds: Int64) -> HealthFinding {
        HealthFinding(
            .udpLossy, .problem,
            "UDP to the server loses \(percent) of 100 datagrams, \(milliseconds) ms there and back.",
            remedy: "Everything is repeated until it arrives, but slower; mend the line: a cable in place of Wi-Fi.",
            milliseconds: milliseconds)
    }

    package static func udpSlow(milliseconds: Int64) -> HealthFinding {
        HealthFinding(
            .udpSlow, .note, "The line to the server is slow: \(milliseconds) ms there and back.",
            remedy: "See what else uses the line: bittrickle limit up and limit down hold this program back.",
            milliseconds: milliseconds)
    }

    /// - Parameter port: Of TCP, over which the session goes instead.
    package static func udpBlocked(tcp port: Int) -> HealthFinding {
        HealthFinding(
            .udpBlocked, .note,
            "UDP does not pass to the server; TCP to its port \(port) does, so everything goes over that.",
            remedy: "Nothing needs to be done; faster it is where the firewall lets UDP through to the server.")
    }

    package static func tcp(port: Int, milliseconds: Int64) -> HealthFinding {
        HealthFinding(.tcp, .ok, "TCP passes to the server's port \(port).", milliseconds: milliseconds)
    }

    package static func tcpBlocked(port: Int) -> HealthFinding {
        HealthFinding(
            .tcpBlocked, .note,
            "TCP to the server's port \(port) does not pass: what routers do with this computer cannot be seen.",
            remedy:
                "Have the firewall let TCP port \(port) through to the server, and the server "
                + "run without --tcp-port off."
        )
    }

    package static func captiveProxy(_ address: String) -> HealthFinding {
        HealthFinding(
            .captiveProxy, .problem,
            "At \(address) something else answers than a BitTrickle server: a portal that wants a login, or a proxy.",
            remedy: "Open a web page in a browser and log in there; else check the port of the server.")
    }

    /// - Parameter reason: A sentence without its full stop.
    package static func proxyFailed(_ address: String, reason: String) -> HealthFinding {
        HealthFinding(
            .proxyFailed, .problem, "UDP does not pass to the server \(address), and by TCP \(reason).",
            remedy: "Mend all_proxy in the environment, or name the server in no_proxy.")
    }

    /// There is another way to the server.
    ///
    /// - Parameter reason: As above.
    package static func proxyUseless(reason: String) -> HealthFinding {
        HealthFinding(
            .proxyFailed, .note, "The server is reached without the proxy, by which others are dialled; but \(reason).",
            remedy: "Mend all_proxy in the environment, or take it out where nothing needs it.")
    }

    package static func serverSilent(_ address: String) -> HealthFinding {
        HealthFinding(
            .serverSilent, .problem, "The server \(address) does not answer, neither over UDP nor over TCP.",
            remedy:
                "Ask who runs it whether it runs: systemctl status bittrickle-server; and "
                + "whether a firewall is in between."
        )
    }

    package static func serverDown(_ address: String) -> HealthFinding {
        HealthFinding(
            .serverDown, .problem, "The computer at \(address) answers, but no server runs there.",
            remedy: "Start it there: bittrickle-server \(address.split(separator: ":").last.map(String.init) ?? "PORT")"
        )
    }

    package static func serverHung(_ address: String) -> HealthFinding {
        HealthFinding(
            .serverHung, .problem, "At \(address) connections are taken, and then nothing is said.",
            remedy: "If it is the server's port, it hangs: systemctl restart bittrickle-server there.")
    }

    package static var serverBusy: HealthFinding {
        HealthFinding(
            .serverBusy, .problem, "The server has too much to do just now.",
            remedy: "Try again in a moment.")
    }

    package static func serverFailed(_ detail: String) -> HealthFinding {
        HealthFinding(
            .serverFailed, .problem, "The server failed: \(detail).",
            remedy: "Tell whoever runs it: its log says why.")
    }

    package static var serverDiskFull: HealthFinding {
        HealthFinding(
            .serverDiskFull, .problem, "The server cannot keep anything new: its disk is full.",
            remedy: "Tell whoever runs it to make room.")
    }

    package static func versionOther(_ address: String) -> HealthFinding {
        HealthFinding(
            .versionOther, .problem, "The server \(address) speaks another version of the protocol.",
            remedy: "Compare bittrickle --version with bittrickle-server --version, and update the older one.")
    }

    package static func pin(_ pin: String) -> HealthFinding {
        HealthFinding(.pin, .ok, "The server's key is that of the network \(pin.prefix(16))….")
    }

    package static func pinWrong(_ address: String, expected: String, found: String) -> HealthFinding {
        HealthFinding(
            .pinWrong, .problem,
            "Another network answers at \(address): its fingerprint is \(found), not "
                + "\(expected). Nothing was sent to it.",
            remedy: "Ask who runs the server; if the new one is right: bittrickle forget \(address)")
    }

    package static func pinUnknown(_ address: String) -> HealthFinding {
        HealthFinding(
            .pinUnknown, .note, "The network at \(address) was never trusted here: nobody is logged in.",
            remedy: "Compare its fingerprint, and log in: bittrickle \(address)")
    }

    package static func login(_ member: String) -> HealthFinding {
        HealthFinding(.login, .ok, "\(member) is logged in.")
    }

    package static var loginRefused: HealthFinding {
        HealthFinding(
            .loginRefused, .problem,
            "The server does not take this login: the password is wrong or another one by now, this device was signed "
                + "out, or the account disabled.",
            remedy: "Log in with the password of now, which says which: start bittrickle with the server's address.")
    }

    package static func loginElsewhere(_ member: String, _ place: String) -> HealthFinding {
        HealthFinding(
            .loginElsewhere, .problem, "\(member) is online already: \(place).",
            remedy: "End bittrickle there; or: bittrickle devices --sign-out-others")
    }

    package static var loginMissing: HealthFinding {
        HealthFinding(
            .loginMissing, .note, "Nobody is logged in: what needs a login was not looked at.",
            remedy: "Log in, and run doctor again.")
    }

    package static func accountDisabled(_ member: String) -> HealthFinding {
        HealthFinding(
            .accountDisabled, .problem, "The account of \(member) is disabled.",
            remedy: "Ask an admin of the network to enable it.")
    }

    package static func certificate(hours: Int64) -> HealthFinding {
        HealthFinding(.certificate, .ok, "The certificate is good for \(hours) more hours, and renewed before.")
    }

    package static var certificateExpired: HealthFinding {
        HealthFinding(
            .certificateExpired, .problem, "This device's certificate has ended: other members refuse it.",
            remedy: "End bittrickle and start it again, which gets a new one; if it stays so, mend the server's clock.")
    }

    package static var networkCertificateExpired: HealthFinding {
        HealthFinding(
            .certificateExpired, .problem,
            "The network's own certificate is not good now, by its dates: other programs refuse its members.",
            remedy: "Tell whoever runs the server: bittrickle-server check looks at it.")
    }
}
