import CLibPQ
import Glibc
import Logging

/// One connection, used by one thread at a time. Every call waits for the server.
final class PostgresConnection {
    private let handle: OpaquePointer
    private let notices: Notices
    /// The server gave up what was asked, or we gave the server up: another connection takes this one's place.
    private var isGivenUp = false
    /// How long an answer is waited for; nil for ever.
    var patience: Duration?
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
        patience = address.patience
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
        PQsetnonblocking(handle, 1)
    }

    deinit { PQfinish(handle) }

    var isLost: Bool { isGivenUp || PQstatus(handle) != CONNECTION_OK }

    /// Whether a transaction was begun that is not ended.
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Runs one statement. It stays prepared, unless it is one whose plan depends on what its parameters are.
    func run(
        _ text: String, _ parameters: [String: PostgresValue] = [:], prepares: Bool = true
    ) throws(PostgresFailure) -> PostgresRows {
        guard prepares else {
            let named = NamedParameters(text)
            let values = named.names.map { parameters[$0] ?? .null }
            return try answer(
                Self.withEncoded(values) { pointers, lengths, formats in
                    PQsendQueryParams(
                        handle, named.sql, Int32(values.count), values.map(\.type), pointers, lengths, formats, 0)
                })
        }
        let statement = try prepare(text, parameters)
        let values = statement.parameters.map { parameters[$0] ?? .null }
        return try answer(
            Self.withEncoded(values) { pointers, lengths, formats in
                PQsendQueryPrepared(handle, statement.name, Int32(values.count), pointers, lengths, formats, 0)
            })
    }

    /// Runs several statements without parameters, in a transaction where none was begun.
    func runAll(_ text: String) throws(PostgresFailure) { _ = try answer(PQsendQuery(handle, text)) }

    /// Begins to hand rows over to a COPY, which waits as long as it takes.
    func beginCopy(_ text: String) throws(PostgresFailure) {
        try runAll(text)
        PQsetnonblocking(handle, 0)
    }

    func put(_ bytes: [UInt8]) throws(PostgresFailure) {
        let isTaken = bytes.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard bytes.isEmpty || isTaken == 1 else { throw failure(nil) }
    }

    func endCopy() throws(PostgresFailure) {
        defer { PQsetnonblocking(handle, 1) }
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        _ = try result(PQgetResult(handle))
        // The end of the answer.
        while let more = PQgetResult(handle) { PQclear(more) }
    }

    /// Waits until something is told on a channel that this connection listens to, or a descriptor can be read.
    ///
    /// - Returns: What was told, in its order; nothing where the descriptor can be read.
    /// - Throws: Where the connection is lost.
    func told(until descriptor: Int32) throws(PostgresFailure) -> [String] {
        var waited = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waited, 2, -1) >= 0 || errno == EINTR, waited[1].revents == 0 else { return [] }
        guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
        var all: [String] = []
        while let notify = PQnotifies(handle) {
            if let extra = notify.pointee.extra { all.append(String(cString: extra)) }
            PQfreemem(notify)
        }
        return all
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
        _ = try answer(PQsendPrepare(handle, name, named.sql, Int32(types.count), types))
        prepared[text] = (name, named.names)
        return (name, named.names)
    }

    /// The answer to what was just handed over: the last result, or the first that is a failure.
    private func answer(_ isTaken: Int32) throws(PostgresFailure) -> PostgresRows {
        guard isTaken == 1 else { throw self.failure(nil) }
        let deadline = patience.map { ContinuousClock.now + $0 }
        while PQflush(handle) == 1, try wait(POLLIN | POLLOUT, until: deadline) {}
        var last: PostgresRows?
        var failure: PostgresFailure?
        while true {
            while PQisBusy(handle) == 1, try wait(POLLIN, until: deadline) {}
            guard let next = PQgetResult(handle) else { break }
            let isCopy = PQresultStatus(next) == PGRES_COPY_IN
            do throws(PostgresFailure) {
                let rows = try result(next)
                if failure == nil { last = rows }
            } catch {
                failure = failure ?? error
            }
            if isCopy { break }
        }
        if var failure {
            // A database that is only read any more is another's shadow: where the address names several, the next is asked.
            isGivenUp = isGivenUp || failure.isReadOnly
            // A server that ends the connection says why first.
            failure.isConnectionLost = isLost
            throw failure
        }
        guard let last else { throw self.failure(nil) }
        return last
    }

    /// Waits until the server can be read from or written to, and takes in what there is. False where the connection is
    /// lost: why, the result tells.
    private func wait(_ events: Int32, until deadline: ContinuousClock.Instant?) throws(PostgresFailure) -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
        let rest = deadline.map { ($0 - .now) / .milliseconds(1) } ?? -1
        guard deadline == nil || rest > 0 else {
            isGivenUp = true
            throw PostgresFailure(code: "", message: "it does not answer", isConnectionLost: true)
        }
        // Interrupted or not, there is a next look.
        let count = poll(&descriptor, 1, deadline == nil ? -1 : Int32(min(rest.rounded(.up), 1_000_000)))
        return count <= 0 || descriptor.revents & Int16(POLLOUT) != 0 || PQconsumeInput(handle) == 1
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
