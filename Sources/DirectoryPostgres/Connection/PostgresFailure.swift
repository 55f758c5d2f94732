import Directory

/// What libpq or the server reports.
struct PostgresFailure: Error, Hashable {
    /// SQLSTATE, five characters; empty where the connection itself failed.
    let code: String
    let message: String
    /// The connection is of no use any more, or there was none.
    var isConnectionLost: Bool

    /// Another transaction was in the way: run again, this one may succeed.
    var isConflict: Bool { code == "40001" || code == "40P01" }

    /// What is to be written went to a standby, as after a failover.
    var isReadOnly: Bool { code == "25006" }

    /// Of `message`, the lines as one.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension DirectoryStoreError {
    init(_ error: any Error) {
        guard let failure = error as? PostgresFailure else {
            self = error as? DirectoryStoreError ?? .failed(detail: String(describing: error))
            return
        }
        switch failure.code {
        case "53100": self = .full
        // Too many connections, too little memory; it starts or ends; a statement, a transaction or a lock took too long; too
        // many conflicts; it is only read here.
        case "53000", "53200", "53300", "53400", "57P01", "57P02", "57P03", "57P05", "57014", "25P03", "55P03", "40001",
            "40P01", "25006":
            self = .away(detail: failure.message)
        case "42501", "28000", "28P01": self = .failed(detail: failure.message)
        case _ where failure.isConnectionLost: self = .away(detail: failure.message)
        default: self = .failed(detail: "\(failure.code): \(failure.message)")
        }
    }
}
