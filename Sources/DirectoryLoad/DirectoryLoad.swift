import Directory
import FoundationEssentials
import Glibc
import Wire

/// Members by the million from one process, for `make bench-directory` and for long trials of a server.
///
///     directory-load prepare FOLDER --members N --publications P --underway 1
///     directory-load serve FOLDER --loops L --openings R
///     directory-load rate FOLDER --port PORT --kind ping|sources --members N --window W --for SECONDS
///     directory-load announce --port PORT --window W --for SECONDS (of BEP 15; `echo` takes any answer)
///     directory-load announce-to-us FOLDER --port PORT --window W --for SECONDS (the same, with a member's passkey)
///     directory-load members FOLDER --port PORT --members N --rate R --for SECONDS --server PID
///     directory-load flood FOLDER --port PORT --kind garbage|hellos|openings|replays --rate R --for SECONDS
///
/// All speak to 127.0.0.1. `members` is also the long trial: `--for 1h` with everything coming and going, and a line a minute
/// about the server's process.
@main struct DirectoryLoad {
    static func main() async {
        do {
            try await run(Words(Array(CommandLine.arguments.dropFirst())))
        } catch {
            say("directory-load: \(error)", on: STDERR_FILENO)
            exit(1)
        }
    }

    private static func run(_ words: Words) async throws {
        switch words.verb {
        case "prepare":
            let members = words.number("members", 1_000)
            try FileManager.default.createDirectory(atPath: words.folder, withIntermediateDirectories: true)
            try await Preparing(
                folder: words.folder, members: members, population: words.population(members),
                isUnderWay: words.number("underway", 0) > 0
            ).run()
        case "serve":
            try await Serving(
                folder: words.folder, loops: words.number("loops", 1), openings: words.number("openings", 20_000),
                heartbeatRate: words.number("heartbeats", DirectorySettings.standard.heartbeatRate),
                isTracker: words.number("tracker", 0) > 0
            ).run()
        case "rate": try rate(words)
        case "announce", "echo":
            try Announcing(
                host: "127.0.0.1", port: words.port, window: words.number("window", 128), seconds: words.seconds,
                swarms: words.number("swarms", 10_000), wanted: UInt32(words.number("wanted", 3)),
                isEcho: words.verb == "echo"
            ).run()
        case "announce-to-us":
            let swarms = words.number("swarms", 10_000)
            let prepared = words.population(words.number("prepared", 256))
            try Announcing(
                host: "127.0.0.1", port: words.port, window: words.number("window", 128), seconds: words.seconds,
                swarms: swarms, wanted: UInt32(words.number("wanted", 3)), isEcho: false,
                paths: try MembersPaths(folder: words.folder, population: prepared).texts(swarms)
            ).run()
        case "members": try day(words)
        case "flood": try flood(words)
        default: throw LoadError.usage("prepare, serve, rate, announce, members or flood")
        }
    }

    private static func members(_ words: Words, sockets: Int) throws -> Members {
        let count = words.number("members", 256)
        let prepared = words.number("prepared", count)
        let population = words.population(prepared)
        let data = try Data(contentsOf: URL(filePath: Preparing.idsPath(words.folder)))
        let ids = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self) }
        }
        let paths = try (0..<sockets).map { number in
            try BatchSocket(host: "127.0.0.1", port: words.port, from: "127.0.\(1 + number % 200).\(1 + number / 200)")
        }
        return Members(count: count, population: population, ids: ids, sockets: paths)
    }

    private static func comeIn(_ members: Members) {
        while members.hereCount < members.all.count {
            let now = nanoseconds() / 1_000_000
            if !members.step(now: now) { members.socket(of: 0).wait(1) }
        }
    }

    private static func rate(_ words: Words) throws {
        guard let kind = ClosedLoop.Kind(rawValue: words.text("kind", "ping")) else {
            throw LoadError.usage("--kind ping or sources")
        }
        let members = try members(words, sockets: words.number("sockets", 1))
        comeIn(members)
        ClosedLoop(
            kind: kind, window: words.number("window", 128), seconds: words.seconds,
            requests: words.number("requests", 400_000)
        ).run(members)
    }

    private static func day(_ words: Words) throws {
        let members = try members(words, sockets: words.number("sockets", 16))
        let loop = OpenLoop(members, rate: Double(words.number("rate", 1_000)))
        let server = ServerProcess(pid: words.number("server", 0))
        loop.gather { say("in \($0) \(Report.state(of: server))") }
        say("in \(members.hereCount) \(Report.state(of: server))")
        // Until everybody goes by what the server says now.
        loop.run(seconds: Double(words.number("settle", 5)))
        let report = Double(words.number("report", 60))
        var left = words.seconds
        while left > 0 {
            loop.reset()
            let before = server.processorSeconds
            loop.run(seconds: min(report, left))
            left -= report
            Report.tell(loop, members, server, processor: server.processorSeconds - before)
        }
    }

    private static func flood(_ words: Words) throws {
        guard let kind = Flooding.Kind(rawValue: words.text("kind", "garbage")) else {
            throw LoadError.usage("--kind garbage, hellos, openings or replays")
        }
        let flooding = Flooding(
            kind: kind, host: "127.0.0.1", port: words.port, rate: Double(words.number("rate", 50_000)),
            seconds: words.seconds)
        guard kind == .openings || kind == .replays else { return try flooding.run(nil) }
        let members = try members(words, sockets: 1)
        if kind == .replays { comeIn(members) }
        try flooding.run(members)
    }
}

/// `verb FOLDER --name value …`.
struct Words {
    let verb: String
    let folder: String
    private let values: [String: String]

    init(_ words: [String]) {
        verb = words.first ?? ""
        folder = words.dropFirst().first.flatMap { $0.hasPrefix("--") ? nil : $0 } ?? "."
        var values: [String: String] = [:]
        for (name, value) in zip(words, words.dropFirst()) where name.hasPrefix("--") {
            values[String(name.dropFirst(2))] = value
        }
        self.values = values
    }

    func text(_ name: String, _ standard: String) -> String { values[name] ?? standard }

    func number(_ name: String, _ standard: Int) -> Int { values[name].flatMap { Int($0) } ?? standard }

    var port: UInt16 { UInt16(clamping: number("port", 0)) }

    /// `--for 90`, `--for 90s`, `--for 5m` or `--for 1h`.
    var seconds: Double {
        let text = text("for", "5")
        let factor: Double =
            switch text.last {
            case "h": 3_600
            case "m": 60
            default: 1
            }
        return (Double(text.filter { $0.isNumber || $0 == "." }) ?? 5) * factor
    }

    func population(_ members: Int) -> Population {
        Population(members: members, publications: number("publications", 1))
    }
}
