import Directory
import DirectoryClient
import DirectoryServer
import GRDB
import Glibc
import NetworkTestKit
import Prometheus
import TestKit
import Testing
import Wire

/// A server that is watched while members use it.
struct MetricsTests {
    private let fixture: ServerFixture

    init() throws { fixture = try ServerFixture() }

    private func watched(_ body: (DirectoryServer, Scraper) async throws -> Void) async throws {
        var configuration = fixture.configuration
        configuration.metrics = MetricsAddress(port: 0)
        configuration.version = "1.2\"3"
        try await DirectoryServer.whileRunning(configuration) { server in
            try await body(server, Scraper(port: try #require(server.metricsPort)))
        }
    }

    @Test func requestsAreCountedByKindAndOutcome() async throws {
        try await watched { server, scraper in
            let client = try await connected(to: server.port)
            await #expect(throws: DirectoryClientFailure.self) { _ = try await client.peers() }
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            _ = try await client.publish([Sample.draft("a", 1), Sample.draft("b", 2)])
            _ = try await client.search(SearchQuery(words: [Array("a".utf8)]))
            _ = try await client.peers()
            let numbers = try await scraper.numbers()
            #expect(numbers[#"bittrickle_requests_total{kind="login",outcome="ok"}"#] == 1)
            #expect(numbers[#"bittrickle_requests_total{kind="publish",outcome="ok"}"#] == 1)
            #expect(numbers[#"bittrickle_requests_total{kind="search",outcome="ok"}"#] == 1)
            #expect(numbers[#"bittrickle_requests_total{kind="peers",outcome="ok"}"#] == 1)
            #expect(numbers[#"bittrickle_requests_total{kind="peers",outcome="refused"}"#] == 1)
            #expect(numbers[#"bittrickle_refusals_total{reason="not_logged_in"}"#] == 1)
            #expect(numbers[#"bittrickle_request_duration_seconds_count{kind="search"}"#] == 1)
            #expect(numbers[#"bittrickle_request_duration_seconds_bucket{kind="search",le="+Inf"}"#] == 1)
            #expect(numbers[#"bittrickle_events_total{event="signed_in"}"#] == 1)
            #expect(numbers[#"bittrickle_openings_total{outcome="opened"}"#] == 1)
            #expect(numbers["bittrickle_sessions"] == 1)
            #expect(numbers["bittrickle_active_members"] == 1)
            #expect(numbers["bittrickle_accounts"] == 2)
            #expect(numbers["bittrickle_publications"] == 2)
            #expect(numbers["bittrickle_store_up"] == 1)
            #expect(numbers["bittrickle_requests_in_flight"] == 0)
            for operation in ["read", "write", "commit"] {
                let count = numbers["bittrickle_store_duration_seconds_count{operation=\"\(operation)\"}"] ?? 0
                #expect(count > 0, "\(operation)")
            }
            for name in ["bittrickle_datagrams_received_total", "bittrickle_datagrams_sent_total"] {
                #expect(numbers[name] ?? 0 >= 6, "\(name)")
            }
            await client.goodbye()
        }
    }

    @Test func dropsAreCountedByReason() async throws {
        try await watched { server, scraper in
            let sender = try await DatagramSender(port: Int(server.port))
            for datagram in [[0x00, 1, 2], [0xFF], []] as [[UInt8]] { try await sender.send(datagram) }
            let unknown = #"bittrickle_datagrams_dropped_total{reason="unknown"}"#
            try await eventually("they are counted") { try await scraper.numbers()[unknown] ?? 0 >= 2 }
            let numbers = try await scraper.numbers()
            #expect(numbers[#"bittrickle_datagrams_dropped_total{reason="receive_buffer"}"#] == 0)
            #expect(numbers[#"bittrickle_datagrams_dropped_total{reason="unsent"}"#] == 0)
        }
    }

    @Test func theProcessIsDescribed() async throws {
        try await watched { _, scraper in
            let numbers = try await scraper.numbers()
            #expect(numbers[#"bittrickle_build_info{version="1.2\"3"}"#] == 1)
            let resident = try #require(numbers["process_resident_memory_bytes"])
            let anonymous = try #require(numbers["bittrickle_anonymous_memory_bytes"])
            #expect(resident > 1_000_000 && anonymous > 1_000_000 && anonymous <= resident)
            for name in [
                "process_cpu_seconds_total", "process_open_fds", "process_max_fds", "process_start_time_seconds",
                "bittrickle_disk_free_bytes", #"bittrickle_store_size_bytes{file="database"}"#,
            ] { #expect(numbers[name] ?? 0 > 0, "\(name)") }
        }
    }

    /// Dashboards are written against the table of names: what the server shows is what stands there.
    @Test func allMetricsAreDescribedAndAllDescribedAreThere() async throws {
        try await watched { _, scraper in
            let text = try await scraper.get("/metrics").body
            var described: [String: String] = [:]
            for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(described.updateValue(String(words[3]), forKey: String(words[2])) == nil)
            }
            #expect(Set(described.keys) == Set(ServerMetric.allCases.map(\.rawValue)))
            for (name, type) in described { #expect(name.hasSuffix("_total") == (type == "counter"), "\(name)") }
            #expect(text.split(separator: "\n").count { $0.hasPrefix("# HELP ") } == described.count)
        }
    }

    /// Where Prometheus' own tool is installed, it finds nothing to object to.
    @Test(.enabled(if: access("/usr/bin/promtool", X_OK) == 0)) func prometheusReadsIt() async throws {
        try await watched { server, scraper in
            let client = try await connected(to: server.port)
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            await client.goodbye()
            let tool = try await RealProcess.start("/usr/bin/promtool", ["check", "metrics"], in: fixture.place.path)
            try await tool.type(try await scraper.get("/metrics").body)
            try await tool.endInput()
            let ending = try await tool.waitForEnd()
            #expect(ending == .exited(0), "\(tool.output.text) \(tool.errors.text)")
        }
    }

    @Test(arguments: [
        ("GET", "/health", 200, "The server lives.\n"), ("GET", "/ready?x", 200, "The server is ready.\n"),
        ("GET", "/", 404, "There is nothing here: there are /metrics, /health, /ready.\n"),
        ("GET", "/metrics/", 404, "There is nothing here: there are /metrics, /health, /ready.\n"),
        ("POST", "/metrics", 405, "This can only be read.\n"), ("DELETE", "/elsewhere", 404, nil),
        ("HEAD", "/health", 200, ""),
    ]) func pages(method: String, path: String, status: Int, body: String?) async throws {
        try await watched { _, scraper in
            let answer = try await scraper.ask("\(method) \(path) HTTP/1.1\r\nhost: x\r\n\r\n")
            #expect(answer.status == status)
            if let body { #expect(answer.body == body) }
            #expect(answer.head.lowercased().contains("connection: close"))
            if status == 405 { #expect(answer.head.lowercased().contains("allow: get, head")) }
            if method == "HEAD" { #expect(answer.head.lowercased().contains("content-length: 18")) }
        }
    }

    @Test(arguments: [
        (true, nil, nil), (false, DirectoryStoreError.full, "The UDP or TCP socket is closed."),
        (true, .full, "The database fails: the disk is full."),
        (true, .corrupt(detail: "page 3"), "The database fails: it is damaged (page 3)."),
    ]) func whyItIsNotReadyIsSaid(isOpen: Bool, fault: DirectoryStoreError?, sentence: String?) {
        #expect(Readiness(isSocketOpen: isOpen, storeFault: fault).fault == sentence)
    }

    @Test func aStoreThatFailsIsSeen() async throws {
        try await watched { _, scraper in
            let queue = try DatabaseQueue(path: fixture.place.file("data/directory.sqlite"))
            try await queue.write { try $0.execute(sql: "ALTER TABLE account RENAME TO elsewhere") }
            let failing = try await scraper.get("/ready")
            #expect(failing.status == 503)
            #expect(failing.body.hasPrefix("The database fails: "))
            #expect(failing.body.hasSuffix("no such table: account.\n"))
            let down = try await scraper.numbers()
            #expect(down["bittrickle_store_up"] == 0)
            let health = try await scraper.get("/health")
            #expect(health.status == 200)
            try await queue.write { try $0.execute(sql: "ALTER TABLE elsewhere RENAME TO account") }
            let working = try await scraper.get("/ready")
            #expect(working.status == 200)
        }
    }

    @Test func theTypeIsPrometheus() async throws {
        try await watched { _, scraper in
            let head = try await scraper.get("/metrics").head.lowercased()
            #expect(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
        }
    }

    /// Whoever sends nonsense, or far too much, is turned away; the next one is served.
    @Test(arguments: [("nonsense", 1), ("GET /metrics HTTP/1.1\r\nx: ", 20_000), ("GET /metrics HTTP/1.1", 100)])
    func nonsenseIsTurnedAway(start: String, count: Int) async throws {
        let request = start + String(repeating: start.hasSuffix(" ") ? "y" : "\r\na: b", count: count) + "\r\n\r\n"
        try await watched { _, scraper in
            let answer = try? await scraper.ask(request)
            #expect(answer.map { (400..<500).contains($0.status) } ?? true)
            let next = try await scraper.get("/health")
            #expect(next.status == 200)
        }
    }

    /// Who connects and says nothing takes a place, and there are enough of them; beyond, connections are closed.
    @Test func connectionsAreBounded() async throws {
        try await watched { _, scraper in
            var idle: [Scraper.Connection] = []
            let isFull: Result<Void, any Error>
            do {
                // Some may be turned away for one that just leaves.
                try await eventually("it is full") {
                    idle.append(try await scraper.connect())
                    return (try? await scraper.get("/health"))?.status != 200
                }
                #expect(idle.count > 24)
                isFull = .success(())
            } catch { isFull = .failure(error) }
            for connection in idle { await connection.close() }
            try isFull.get()
            try await eventually("there is room again") { (try? await scraper.get("/health"))?.status == 200 }
        }
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        try await watched { server, scraper in
            var configuration = try ServerFixture().configuration
            configuration.metrics = MetricsAddress(port: scraper.port)
            await #expect(throws: StartFailure.self) { _ = try await DirectoryServer(configuration) }
        }
    }

    @Test(arguments: [
        ("9420", "127.0.0.1", 9_420), ("0", "127.0.0.1", 0), ("0.0.0.0:9420", "0.0.0.0", 9_420),
        ("[::1]:9", "::1", 9), ("example.org:80", "example.org", 80),
    ]) func addresses(text: String, host: String, port: Int) throws {
        let address = try #require(MetricsAddress(text))
        #expect(address == MetricsAddress(host: host, port: port))
    }

    @Test(arguments: ["", ":", "x", "70000", "-1", "::1:9", ":9", "a b:9", "1:", "[::1]", "[a]:9", "localhost:9 "])
    func noAddresses(text: String) { #expect(MetricsAddress(text) == nil) }
}
