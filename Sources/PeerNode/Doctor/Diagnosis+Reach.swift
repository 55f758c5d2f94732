import Connectivity
import DirectoryClient
import NodeControl
import Wire

/// How others reach this computer, and what leads to a member.
extension Diagnosis {
    static func reach(_ seen: Observations) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if let port = seen.port, port.wanted != 0, port.wanted != port.port {
            findings.append(.portTaken(wanted: port.wanted, port: port.port))
        }
        if let crossing = seen.crossing { findings.append(translation(crossing)) }
        if let mapping = seen.mapping.flatMap(mapped) { findings.append(mapping) }
        if let dials = seen.dials { findings += dialled(dials) }
        return findings
    }

    private static func translation(_ crossing: Observations.Crossing) -> HealthFinding {
        switch crossing {
        case .seen(let report):
            let seen = report.seen.text
            if report.own?.address == report.seen.address { return .natNone }
            guard let elsewhere = report.seenElsewhere else {
                // Whoever lets others in would have let the answer in, too.
                return report.letsOthersIn
                    ? .natUnknown("from another port of the server nothing came back")
                    : .natUnknown(
                        "the server's other ports are not to be reached, or the router has one of its own for each")
            }
            if elsewhere.port != report.seen.port || elsewhere.address != report.seen.address {
                return .natSymmetric(seen)
            }
            return report.letsOthersIn ? .natEasy(seen) : .natStrict(seen)
        case .stream(false, _): return .natNone
        case .stream(_, let seen?):
            return .natUnknown("the session goes over TCP, outside it is \(seen.text)")
        case .stream: return .natUnknown("the session goes over TCP")
        case .blind(let reason): return .natUnknown("no second socket could be opened, \(reason)")
        case .failed: return .natUnknown("the server did not help")
        }
    }

    private static func mapped(_ mapping: Observations.Mapping) -> HealthFinding? {
        switch mapping {
        case .off: return .mappingOff
        case .needless: return nil
        case .state(.mapped(let port)):
            return port.isPublic
                ? .mapping(port.external.text, by: port.by.rawValue) : .mappingUseless(port.external.text)
        case .state(.noRouter): return .mappingNone("there is no way out of this network")
        case .state(.looking): return .mappingNone("none has answered yet")
        case .state(.unmapped(let failures)):
            let reasons = failures.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                "\($0.key.rawValue) \(reason($0.value))"
            }
            return .mappingNone(reasons.isEmpty ? "none answers" : reasons.joined(separator: ", "))
        case .state(.ended): return nil
        }
    }

    private static func reason(_ failure: MappingFailure) -> String {
        switch failure {
        case .silent: "is not answered"
        case .notSpoken: "is not spoken"
        case .portTaken: "has the port taken"
        case .refused(let words): "is refused (\(words))"
        }
    }

    private static func dialled(_ dials: Observations.Dials) -> [HealthFinding] {
        switch dials {
        case .refused(let reason): return [.portUnknown(reason)]
        case .done(let dials):
            if let open = dials.first(where: { $0.outcome == .open }) { return [.portOpen(open.endpoint.text)] }
            if let refused = dials.first(where: { $0.outcome == .refused }) {
                return [.portRefused(refused.endpoint.text)]
            }
            guard let silent = dials.first else { return [.portUnknown("the server knows no port of it")] }
            return [.portSilent(silent.endpoint.text)]
        }
    }

    // MARK: The member

    static func member(_ seen: Observations) -> [HealthFinding] {
        guard let member = seen.member else { return [] }
        switch member.standing {
        case .oneself: return [.memberIsSelf]
        case .blocked: return [.memberBlocked(member.name)]
        case .away: return [.memberAway(member.name)]
        case .unknown: return [.memberUnknown(member.name)]
        case .there: break
        }
        guard let ways = member.ways else { return [.unfinished("the ways to \(member.name)")] }
        let linked = ways.filter { $0.outcome == .linked }
        let direct = linked.filter { $0.kind != .relayed }
        // He may say what he likes: a link came about where it came about here, too.
        let theirs = (member.theirs ?? []).filter { !direct.isEmpty || $0.outcome != .linked }
        var findings = ways.filter { !isTaken($0, ways) }.map { way($0, of: member, isTheirs: false) }
        findings += theirs.filter { $0.kind != .relayed && !isTaken($0, theirs) }
            .map { way($0, of: member, isTheirs: true) }
        if member.theirs == nil { findings.append(.memberSilent(member.name)) }
        if let best = direct.min(by: { $0.milliseconds < $1.milliseconds }) {
            let words = words(best, of: member, isTheirs: false)
            return findings + [.memberDirect(member.name, by: words, milliseconds: best.milliseconds)]
        }
        let relay = relay(member, ways)
        if !linked.isEmpty { return findings + [.memberRelayed(member.name)] }
        return findings + [relay].compactMap(\.self) + [.memberUnreachable(member.name)]
    }

    /// Of dials to one place only one may come about: from the listening port there is one connection, which the other side may
    /// have made.
    private static func isTaken(_ way: WayReport, _ ways: [WayReport]) -> Bool {
        way.kind == .punched && way.outcome != .linked
            && ways.contains { $0.endpoint == way.endpoint && $0.outcome == .linked }
    }

    /// What is the matter with the relay, where it would be needed.
    private static func relay(_ member: Observations.Member, _ ways: [WayReport]) -> HealthFinding? {
        guard let way = ways.first(where: { $0.kind == .relayed }) else {
            return member.hasRelay == false ? .relayNone : nil
        }
        switch way.outcome {
        case .relayFull: return .relayFull
        case .refused, .silent, .noRoute, .failed: return .relayDown
        case .linked, .relayAlone, .notTheMember: return nil
        }
    }

    private static func way(_ way: WayReport, of member: Observations.Member, isTheirs: Bool) -> HealthFinding {
        let words = words(way, of: member, isTheirs: isTheirs)
        return way.outcome == .linked
            ? .wayOpen(words, milliseconds: way.milliseconds)
            : .wayShut(words, reason: reason(way.outcome), milliseconds: way.milliseconds)
    }

    private static func words(_ way: WayReport, of member: Observations.Member, isTheirs: Bool) -> String {
        let name = member.name
        let place = way.endpoint.map { " at \($0.text)" } ?? ""
        switch (way.kind, isTheirs) {
        case (.dialled, false): return "\(name) dialled\(kind(of: way, member))\(place)"
        case (.dialled, true): return "\(name) dials you\(place)"
        case (.punched, false): return "both dialling at once, \(name)\(place)"
        case (.punched, true): return "both dialling at once, you\(place)"
        case (.relayed, _): return "the relay"
        case (.arrived, _): return "\(name) came by himself"
        }
    }

    /// Over which protocol, or by a port of his router.
    private static func kind(of way: WayReport, _ member: Observations.Member) -> String {
        guard let endpoint = way.endpoint else { return "" }
        if endpoint.address.count == 16 { return " over IPv6" }
        let first = member.endpoints.first
        return first?.address == endpoint.address && first?.port != endpoint.port ? " by a port of his router" : ""
    }

    private static func reason(_ outcome: WayReport.Outcome) -> String {
        switch outcome {
        case .linked: "it works"
        case .refused: "nothing listens there, or a firewall turns it away"
        case .silent: "nothing came back"
        case .noRoute: "there is no way there from here"
        case .notTheMember: "somebody else answers"
        case .relayFull: "it carries as much as it may"
        case .relayAlone: "the other one did not come"
        case .failed: "it broke"
        }
    }
}

extension Endpoint {
    /// `address:port`
    fileprivate var text: String { HostPort(self)?.description ?? "an unknown place" }
}
