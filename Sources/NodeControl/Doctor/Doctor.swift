/// Why things work, or do not.
package protocol NodeDoctor: Sendable {
    /// Looks at this computer, the server and the ways to it, and at a member where one is named: within ten seconds, whatever
    /// does not answer. What is wrong is no failure but a finding.
    func examine(_ request: ExaminationRequest) async throws(NodeFailure) -> Examination
}

package struct ExaminationRequest: Codable, Hashable, Sendable {
    /// Nil for none.
    package var member: String?
    /// Where downloads would go; absolute. Nil where that is of no interest.
    package var directory: String?

    package init(member: String? = nil, directory: String? = nil) {
        self.member = member
        self.directory = directory
    }
}

/// What was found, in the order in which one thing needs another.
package struct Examination: Codable, Hashable, Sendable {
    /// `host:port` of the directory.
    package var server: String
    /// Who was examined with it.
    package var member: String?
    package var findings: [HealthFinding]
    /// How long it took.
    package var milliseconds: Int64

    package init(server: String, member: String?, findings: [HealthFinding], milliseconds: Int64) {
        self.server = server
        self.member = member
        self.findings = findings
        self.milliseconds = milliseconds
    }

    package var hasProblem: Bool { findings.contains { $0.severity == .problem } }
}

/// One thing that works or does not.
package struct HealthFinding: Codable, Hashable, Sendable {
    package enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
        case ok
        /// It works so, but not as well as it could.
        case note
        case problem
    }

    package var code: FindingCode
    package var severity: Severity
    /// What is, and why. Has texts of others in it.
    package var sentence: String
    /// The command or setting that mends it; nil where there is nothing to mend.
    package var remedy: String?
    /// How long it took, where that says something.
    package var milliseconds: Int64?

    package init(
        _ code: FindingCode, _ severity: Severity, _ sentence: String, remedy: String? = nil,
        milliseconds: Int64? = nil
    ) {
        self.code = code
        self.severity = severity
        self.sentence = sentence
        self.remedy = remedy
        self.milliseconds = milliseconds
    }
}

/// What programs know a finding by: none changes its meaning.
package enum FindingCode: String, Codable, Hashable, Sendable, CaseIterable {
    // This computer
    case networkDown = "network-down"
    case clock = "clock-ok"
    case clockWrong = "clock-wrong"
    case disk = "disk-ok"
    case diskFull = "disk-full"
    case folderUnwritable = "folder-unwritable"
    case stateUnusable = "state-unusable"
    case fileMissing = "file-missing"
    case fileUnreadable = "file-unreadable"
    case shareMissing = "share-missing"
    case descriptorsFew = "descriptors-few"
    case uploadsOff = "uploads-off"
    case proxyUsed = "proxy-used"
    case programHung = "program-hung"

    // The server
    case name = "name-ok"
    case nameUnresolved = "name-unresolved"
    case udp = "udp-ok"
    case udpLossy = "udp-lossy"
    case udpSlow = "udp-slow"
    case udpBlocked = "udp-blocked"
    case tcp = "tcp-ok"
    case tcpBlocked = "tcp-blocked"
    case captiveProxy = "captive-proxy"
    case proxyFailed = "proxy-failed"
    case serverSilent = "server-silent"
    case serverDown = "server-down"
    case serverHung = "server-hung"
    case serverBusy = "server-busy"
    case serverFailed = "server-failed"
    case serverDiskFull = "server-disk-full"
    case versionOther = "version-other"
    case pin = "pin-ok"
    case pinWrong = "pin-wrong"
    case pinUnknown = "pin-unknown"
    case login = "login-ok"
    case loginRefused = "login-refused"
    case loginElsewhere = "login-elsewhere"
    case loginMissing = "login-missing"
    case accountDisabled = "account-disabled"
    case certificate = "certificate-ok"
    case certificateExpired = "certificate-expired"

    // How others reach this computer
    case ipv6 = "ipv6-ok"
    case ipv6None = "ipv6-none"
    case ipv6Broken = "ipv6-broken"
    case natNone = "nat-none"
    case natEasy = "nat-easy"
    case natStrict = "nat-strict"
    case natSymmetric = "nat-symmetric"
    case natUnknown = "nat-unknown"
    case mapping = "mapping-ok"
    case mappingOff = "mapping-off"
    case mappingNone = "mapping-none"
    case mappingUseless = "mapping-useless"
    case portOpen = "port-open"
    case portRefused = "port-refused"
    case portSilent = "port-silent"
    case portUnknown = "port-unknown"
    case portTaken = "port-taken"

    // The member
    case memberIsSelf = "member-self"
    case memberAway = "member-away"
    case memberUnknown = "member-unknown"
    case memberBlocked = "member-blocked"
    case memberDirect = "member-direct"
    case memberRelayed = "member-relayed"
    case memberUnreachable = "member-unreachable"
    case memberSilent = "member-silent"
    case memberWithdrew = "member-withdrew"
    case wayOpen = "way-open"
    case wayShut = "way-shut"
    case relayFull = "relay-full"
    case relayDown = "relay-down"
    case relayNone = "relay-none"

    /// Something could not be looked at in time.
    case unfinished
}
