import Wire

/// A line for every message, as the original wrote them:
/// `2026-11-23 12:00:00.123 54321 Received AUTH from hans`.
package struct MessageLog: Sendable {
    private let writer: LineWriter

    package init(writer: LineWriter) { self.writer = writer }

    /// - Parameters:
    ///   - time: Milliseconds since 1970.
    ///   - port: Of the client.
    ///   - user: Nil before the login.
    func received(_ request: DirectoryRequest, from user: UserName?, port: UInt16, at time: Int64) {
        let name = Self.name(of: request)
        writer.write { "\($0.format(time)) \(port) Received \(name) from \(user?.text ?? Self.stranger)" }
    }

    func sent(_ answer: DirectoryAnswer, to user: UserName?, port: UInt16, at time: Int64) {
        let name = if case .refusal = answer { "ERR" } else { "OK" }
        writer.write { "\($0.format(time)) \(port) Sent \(name) to \(user?.text ?? Self.stranger)" }
    }

    /// No member's name has a space.
    private static let stranger = "a stranger"

    static func name(of request: DirectoryRequest) -> String {
        switch request {
        case .network: "NET"
        case .login: "AUTH"
        case .join: "JOIN"
        case .heartbeat: "HBT"
        case .goodbye: "BYE"
        case .attach: "ATT"
        case .renew: "CRT"
        case .revocations: "REV"
        case .peers: "LAP"
        case .published: "LPF"
        case .publish: "PUB"
        case .unpublish: "UNP"
        case .serve: "SRV"
        case .hold: "HLD"
        case .search: "SCH"
        case .lookup: "GET"
        case .holders: "SRC"
        case .listings: "LST"
        case .descend: "DSC"
        case .want: "WNT"
        case .ticket: "TKT"
        case .tracker: "TRK"
        case .ask: "ASK"
        case .asks, .asked: "ASL"
        case .answerAsk: "ANS"
        case .readers: "RDR"
        case .arrange: "ARR"
        case .withdraw: "WDR"
        case .reach: "RCH"
        case .locate: "LOC"
        case .probe: "PRB"
        case .report: "RPT"
        case .account: "ACC"
        case .administer: "ADM"
        }
    }
}
