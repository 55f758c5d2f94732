import CLibPQ

/// Where a database is: `postgres://…`, as libpq understands it.
package struct PostgresAddress: Hashable, Sendable, CustomStringConvertible {
    private let text: String
    /// Without the password: for people, and for the log.
    package let description: String

    /// How long an answer to a statement is waited for. It is longer than the server lets one run (``settings``), and ends
    /// what waits for a server that is stopped, or whose disk does not answer.
    package var patience = Duration.seconds(30)

    package static let schemes = ["postgres://", "postgresql://"]

    package static func isOne(_ text: String) -> Bool { schemes.contains { text.hasPrefix($0) } }

    /// - Throws: Why it is none, as a sentence's part.
    package init(_ text: String) throws(AddressFault) {
        var message: UnsafeMutablePointer<CChar>?
        guard Self.isOne(text), let options = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            let reason = message.map { PostgresFailure.line(String(cString: $0)) }
            throw AddressFault(reason: reason ?? "it does not begin with postgres://")
        }
        defer { PQconninfoFree(options) }
        var known: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { known[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.text = text
        let user = known["user"].map { "\($0)@" } ?? ""
        let port = known["port"].map { ":\($0)" } ?? ""
        let host = known["host"] ?? ""
        description =
            host.hasPrefix("/")
            ? "postgres://\(user)\(port)/\(known["dbname"] ?? "")?host=\(host)"
            : "postgres://\(user)\(host)\(port)/\(known["dbname"] ?? "")"
    }

    package struct AddressFault: Error, Hashable {
        package let reason: String
    }

    /// For `PQconnectdbParams`: what the address says wins over what stands before it.
    ///
    /// Nothing waits for ever: neither for a connection, nor for a statement, nor for a lock, nor for a machine that is gone.
    var settings: [(String, String)] {
        [
            ("connect_timeout", "3"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            // Of several machines in an address, the one that writes.
            ("target_session_attrs", "read-write"),
            ("application_name", "bittrickle-server"),
            ("options", Self.limits), ("dbname", text), ("client_encoding", "UTF8"),
        ]
    }

    /// Milliseconds. Compiling a query takes longer than any of ours.
    private static let limits = """
        -c statement_timeout=20000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000 \
        -c bytea_output=hex -c standard_conforming_strings=on -c jit=off
        """
}
