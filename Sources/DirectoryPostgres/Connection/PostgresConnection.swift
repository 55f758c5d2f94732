import CLibPQ
import Logging

/// One connection, used by one thread at a time. Every call waits for the server.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let notices: Notices
    /// By the statement as it is written here.
    private var prepared: [String: (name: String, parameters: [String])] = [:]

    /// What the server says besides, such as that something was there already: standard error otherwise.
    private final class Notices {
        let log: Logger

        init(_ log: Logger) { self.log = log }
    }

    /// Statements that are kept prepared: those of the program, which are fewer.
    private static let preparedAtMost = 256

    init(_ address: PostgresAddress, log: Logger) throws(PostgresFailure) {
        let settings = address.settings
        let handle = Self.withCStrings(settings.map(\.0)) { names in
            Self.withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else {
            throw PostgresFailure(code: "53200", message: "there is no memory for a connection", isConnectionLost: true)
        }
        self.handle = handle
        notices = Notices(log)
        PQsetNoticeProcessor(
            handle,
            { context, message in
                guard let context, let message else { return }
                let notices = Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue()
                notices.log.debug("PostgreSQL: \(PostgresFailure.line(String(cString: message)))")
            }, Unmanaged.passUnretained(notices).toOpaque())
        guard PQstatus(handle) == CONNECTION_OK else { throw failure(nil) }
        guard String(cString: PQparameterStatus(handle, "server_encoding")) == "UTF8" else {
            throw PostgresFailure(
                code: "22021",
                message: "its encoding is not UTF8: make it with createdb --encoding UTF8 --template template0",
                isConnectionLost: false)
        }
    }

    deinit { PQfinish(handle) }

    var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

    /// Whether a transaction was begun that is not ended.
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Runs one statement. It stays prepared, unless it is one whose plan depends on what its parameters are.
    func run(
        _ text: String, _ parameters: [String: PostgresValue] = [:], prepares: Bool = true
    ) throws(PostgresFailure) -> PostgresRows {
        guard prepares else {
            let named = NamedParameters(text)
            let values = named.names.map { parameters[$0] ?? .null }
            return try result(
                Self.withEncoded(values) { pointers, lengths, formats in
                    PQexecParams(
                        handle, named.sql, Int32(values.count), values.map(\.type), pointers, lengths, formats, 0)
                })
        }
        let statement = try prepare(text, parameters)
        let values = statement.parameters.map { parameters[$0] ?? .null }
        return try result(
            Self.withEncoded(values) { pointers, lengths, formats in
                PQexecPrepared(handle, statement.name, Int32(values.count), pointers, lengths, formats, 0)
            })
    }

    /// Runs several statements without parameters, in a transaction where none was begun.
    func runAll(_ text: String) throws(PostgresFailure) { _ = try result(PQexec(handle, text)) }

    /// Begins to hand rows over to a COPY.
    func beginCopy(_ text: String) throws(PostgresFailure) { _ = try result(PQexec(handle, text)) }

    func put(_ bytes: [UInt8]) throws(PostgresFailure) {
        let isTaken = bytes.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard bytes.isEmpty || isTaken == 1 else { throw failure(nil) }
    }

    func endCopy() throws(PostgresFailure) {
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        _ = try result(PQgetResult(handle))
        // The end of the answer.
        while let more = PQgetResult(handle) { PQclear(more) }
    }

    private func prepare(
        _ text: String, _ parameters: [String: PostgresValue]
    ) throws(PostgresFailure) -> (name: String, parameters: [String]) {
        if let known = prepared[text] { return known }
        if prepared.count >= Self.preparedAtMost {
            try runAll("DEALLOCATE ALL")
            prepared = [:]
        }
        let named = NamedParameters(text)
        let name = "s\(prepared.count)"
        let types = named.names.map { (parameters[$0] ?? .null).type }
        _ = try result(PQprepare(handle, name, named.sql, Int32(types.count), types))
        prepared[text] = (name, named.names)
        return (name, named.names)
    }

    private func result(_ pointer: OpaquePointer?) throws(PostgresFailure) -> PostgresRows {
        guard let pointer else { throw failure(nil) }
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return PostgresRows(pointer)
        default:
            let failure = failure(pointer)
            PQclear(pointer)
            throw failure
        }
    }

    private func failure(_ result: OpaquePointer?) -> PostgresFailure {
        let code = result.flatMap { PQresultErrorField($0, CInt(UInt8(ascii: "C"))) }.map { String(cString: $0) }
        let primary = result.flatMap { PQresultErrorField($0, CInt(UInt8(ascii: "M"))) }
        return PostgresFailure(
            code: code ?? "",
            message: PostgresFailure.line(
                String(cString: primary ?? UnsafeMutablePointer(mutating: PQerrorMessage(handle)))),
            isConnectionLost: isLost)
    }

    // MARK: C

    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let all = texts.map { Array($0.utf8CString) }
        let joined = Array(all.joined())
        return joined.withUnsafeBufferPointer { bytes in
            var pointers: [UnsafePointer<CChar>?] = []
            var start = 0
            for text in all {
                pointers.append(bytes.baseAddress.map { $0 + start })
                start += text.count
            }
            return (pointers + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }

    private static func withEncoded<Result>(
        _ values: [PostgresValue], _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        let encoded = values.map(\.encoded)
        // Each ended by a zero, as what is text for libpq has to be.
        let joined = Array(encoded.compactMap { bytes in bytes.map { $0 + [0] } }.joined())
        return joined.withUnsafeBytes { bytes in
            var pointers: [UnsafePointer<CChar>?] = []
            var start = 0
            for value in encoded {
                pointers.append(
                    value.flatMap { _ in bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self) })
                start += value.map { $0.count + 1 } ?? 0
            }
            return body(pointers, encoded.map { Int32($0?.count ?? 0) }, values.map { $0.isBinary ? 1 : 0 })
        }
    }
}
