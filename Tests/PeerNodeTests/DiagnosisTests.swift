import Connectivity
import DirectoryClient
import Glibc
import NIOCore
import NodeControl
import PeerNode
import Proxies
import Testing
import Wire

/// What follows from what was seen, each alone.
@Suite struct DiagnosisTests {
    private static let server = "192.0.2.1:12000"

    private static func start(_ change: (inout Observations) -> Void) -> Observations {
        var seen = Observations(server: server, host: "192.0.2.1", isNumericHost: true, isLoopback: false)
        seen.computer.hasIPv4 = true
        seen.computer.hasIPv6 = false
        seen.resolution = .found(ipv4: 1, ipv6: 0, milliseconds: 1)
        seen.lines = [line(.udp, .answered), line(.tcp, .answered)]
        seen.entry = .member("hans", pin: "00")
        seen.clockOffset = 10
        seen.certificates = Observations.Certificates()
        (seen.certificates.remaining, seen.certificates.isNetworksGood) = (3_600_000, true)
        change(&seen)
        return seen
    }

    private static func line(
        _ transport: Transport, _ outcome: LineReport.Outcome, answered: Int? = nil, time: Int64 = 20,
        port: Int = 12_000
    ) -> LineReport {
        let sent = transport == .udp ? 10 : 1
        let count = answered ?? (outcome == .answered ? sent : 0)
        return LineReport(
            transport: transport, address: SocketAddress.sample(port), sent: sent,
            roundTrips: Array(repeating: time, count: count), outcome: outcome)
    }

    private static func endpoint(_ last: UInt8, _ port: UInt16 = 6_881) -> Endpoint {
        Endpoint(address: [192, 0, 2, last], port: port)!
    }

    private static func crossing(elsewhere: Endpoint?, letsIn: Bool, own: Endpoint? = nil) -> Observations.Crossing {
        .seen(CrossingReport(own: own, seen: endpoint(9), seenElsewhere: elsewhere, letsOthersIn: letsIn))
    }

    private static func member(
        _ ways: [WayReport], theirs: [WayReport]? = [], hasRelay: Bool = true
    ) -> Observations.Member {
        var member = Observations.Member("vader", .there)
        (member.ways, member.theirs, member.hasRelay) = (ways, theirs, hasRelay)
        member.endpoints = [endpoint(7)]
        return member
    }

    private static func way(_ kind: WayReport.Kind, _ outcome: WayReport.Outcome) -> WayReport {
        WayReport(kind, kind == .dialled || kind == .punched ? endpoint(7) : nil, outcome, milliseconds: 5)
    }

    private static let pins = (
        NetworkPin(fingerprint: String(repeating: "00", count: 32))!,
        NetworkPin(fingerprint: String(repeating: "11", count: 32))!
    )

    private static var proxyFailure: ProxyFailure {
        ProxyFailure((try? Proxy(parsing: "http://192.0.2.3:3128"))!, .refusal(.credentialsWanted))
    }

    /// What is seen, and what is found because of it; nothing else but what is as it should be.
    private static let table: [(String, [FindingCode], @Sendable (inout Observations) -> Void)] = [
        ("all is well", [], { _ in }),
        ("no address", [.networkDown], { $0.computer.hasIPv4 = false }),
        (
            "no name", [.nameUnresolved],
            {
                $0.resolution = .failed
                $0.lines = []
                $0.entry = .noContact(.unknownHost("192.0.2.1"))
            }
        ),
        (
            "a proxy is the only way out", [.udpBlocked],
            {
                $0.lines = [line(.udp, .silent), line(.tcp, .silent)]
                $0.proxied = ProxiedLine(port: 12_000, outcome: .answered, milliseconds: 30)
            }
        ),
        (
            "only the proxy finds the name", [.udpBlocked],
            {
                ($0.resolution, $0.lines) = (.failed, [])
                $0.proxied = ProxiedLine(port: 443, outcome: .answered, milliseconds: 30)
            }
        ),
        (
            "the proxy refuses", [.proxyFailed],
            {
                $0.lines = [line(.udp, .silent), line(.tcp, .silent)]
                $0.proxied = ProxiedLine(port: 12_000, outcome: .proxyFailed(proxyFailure), milliseconds: 5)
                $0.entry = .noContact(.proxyFailed(address: server, reason: "\(proxyFailure)"))
            }
        ),
        (
            "the proxy is away, and does not matter", [.proxyFailed],
            { $0.proxied = ProxiedLine(port: 12_000, outcome: .proxyFailed(proxyFailure), milliseconds: 5) }
        ),
        (
            "the proxy leads to another network", [.pinWrong],
            {
                $0.lines = [line(.udp, .silent), line(.tcp, .silent)]
                $0.proxied = ProxiedLine(
                    port: 12_000, outcome: .wrongPin(expected: pins.0, found: pins.1), milliseconds: 5)
                $0.entry = .pinWrong(expected: "\(pins.0)", found: "\(pins.1)")
            }
        ),
        (
            "the proxy leads to a server that hangs", [.serverHung],
            {
                $0.lines = [line(.udp, .silent), line(.tcp, .silent)]
                $0.proxied = ProxiedLine(port: 12_000, outcome: .mute, milliseconds: 2_000)
                $0.entry = .noContact(.away(address: server))
            }
        ),
        ("UDP blocked", [.udpBlocked], { $0.lines[0] = line(.udp, .silent) }),
        ("loss", [.udpLossy], { $0.lines[0] = line(.udp, .answered, answered: 7) }),
        ("a slow line", [.udpSlow], { $0.lines[0] = line(.udp, .answered, time: 900) }),
        ("TCP blocked", [.tcpBlocked], { $0.lines[1] = line(.tcp, .silent) }),
        ("silence", [.serverSilent], { $0.lines = [line(.udp, .silent), line(.tcp, .silent)] }),
        (
            "nobody listens, and a member was asked for", [.serverDown],
            {
                $0.lines = [line(.udp, .refused), line(.tcp, .refused)]
                $0.member = member([way(.dialled, .silent)], theirs: nil)
            }
        ),
        ("nobody listens", [.serverDown], { $0.lines = [line(.udp, .refused), line(.tcp, .refused)] }),
        ("no way out", [.networkDown], { $0.lines = [line(.udp, .noRoute), line(.tcp, .noRoute)] }),
        ("a portal", [.captiveProxy], { $0.lines = [line(.udp, .silent), line(.tcp, .foreign)] }),
        (
            "a portal at 443 alone", [.captiveProxy],
            { $0.lines = [line(.udp, .silent), line(.tcp, .silent), line(.tcp, .foreign, port: 443)] }
        ),
        (
            "a web server beside", [.serverDown],
            { $0.lines = [line(.udp, .refused), line(.tcp, .refused), line(.tcp, .foreign, port: 443)] }
        ),
        ("it hangs", [.serverHung], { $0.lines = [line(.udp, .silent), line(.tcp, .mute)] }),
        (
            "another network", [.pinWrong],
            {
                $0.lines = [line(.udp, .wrongPin(expected: pins.0, found: pins.1))]
                $0.entry = .pinWrong(expected: "\(pins.0)", found: "\(pins.1)")
            }
        ),
        (
            "clocks days apart", [.clockWrong],
            {
                $0.lines = [line(.udp, .clockFarOff(here: 400_000_000, there: 0))]
                $0.entry = .noContact(.clockFarOff(here: 400_000_000, there: 0))
                $0.clockOffset = nil
            }
        ),
        ("clocks minutes apart", [.clockWrong], { $0.clockOffset = -600_000 }),
        ("another version", [.versionOther], { $0.lines = [line(.udp, .otherVersion)] }),
        ("busy", [.serverBusy], { $0.entry = .noContact(.busy(retryAfterMilliseconds: 5)) }),
        ("never trusted", [.pinUnknown], { $0.entry = .unknown }),
        ("not logged in", [.loginMissing], { $0.entry = .trusted(pin: "00") }),
        ("a wrong password", [.loginRefused], { $0.entry = .noLogin(.authenticationFailed) }),
        ("online elsewhere", [.loginElsewhere], { $0.entry = .noLogin(.onlineElsewhere(user: "a", place: "b")) }),
        ("disabled", [.accountDisabled], { $0.entry = .noLogin(.accountDisabled(user: "a")) }),
        (
            "the state cannot be used", [.stateUnusable],
            { $0.entry = .noContact(.stateUnusable(path: "/x", reason: "y")) }
        ),
        ("an own certificate that ended", [.certificateExpired], { $0.certificates.remaining = -1 }),
        ("the network's ended", [.certificateExpired], { $0.certificates.isNetworksGood = false }),
        (
            "IPv6 that leads nowhere", [.ipv6Broken],
            {
                $0.computer.hasIPv6 = true
                $0.resolution = .found(ipv4: 1, ipv6: 1, milliseconds: 1)
            }
        ),
        ("a full disk", [.diskFull], { $0.computer.folders = [.init(.downloads, "/d", free: nil, fault: .full)] }),
        ("hardly any room", [.diskFull], { $0.computer.folders = [.init(.state, "/d", free: 9, fault: nil)] }),
        (
            "a folder for reading", [.folderUnwritable],
            { $0.computer.folders = [.init(.downloads, "/d", free: nil, fault: .other("no"))] }
        ),
        ("a missing file", [.fileMissing], { $0.computer.files = [.init(path: "/a", name: "a", reason: nil)] }),
        ("a forbidden file", [.fileUnreadable], { $0.computer.files = [.init(path: "/a", name: "a", reason: "no")] }),
        ("a missing share", [.shareMissing], { $0.computer.missingShares = ["/s"] }),
        ("few descriptors", [.descriptorsFew], { $0.computer.descriptors = 100 }),
        ("nothing served", [.uploadsOff], { $0.computer.servesNothing = true }),
        ("a proxy", [.proxyUsed], { $0.computer.proxy = "http://proxy.example:3128" }),
        ("no translation", [], { $0.crossing = crossing(elsewhere: nil, letsIn: true, own: endpoint(9)) }),
        ("an open router", [], { $0.crossing = crossing(elsewhere: endpoint(9), letsIn: true) }),
        ("a strict router", [], { $0.crossing = crossing(elsewhere: endpoint(9), letsIn: false) }),
        ("no second socket", [.natUnknown], { $0.crossing = .blind("too many open files") }),
        ("a symmetric router", [.natSymmetric], { $0.crossing = crossing(elsewhere: endpoint(9, 7), letsIn: false) }),
        ("nothing known of it", [.natUnknown], { $0.crossing = crossing(elsewhere: nil, letsIn: false) }),
        ("mapping is off", [.mappingOff], { $0.mapping = .off }),
        ("nobody maps", [.mappingNone], { $0.mapping = .state(.unmapped([.pcp: .silent])) }),
        ("not dialled", [.portSilent], { $0.dials = .done([DialledBack(endpoint(9), .silent)]) }),
        (
            "turned away", [.portRefused],
            { $0.dials = .done([DialledBack(endpoint(9), .silent), DialledBack(endpoint(9, 1), .refused)]) }
        ),
        ("another port", [.portTaken], { $0.port = .init(wanted: 6_881, port: 40_000) }),
        ("himself", [.memberIsSelf], { $0.member = .init("hans", .oneself) }),
        ("away", [.memberAway], { $0.member = .init("vader", .away) }),
        ("nobody", [.memberUnknown], { $0.member = .init("vaderr", .unknown) }),
        ("blocked", [.memberBlocked], { $0.member = .init("vader", .blocked) }),
        ("direct", [], { $0.member = member([way(.dialled, .linked)]) }),
        ("by himself", [.wayShut], { $0.member = member([way(.dialled, .silent), way(.arrived, .linked)]) }),
        (
            "by the relay", [.wayShut, .memberRelayed],
            { $0.member = member([way(.punched, .silent), way(.relayed, .linked)]) }
        ),
        (
            "he says that he came, and did not", [.wayShut, .memberUnreachable],
            { $0.member = member([way(.dialled, .silent)], theirs: [way(.dialled, .linked), way(.relayed, .linked)]) }
        ),
        ("he says nothing", [.memberSilent], { $0.member = member([way(.dialled, .linked)], theirs: nil) }),
        (
            "the relay is full", [.wayShut, .relayFull, .memberUnreachable],
            { $0.member = member([way(.relayed, .relayFull)]) }
        ),
        (
            "the relay is gone", [.wayShut, .relayDown, .memberUnreachable],
            { $0.member = member([way(.relayed, .refused)]) }
        ),
        (
            "there is none", [.wayShut, .relayNone, .memberUnreachable],
            { $0.member = member([way(.dialled, .silent)], hasRelay: false) }
        ),
        ("not in time", [.unfinished], { $0.unfinished = ["the line"] }),
    ]

    @Test(arguments: table.indices) func whatFollows(index: Int) {
        let (name, codes, change) = Self.table[index]
        let findings = Diagnosis.findings(Self.start(change))
        let wrong = findings.filter { $0.severity != .ok }.map(\.code)
        #expect(wrong == codes, "\(name): \(findings)")
    }

    /// Whoever is told of a problem is told what to do about it.
    @Test func everyProblemHasARemedy() {
        for (_, _, change) in Self.table {
            for finding in Diagnosis.findings(Self.start(change)) where finding.severity == .problem {
                #expect(finding.remedy != nil, "\(finding)")
            }
        }
    }
}

extension SocketAddress {
    fileprivate static func sample(_ port: Int) -> SocketAddress {
        (try? SocketAddress(ipAddress: "192.0.2.1", port: port)) ?? SocketAddress(sockaddr_in())
    }
}
