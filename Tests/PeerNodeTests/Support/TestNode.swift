import Connectivity
import Content
import FoundationEssentials
import GRDB
import NodeControl
import PeerNode
import Synchronization
import TestKit
import Transfer
import Wire

/// A member's computer: its state, its files, and a node on it.
final class TestNode: Sendable {
    let name: String
    let node: Node
    let home: TemporaryDirectory
    let notices = NoticeLog()

    init(
        _ name: String, port: UInt16, home: TemporaryDirectory? = nil, host: String = "127.0.0.1",
        pin: NetworkPin? = nil,
        change: (inout NodeConfiguration) -> Void = { _ in }
    ) throws {
        self.name = name
        self.home = try home ?? TemporaryDirectory()
        var configuration = NodeConfiguration(
            server: try HostPort(host: host, port: port), pin: pin, stateDirectory: self.home.file("state"),
            deviceLabel: "\(name)'s computer")
        configuration.downloads.stallAfter = .seconds(2)
        configuration.downloads.handOnAfter = .seconds(1)
        configuration.downloads.askInterval = .milliseconds(200)
        configuration.downloads.patience = .seconds(5)
        configuration.uploads.ticketPatience = .seconds(1)
        change(&configuration)
        node = Node(configuration, logger: quiet)
    }

    /// Runs the node while `body` does; it leaves afterwards.
    @discardableResult
    func running<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.node.run() }
            group.addTask { for await notice in self.node.notices { self.notices.append(notice) } }
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await node.leave()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// Runs the node, signed in, while `body` does.
    @discardableResult
    func signedIn<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await running {
            _ = try await node.connect()
            try await node.signIn(user: name, password: TestNetwork.passwords[name] ?? "")
            return try await body()
        }
    }

    // MARK: Its record

    /// Where its member's record is.
    var recordPath: String {
        get throws {
            let networks = try FileManager.default.contentsOfDirectory(atPath: path("state"))
            let records = networks.map { "state/\($0)/user-\(name)/published.sqlite" }
            guard let record = records.first(where: exists) else { throw TestKitError.invalid("no record of \(name)") }
            return path(record)
        }
    }

    /// No transfer can be taken out of its record meanwhile.
    func whileNothingIsForgotten(_ body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let record = try DatabaseQueue(path: try recordPath, configuration: configuration)
        try await record.write { database in
            try database.execute(
                sql: "CREATE TRIGGER kept BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'kept'); END")
        }
        try await body()
        try await record.write { try $0.execute(sql: "DROP TRIGGER kept") }
        try record.close()
    }

    // MARK: Files

    func path(_ file: String) -> String { home.file(file) }

    @discardableResult
    func write(_ file: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(file)))
        return path(file)
    }

    /// A folder of files.
    func make(_ folder: String, _ files: [(path: String, bytes: [UInt8])]) throws {
        for file in files {
            let path = "\(folder)/\(file.path)"
            let inner = URL(filePath: self.path(path)).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            try write(path, file.bytes)
        }
    }

    func read(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(file)))) }
    func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(file)) }
    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path(file)) }

    @discardableResult
    func publish(_ file: String, _ bytes: [UInt8]) async throws -> PublishedFile {
        try await node.publish(path: try write(file, bytes)) { _ in }.file
    }

    /// Returns when another member sees so many files, all hashed, and nothing but what is shared here.
    func share(_ folder: String, files count: Int, seenBy other: TestNode) async throws {
        try await node.share(path: path(folder))
        try await eventually("\(folder) is seen") {
            let seen = try await other.node.listings(matching: "").listings.filter { !$0.isFolder }
            return seen.count == count && seen.allSatisfy { $0.root != nil }
        }
    }

    @discardableResult
    func get(_ name: String, output: String? = nil) async throws -> DownloadOutcome {
        try await node.download(DownloadRequest(name: name, output: output, directory: home.path)) { _ in }
    }

    /// Why a download failed.
    func failure(_ name: String, output: String? = nil) async throws -> NodeFailure? {
        do {
            try await get(name, output: output)
            return nil
        } catch let failure as NodeFailure { return failure }
    }
}

/// Signs several members in, and runs the body with their nodes.
func withNodes<Result: Sendable>(
    _ names: [String], port: UInt16, change: (inout NodeConfiguration) -> Void = { _ in },
    _ body: ([TestNode]) async throws -> Result
) async throws -> Result {
    try await extend([], names[...], port, change, body)
}

private func extend<Result: Sendable>(
    _ nodes: [TestNode], _ rest: ArraySlice<String>, _ port: UInt16, _ change: (inout NodeConfiguration) -> Void,
    _ body: ([TestNode]) async throws -> Result
) async throws -> Result {
    guard let name = rest.first else { return try await body(nodes) }
    let node = try TestNode(name, port: port, change: change)
    return try await node.signedIn { try await extend(nodes + [node], rest.dropFirst(), port, change, body) }
}

/// What a node said without being asked.
final class NoticeLog: Sendable {
    private let state = Mutex<[NodeNotice]>([])
    var all: [NodeNotice] { state.withLock { $0 } }
    func append(_ notice: NodeNotice) { state.withLock { $0.append(notice) } }
    func contains(_ notice: NodeNotice) -> Bool { all.contains(notice) }
}

/// Tries until it holds: what another process or another machine's clock brings about cannot be awaited.
func eventually(
    _ what: String, within limit: Duration = .seconds(15), _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !holds() {
        guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Bytes that no other seed gives.
func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
    return Array(bytes.prefix(count))
}
