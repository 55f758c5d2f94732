import FoundationEssentials
import Glibc
import Synchronization
import TestKit

/// A PostgreSQL 15 of the tests' own, as Debian's package brings it: on a Unix socket in a temporary folder, without a port, and
/// gone with them.
///
/// Where the tests run as root, it runs as `nobody`, because it refuses root.
package final class PostgresServer: Sendable {
    private let folder: TemporaryDirectory
    private let process: RealProcess
    private let databases = Mutex(0)

    private static let programs = "/usr/lib/postgresql/15/bin"
    private static let isRoot = getuid() == 0

    /// One that all tests of a process share.
    package static func shared() async throws -> PostgresServer { try await sharing.server() }

    /// One that nobody else uses, for who stops it.
    package static func own() async throws -> PostgresServer { try await PostgresServer() }

    private static let sharing = Sharing()

    private actor Sharing {
        private var starting: Task<PostgresServer, any Error>?

        func server() async throws -> PostgresServer {
            if let starting { return try await starting.value }
            // unstructured: whoever asks first may be cancelled, and all others wait for it too.
            let task = Task { try await PostgresServer() }
            starting = task
            return try await task.value
        }
    }

    private init() async throws {
        folder = try TemporaryDirectory()
        if Self.isRoot {
            guard let nobody = getpwnam("nobody") else { throw TestKitError.invalid("there is no user nobody") }
            guard chown(folder.path, nobody.pointee.pw_uid, nobody.pointee.pw_gid) == 0 else {
                throw TestKitError.system(call: "chown", code: errno)
            }
        }
        let data = folder.file("data")
        try await Self.run(
            "initdb",
            [
                "--pgdata", data, "--username", "tests", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
                "--no-sync",
            ], in: folder.path)
        process = try await Self.start(data, in: folder.path)
        try await waitUntilReady()
    }

    private static func start(_ data: String, in folder: String) async throws -> RealProcess {
        // What is written need not outlive the machine.
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder)", "fsync=off", "full_page_writes=off",
            "max_connections=200", "shared_buffers=64MB",
        ]
        return try await launch(
            "postgres", ["-D", data] + settings.flatMap { ["-c", $0] }, in: folder,
            through: [
                "/bin/sh", "-c", untilTheEnd, folder,
            ])
    }

    /// Runs a program until standard input ends, as it does with the tests, however they end; then nothing is left of it.
    /// Until then, each line there starts it again, or is the signal that ends it.
    private static let untilTheEnd = """
        start() { "$@" </dev/null & server=$!; }
        start "$@"
        while read -r wish; do
            if [ "$wish" = start ]; then start "$@"; else kill -"$wish" $server; wait $server; echo ended; fi
        done
        kill -INT $server; wait $server; rm -rf "$0"
        """

    /// How it is stopped, by the signal that does it.
    package enum Stop: String, Sendable {
        /// Connections are ended, and what they were about is undone.
        case fast = "INT"
        /// As in a crash: it begins with a recovery.
        case crash = "QUIT"
    }

    /// Returns when it has ended. Only for one's ``own()``.
    package func stop(_ how: Stop) async throws {
        try await process.type("\(how.rawValue)\n")
        try await process.output.expect("ended\n", within: .seconds(60))
    }

    /// Starts it again, and returns when it takes connections.
    package func start() async throws {
        try await process.type("start\n")
        try await waitUntilReady()
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let asking = try await Self.launch(
                "pg_isready", ["--quiet", "--host", folder.path, "--username", "tests"], in: folder.path)
            if try await asking.waitForEnd() == .exited(0) { return }
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw TestKitError.timedOut("PostgreSQL did not start: \(process.errors.text)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Where the database of some name is.
    package func address(of database: String) -> String {
        "postgres://tests@/\(database)?host=\(folder.path)"
    }

    /// An empty database, or a copy of another one.
    package func makeDatabase(from template: String = "template1") async throws -> (name: String, address: String) {
        let number = databases.withLock { count in
            count += 1
            return count
        }
        let name = "test\(number)"
        try await Self.run(
            "createdb", ["--host", folder.path, "--username", "tests", "--template", template, name], in: folder.path)
        return (name, address(of: name))
    }

    /// Runs statements, and gives what `psql` says.
    @discardableResult
    package func query(_ sql: String, in database: String) async throws -> String {
        try await Self.run(
            "psql",
            [
                "--host", folder.path, "--username", "tests", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                "--set", "ON_ERROR_STOP=1", "--command", sql, database,
            ], in: folder.path)
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: [String], in folder: String) async throws -> String {
        let process = try await launch(program, arguments, in: folder)
        try await process.endInput()
        let ending = try await process.waitForEnd(within: .seconds(60))
        guard ending == .exited(0) else {
            throw TestKitError.invalid("\(program): \(ending), \(process.errors.text)")
        }
        return try await process.output.expectEnd()
    }

    private static func launch(
        _ program: String, _ arguments: [String], in folder: String, through front: [String] = []
    ) async throws -> RealProcess {
        let path = "\(programs)/\(program)"
        guard access(path, X_OK) == 0 else {
            throw TestKitError.invalid("\(path) is missing: install Debian's postgresql-15, as make test-packages does")
        }
        let user = isRoot ? ["/usr/bin/setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] : []
        let line = user + front + [path] + arguments
        return try await RealProcess.start(line[0], Array(line.dropFirst()), in: folder)
    }
}
