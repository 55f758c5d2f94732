import CoreMetrics
package import Directory
import Glibc
import NIOHTTP1
import Prometheus

/// What can be watched.
protocol Watched: Sendable {
    /// All that it counts, in Prometheus' text format.
    func exposition() async -> String
    /// Why it cannot do its work, in a sentence; nil where it can.
    func fault() async -> String?
}

/// Answers whoever watches a server: what it counts, whether it lives, and whether it can do its work.
struct MetricsDesk: Sendable {
    let watched: any Watched

    /// What there is to be asked.
    enum Page: String, CaseIterable {
        case metrics = "/metrics"
        case health = "/health"
        case ready = "/ready"
    }

    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var type = "text/plain; charset=utf-8"
        var text: String
        /// Which methods there are, where another was tried.
        var allow: String?
    }

    /// - Parameter target: Of the request; what stands behind a question mark is nobody's.
    func answer(_ method: HTTPMethod, _ target: String) async -> Answer {
        let path = String(target.prefix { $0 != "?" })
        guard let page = Page(rawValue: path) else {
            let pages = Page.allCases.map(\.rawValue).joined(separator: ", ")
            return Answer(status: .notFound, text: "There is nothing here: there are \(pages).\n")
        }
        guard method == .GET || method == .HEAD else {
            return Answer(status: .methodNotAllowed, text: "This can only be read.\n", allow: "GET, HEAD")
        }
        switch page {
        case .metrics: return Answer(type: "text/plain; version=0.0.4; charset=utf-8", text: await watched.exposition())
        case .health: return Answer(text: "The server lives.\n")
        case .ready:
            guard let fault = await watched.fault() else { return Answer(text: "The server is ready.\n") }
            return Answer(status: .serviceUnavailable, text: "\(fault)\n")
        }
    }
}

/// A directory, with all that is behind it.
struct WatchedDirectory: Watched {
    let registry: MetricRegistry
    let metrics: ServerMetrics
    let directory: Directory
    let socket: DirectorySocket
    let store: any DirectoryStore

    func fault() async -> String? {
        Readiness(isSocketOpen: await socket.load() != nil, storeFault: await askStore().fault).fault
    }

    /// What is not counted as it happens is looked up now.
    func exposition() async -> String {
        let start = Nanoseconds.now
        if let load = await socket.load() {
            metrics.loopDelay.set(Double(Nanoseconds.now - start) / 1e9)
            metrics.sessions.set(load.sessions)
            metrics.streams.set(load.streams)
            metrics.inFlight.set(load.inFlight)
        }
        metrics.activeMembers.set(await directory.activeCount)
        metrics.accounts.set(await directory.accountCount)
        let (totals, fault) = await askStore()
        if let totals { metrics.publications.set(totals.publications) }
        metrics.storeUp.set(fault == nil ? 1 : 0)
        return registry.exposition
    }

    /// What the store holds, and why it does not answer now or did not take what was written last.
    private func askStore() async -> (totals: StoreTotals?, fault: DirectoryStoreError?) {
        do throws(DirectoryStoreError) { return (try await store.totals(), metrics.storeFailure) } catch {
            return (nil, error)
        }
    }
}

/// Whether a server can do its work.
package struct Readiness: Hashable, Sendable {
    package var isSocketOpen: Bool
    /// Why the store does not answer now, or did not take what was written last.
    package var storeFault: DirectoryStoreError?

    package init(isSocketOpen: Bool, storeFault: DirectoryStoreError?) {
        self.isSocketOpen = isSocketOpen
        self.storeFault = storeFault
    }

    /// Why it cannot, in a sentence; nil where it can.
    package var fault: String? {
        guard isSocketOpen else { return "The UDP or TCP socket is closed." }
        return storeFault.map { "The database fails: \(DatabaseText.of($0))." }
    }
}

extension MetricRegistry {
    /// What is the same for every program of ours, and what the system knows of its process.
    ///
    /// - Parameter start: Seconds since 1970.
    func readProcess(version: String, start: Double) {
        read(ServerMetric.build.rawValue, .gauge, dimensions: [("version", version)]) { 1 }
        read(ServerMetric.startTime.rawValue, .gauge) { start }
        read(ServerMetric.residentBytes.rawValue, .gauge) { ProcessFacts.statusBytes("VmRSS") }
        read(ServerMetric.anonymousBytes.rawValue, .gauge) { ProcessFacts.statusBytes("RssAnon") }
        read(ServerMetric.virtualBytes.rawValue, .gauge) { ProcessFacts.statusBytes("VmSize") }
        read(ServerMetric.processorSeconds.rawValue, .counter) { ProcessFacts.processorSeconds }
        read(ServerMetric.openDescriptors.rawValue, .gauge) { ProcessFacts.openDescriptors }
        read(ServerMetric.mostDescriptors.rawValue, .gauge) { ProcessFacts.mostDescriptors }
    }

    /// What the system knows of a directory.
    ///
    /// - Parameter database: The file that the store is in; nil where it is none.
    func readDirectory(port: UInt16, folder: String, database: String?) {
        read(ServerMetric.dropped.rawValue, .counter, dimensions: [("reason", "receive_buffer")]) {
            ProcessFacts.droppedDatagrams(port: port)
        }
        read(ServerMetric.freeBytes.rawValue, .gauge) { ProcessFacts.freeBytes(at: folder) }
        guard let database else { return }
        read(ServerMetric.storeBytes.rawValue, .gauge, dimensions: [("file", "database")]) {
            ProcessFacts.fileBytes(database)
        }
        read(ServerMetric.storeBytes.rawValue, .gauge, dimensions: [("file", "log")]) {
            ProcessFacts.fileBytes("\(database)-wal")
        }
    }
}
