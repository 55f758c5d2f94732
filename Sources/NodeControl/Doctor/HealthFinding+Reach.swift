/// The words for how others reach this computer, and it them. Places are `address:port`.
extension HealthFinding {
    // MARK: This computer

    package static var ipv6: HealthFinding { HealthFinding(.ipv6, .ok, "The server is reached over IPv6, too.") }

    package static func ipv6None(isServers: Bool) -> HealthFinding {
        HealthFinding(
            .ipv6None, .ok,
            isServers ? "The server has no address of IPv6 here." : "This computer has no address of IPv6.")
    }

    package static var ipv6Broken: HealthFinding {
        HealthFinding(
            .ipv6Broken, .note, "There is an address of IPv6 here, but the server does not answer over it.",
            remedy: "Mend the router's IPv6, or the server's firewall; IPv4 is used meanwhile.")
    }

    package static var natNone: HealthFinding {
        HealthFinding(.natNone, .ok, "Nothing translates this computer's address.")
    }

    package static func natEasy(_ seen: String) -> HealthFinding {
        HealthFinding(
            .natEasy, .ok, "A router translates addresses (outside it is \(seen)), and lets in who comes from any port."
        )
    }

    package static func natStrict(_ seen: String) -> HealthFinding {
        HealthFinding(
            .natStrict, .ok,
            "A router translates addresses (outside it is \(seen), the same for everybody), "
                + "and lets in only who was sent something: others are met halfway."
        )
    }

    package static func natSymmetric(_ seen: String) -> HealthFinding {
        HealthFinding(
            .natSymmetric, .note,
            "A router gives each connection another port outside (\(seen) is one): members "
                + "behind a strict one are reached by a relay only.",
            remedy: "Let the router map ports (UPnP, NAT-PMP or PCP), or forward one: bittrickle config port 6881")
    }

    package static func natUnknown(_ reason: String) -> HealthFinding {
        HealthFinding(.natUnknown, .note, "What kind of router is in between could not be seen: \(reason).")
    }

    package static func mapping(_ external: String, by: String) -> HealthFinding {
        HealthFinding(.mapping, .ok, "The router leads \(external) here (\(by)).")
    }

    package static var mappingOff: HealthFinding {
        HealthFinding(
            .mappingOff, .note, "The router is not asked to lead a port here: that is switched off.",
            remedy: "bittrickle config map-port on, and start it again")
    }

    package static func mappingNone(_ reason: String) -> HealthFinding {
        HealthFinding(
            .mappingNone, .note, "No router leads a port here: \(reason).",
            remedy: "Switch UPnP, NAT-PMP or PCP on in the router; or forward a port there: bittrickle config port 6881"
        )
    }

    package static func mappingUseless(_ external: String) -> HealthFinding {
        HealthFinding(
            .mappingUseless, .note,
            "The router leads \(external) here, which is no address of the internet: another "
                + "router of the provider's stands before it.",
            remedy: "Ask the provider for an address of your own, or for IPv6.")
    }

    package static func portOpen(_ place: String) -> HealthFinding {
        HealthFinding(.portOpen, .ok, "Members can dial this computer: the server reached \(place).")
    }

    package static func portRefused(_ place: String) -> HealthFinding {
        HealthFinding(
            .portRefused, .note, "Members cannot dial this computer: at \(place) the server was turned away.",
            remedy: "Let the firewall or router take TCP there, and bittrickle config port choose it.")
    }

    package static func portSilent(_ place: String) -> HealthFinding {
        HealthFinding(
            .portSilent, .note, "Members cannot dial this computer: at \(place) nothing answered the server.",
            remedy: "Open that TCP port in the firewall, or forward it in the router; else members are met halfway.")
    }

    package static func portUnknown(_ reason: String) -> HealthFinding {
        HealthFinding(.portUnknown, .note, "Whether members can dial this computer is not known: \(reason).")
    }

    package static func portTaken(wanted: Int, port: Int) -> HealthFinding {
        HealthFinding(
            .portTaken, .note,
            "The port \(wanted) that is set is not to be had: others reach this computer at \(port).",
            remedy: "End what has it (ss -ltnp shows that), or choose another: bittrickle config port NUMBER")
    }

    // MARK: The member

    package static var memberIsSelf: HealthFinding {
        HealthFinding(
            .memberIsSelf, .problem, "That is you yourself.",
            remedy: "Name another member: bittrickle peers lists them."
        )
    }

    package static func memberAway(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberAway, .problem, "\(member) is not online.",
            remedy: "Ask for bittrickle to be started there; bittrickle peers lists who is online.")
    }

    /// - Parameter name: Of what he shares no longer.
    static func memberWithdrew(_ member: String, _ name: String) -> HealthFinding {
        HealthFinding(
            .memberWithdrew, .problem, "\(member) no longer shares the \(name) that was asked for.",
            remedy: "bittrickle get \(quoted(name)) fetches what has that name now; where nothing has, ask for it.")
    }

    package static func memberUnknown(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberUnknown, .problem, "The network has no member \(member).",
            remedy: "Mind upper and lower case; bittrickle peers lists who is online.")
    }

    package static func memberBlocked(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberBlocked, .problem, "\(member) is blocked from here: there are no links to him.",
            remedy: "bittrickle unblock \(member)")
    }

    package static func memberDirect(_ member: String, by way: String, milliseconds: Int64) -> HealthFinding {
        HealthFinding(
            .memberDirect, .ok, "\(member) is reached directly: \(way), in \(milliseconds) ms.",
            milliseconds: milliseconds)
    }

    package static func memberRelayed(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberRelayed, .note, "\(member) is reached by the relay alone, which is slower.",
            remedy: "Open or map a port at either end: see the findings about NAT, mapping and port, here and there.")
    }

    package static func memberUnreachable(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberUnreachable, .problem,
            "No way leads to \(member): every one was tried, from both ends where he answered.",
            remedy:
                "Open a port at either end (bittrickle config port NUMBER), or have the server run with --relay PORT.")
    }

    package static func memberSilent(_ member: String) -> HealthFinding {
        HealthFinding(
            .memberSilent, .note,
            "\(member) did not say what he saw: his program is older, blocks you, or does not hear the server.",
            remedy: "Have bittrickle doctor run there.")
    }

    package static func wayOpen(_ way: String, milliseconds: Int64) -> HealthFinding {
        HealthFinding(.wayOpen, .ok, "Works: \(way).", milliseconds: milliseconds)
    }

    package static func wayShut(_ way: String, reason: String, milliseconds: Int64) -> HealthFinding {
        HealthFinding(.wayShut, .note, "Does not work: \(way): \(reason).", milliseconds: milliseconds)
    }

    package static var relayFull: HealthFinding {
        HealthFinding(
            .relayFull, .problem, "The relay carries as much as it may, of all or of you.",
            remedy: "Try again later; who runs it can raise its limits: bittrickle-server relay --help")
    }

    package static var relayDown: HealthFinding {
        HealthFinding(
            .relayDown, .problem, "The network's relay is not to be reached.",
            remedy: "Tell whoever runs it; a firewall in between must let its TCP port through.")
    }

    package static var relayNone: HealthFinding {
        HealthFinding(
            .relayNone, .note, "The network has no relay for members who cannot meet otherwise.",
            remedy: "Who runs the server starts one with: bittrickle-server PORT --relay PORT")
    }
}
