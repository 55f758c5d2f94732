import Connectivity
import DirectoryClient
import NIOCore
package import NodeControl
import Wire

/// What follows from what was seen. Pure.
package enum Diagnosis {
    /// Beyond it, certificates of other programs and dates of files are wrong.
    static let clockTolerance: Int64 = 5 * 60_000
    /// Of 100 datagrams, and milliseconds there and back.
    private static let lossTolerance = 10
    private static let slow: Int64 = 500
    private static let fewDescriptors = 256
    /// Bytes.
    private static let full: Int64 = 1 << 20
    private static let shownFiles = 5

    /// What one thing needs comes before it.
    package static func findings(_ seen: Observations) -> [HealthFinding] {
        var findings = computer(seen)
        findings += server(seen)
        findings += entry(seen)
        // Without the server nothing is known of members, nor of how they reach this computer.
        let isServerAway = findings.contains { [.serverDown, .serverSilent, .serverHung].contains($0.code) }
        if seen.isSignedIn, !isServerAway { findings += reach(seen) }
        if !isServerAway { findings += member(seen) }
        findings += seen.unfinished.map(HealthFinding.unfinished)
        // One cause has one finding, however many things show it.
        var known: Set<HealthFinding> = []
        return findings.filter { known.insert($0).inserted }
    }

    // MARK: This computer

    private static func computer(_ seen: Observations) -> [HealthFinding] {
        let computer = seen.computer
        var findings: [HealthFinding] = []
        if !seen.isLoopback, computer.hasIPv4 == false, computer.hasIPv6 == false { findings.append(.networkDown) }
        for folder in computer.folders {
            switch (folder.fault, folder.purpose) {
            case (.full, _): findings.append(.diskFull(folder.path))
            case (.other(let reason), .downloads): findings.append(.folderUnwritable(folder.path, reason: reason))
            case (.other(let reason), .state): findings.append(.stateUnusable(folder.path, reason: reason))
            case (nil, _):
                guard let free = folder.free else { continue }
                findings.append(free < full ? .diskFull(folder.path) : .disk(folder.path, free: free))
            }
        }
        for file in computer.files.prefix(shownFiles) {
            findings.append(
                file.reason.map { .fileUnreadable(file.path, reason: $0) } ?? .fileMissing(file.path, as: file.name))
        }
        findings += computer.missingShares.prefix(shownFiles).map(HealthFinding.shareMissing)
        if let limit = computer.descriptors, limit < fewDescriptors { findings.append(.descriptorsFew(limit)) }
        if computer.servesNothing { findings.append(.uploadsOff) }
        if let proxy = computer.proxy { findings.append(.proxyUsed(proxy)) }
        return findings
    }

    // MARK: The server

    private static func server(_ seen: Observations) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        switch seen.resolution {
        // The proxy finds it.
        case .failed where seen.proxied?.outcome.isAnswer == true: break
        case .failed: return [.nameUnresolved(seen.host)]
        case .found(let four, let six, let milliseconds) where !seen.isNumericHost:
            findings.append(.name(seen.host, addresses: four + six, milliseconds: milliseconds))
        default: break
        }
        return findings + lines(seen)
    }

    private static func lines(_ seen: Observations) -> [HealthFinding] {
        let datagrams = seen.lines.filter { $0.transport == .udp }
        let streams = seen.lines.filter { $0.transport == .tcp }
        let answered = datagrams.filter { $0.outcome.isAnswer }
        let spoken = streams.filter { $0.outcome.isAnswer }
        let answers = (answered + spoken).map(\.outcome) + [seen.proxied?.outcome].compactMap(\.self)
        for outcome in answers {
            switch outcome {
            case .clockFarOff(let here, let there):
                return [.clockWrong(milliseconds: here.subtractingReportingOverflow(there).partialValue)]
            case .wrongPin(let expected, let found):
                return [.pinWrong(seen.server, expected: "\(expected)", found: "\(found)")]
            case .otherVersion: return [.versionOther(seen.server)]
            default: break
            }
        }
        if answered.isEmpty, spoken.isEmpty {
            if let proxied = seen.proxied { return throughProxy(proxied, seen) }
            return datagrams.isEmpty ? [] : [silence(seen, streams: streams, datagrams: datagrams)]
        }
        var findings: [HealthFinding] = []
        if let best = answered.max(by: { $0.roundTrips.count < $1.roundTrips.count }) {
            findings.append(line(best))
        } else if let port = spoken.first?.address.port {
            findings.append(.udpBlocked(tcp: port))
        }
        findings += streamFindings(streams, spoken, datagrams)
        if case .proxyFailed(let failure)? = seen.proxied?.outcome {
            findings.append(.proxyUseless(reason: "\(failure)"))
        }
        return findings + ipv6(seen)
    }

    /// Where it is the only way out.
    private static func throughProxy(_ line: ProxiedLine, _ seen: Observations) -> [HealthFinding] {
        switch line.outcome {
        case .proxyFailed(let failure): [.proxyFailed(seen.server, reason: "\(failure)")]
        case .mute: [.serverHung(seen.server)]
        case .foreign: [.captiveProxy(seen.server)]
        case .silent, .refused, .noRoute: [.serverSilent(seen.server)]
        case .answered, .wrongPin, .clockFarOff, .otherVersion:
            [.udpBlocked(tcp: line.port), .tcp(port: line.port, milliseconds: line.milliseconds)]
        }
    }

    private static func line(_ best: LineReport) -> HealthFinding {
        let median = best.roundTrips[best.roundTrips.count / 2]
        let lost = 100 * (best.sent - best.roundTrips.count) / max(1, best.sent)
        if lost > lossTolerance { return .udpLossy(percent: lost, milliseconds: median) }
        return median >= slow ? .udpSlow(milliseconds: median) : .udp(milliseconds: median)
    }

    private static func streamFindings(
        _ streams: [LineReport], _ spoken: [LineReport], _ datagrams: [LineReport]
    ) -> [HealthFinding] {
        if let line = spoken.first, let port = line.address.port, let time = line.roundTrips.first {
            return [.tcp(port: port, milliseconds: time)]
        }
        // The server's own port, and not the other one that is tried.
        let own = streams.first { $0.address.port == datagrams.first?.address.port } ?? streams.first
        return own?.address.port.map { [.tcpBlocked(port: $0)] } ?? []
    }

    private static func silence(
        _ seen: Observations, streams: [LineReport], datagrams: [LineReport]
    ) -> HealthFinding {
        let all = streams + datagrams
        // Something at the port of web pages is no wonder where the server's own is turned away.
        let own = streams.filter { stream in datagrams.contains { $0.address.port == stream.address.port } }
        if all.allSatisfy({ $0.outcome == .noRoute }), !seen.isLoopback { return .networkDown }
        if own.contains(where: { $0.outcome == .foreign }) || datagrams.contains(where: { $0.outcome == .foreign })
            || own.allSatisfy({ $0.outcome == .silent }) && streams.contains(where: { $0.outcome == .foreign })
        {
            return .captiveProxy(seen.server)
        }
        if own.contains(where: { $0.outcome == .mute }) { return .serverHung(seen.server) }
        return all.contains { $0.outcome == .refused } ? .serverDown(seen.server) : .serverSilent(seen.server)
    }

    private static func ipv6(_ seen: Observations) -> [HealthFinding] {
        guard case .found(_, let six, _) = seen.resolution, !seen.isLoopback, seen.computer.hasIPv6 != nil else {
            return []
        }
        guard six > 0, seen.computer.hasIPv6 == true else { return [.ipv6None(isServers: six == 0)] }
        let isAnswered = seen.lines.contains { $0.address.protocol == .inet6 && $0.outcome.isAnswer }
        return [isAnswered ? .ipv6 : .ipv6Broken]
    }

    // MARK: Network and login

    private static func entry(_ seen: Observations) -> [HealthFinding] {
        var findings: [HealthFinding] = []
        if let offset = seen.clockOffset {
            findings.append(
                abs(offset) > clockTolerance ? .clockWrong(milliseconds: offset) : .clock(milliseconds: offset))
        }
        switch seen.entry {
        case .member(let name, let pin): findings += [.pin(pin), .login(name)]
        case .trusted(let pin): findings += [.pin(pin), .loginMissing]
        case .unknown: findings.append(.pinUnknown(seen.server))
        case .pinWrong(let expected, let found):
            findings.append(.pinWrong(seen.server, expected: expected, found: found))
        case .noContact(let failure): findings += contact(failure, seen)
        case .noLogin(let failure): findings.append(HealthFinding(failure) ?? .serverFailed("the login failed"))
        case nil: break
        }
        if seen.certificates.isNetworksGood == false { findings.append(.networkCertificateExpired) }
        if let remaining = seen.certificates.remaining {
            findings.append(remaining > 0 ? .certificate(hours: remaining / 3_600_000) : .certificateExpired)
        }
        return findings
    }

    /// What the lines have shown already is not said again.
    private static func contact(_ failure: ContactFailure, _ seen: Observations) -> [HealthFinding] {
        let hasProxyShown = seen.proxied?.outcome.isAnswer == false
        return switch failure {
        case .proxyFailed where hasProxyShown, .away where hasProxyShown && seen.lines.isEmpty: []
        case .away(let address):
            seen.lines.isEmpty || seen.lines.contains { $0.outcome == .answered } ? [.serverSilent(address)] : []
        case .proxyFailed(let address, let reason): [.proxyFailed(address, reason: reason)]
        case .unknownHost(let host): [.nameUnresolved(host)]
        case .busy: [.serverBusy]
        case .clockFarOff(let here, let there):
            [.clockWrong(milliseconds: here.subtractingReportingOverflow(there).partialValue)]
        case .misbehaved(let detail): seen.lines.contains { $0.outcome == .otherVersion } ? [] : [.serverFailed(detail)]
        case .stateUnusable(let path, let reason): [.stateUnusable(path, reason: reason)]
        case .cancelled: []
        }
    }
}

extension Observations {
    package var isSignedIn: Bool { if case .member? = entry { true } else { false } }
}
