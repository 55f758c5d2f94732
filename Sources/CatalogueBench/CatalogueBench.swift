import Content
import Directory
import FoundationEssentials
import Glibc
import Wire

/// What the directory's store and its index of names cost as they grow, for `make bench-catalogue`: fills a database, has a part
/// of its owners there, and measures. A line of JSON for each figure.
@main struct CatalogueBench {
    private static let usage = "catalogue-bench FOLDER|postgres://… PUBLICATIONS ACCOUNTS ACTIVE-PART"

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 4, let publications = Int(words[1]), let accounts = Int(words[2]),
            let part = Double(words[3]), accounts > 0, publications >= accounts
        else {
            print(usage)
            return
        }
        let subject = Subject(place: words[0])
        let scale = Scale(publications: publications, accounts: accounts, active: max(1, Int(Double(accounts) * part)))
        let ids = try await fill(subject, scale)
        try await measure(subject, scale, ids)
    }

    /// - Returns: Of each active account, its publications.
    private static func fill(_ subject: Subject, _ scale: Scale) async throws -> [[PublicationID]] {
        let opened = try await subject.open(PresenceView())
        let store = opened.store
        let start = ContinuousClock.now
        var ids = Array(repeating: [PublicationID](), count: scale.active)
        try await withThrowingTaskGroup(of: (Int, [PublicationID]).self) { group in
            for account in 0..<scale.accounts {
                if account >= 16, let (done, those) = try await group.next(), done < ids.count { ids[done] = those }
                group.addTask { (account, try await Field.publish(account, scale, store)) }
            }
            for try await (done, those) in group where done < ids.count { ids[done] = those }
        }
        report("published a second", Double(scale.publications) / seconds(since: start))
        try await opened.close()
        if let size = try subject.size() { report("bytes a publication", Double(size) / Double(scale.publications)) }
        return ids
    }

    private static func measure(_ subject: Subject, _ scale: Scale, _ ids: [[PublicationID]]) async throws {
        let view = PresenceView()
        var start = ContinuousClock.now
        let opened = try await subject.open(view)
        let store = opened.store
        report("opened, s", seconds(since: start))
        start = .now
        let soon = ids.prefix(5_000)
        for (account, those) in soon.enumerated() {
            view.enter(PresentDevice(Field.user(account), Field.device), serving: those)
        }
        _ = try await Field.search("qqqqq", store)
        report("5,000 owners back, s", seconds(since: start))
        start = .now
        for (account, those) in ids.enumerated().dropFirst(soon.count) {
            view.enter(PresentDevice(Field.user(account), Field.device), serving: those)
        }
        let all = ids.joined().count
        _ = try await Field.search("qqqqq", store)
        while let count = opened.indexedCount(), count < all { _ = try await Field.search("qqqqq", store) }
        report("all active owners back, s", seconds(since: start))

        var random = Field.Random(seed: 7)
        let words = (0..<1_000).map { _ in Field.substring(&random, scale) }
        for word in words { _ = try await Field.search(word, store) }
        report("search", try await latencies(words) { _ = try await Field.search($0, store) })
        let names = (0..<1_000).map { _ in Field.draft(Int.random(in: 0..<scale.publications, using: &random)) }
        for draft in names { try await Field.look(up: draft, store) }
        report("lookup", try await latencies(names) { try await Field.look(up: $0, store) })
        for draft in names { try await Field.sources(of: draft, store) }
        report("sources", try await latencies(names) { try await Field.sources(of: $0, store) })
        for order in [SearchQuery.Order.size, .age, .holders] {
            report(
                "search by \(order)",
                try await latencies(Array(words.prefix(200))) { _ = try await Field.search($0, store, by: order) })
        }
        try await underLoad(words, scale, store)
        report("memory of the process, MiB", Double(Memory.anonymous()) / 1_048_576)
        try await opened.close()
    }

    /// Searches while 20,000 publications a second come, of 128 members at a time.
    private static func underLoad(_ words: [String], _ scale: Scale, _ store: any DirectoryStore)
        async throws
    {
        let (seconds, rate, writers, portion) = (10, 20_000, 128, 100)
        // Made before, as that takes as long as a part of what is measured.
        let drafts = (0..<writers).map { writer in
            let first = scale.publications + writer * 10_000_000
            return (first..<first + seconds * rate / writers + portion).map(Field.draft)
        }
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let published = try await withThrowingTaskGroup(of: Int.self) { group in
            for (writer, drafts) in drafts.enumerated() {
                group.addTask {
                    var count = 0
                    while .now < end, count + portion <= drafts.count {
                        // At the rate, of all together.
                        let due = start + .microseconds(count * writers * 1_000_000 / rate)
                        if due > .now { try await Task.sleep(until: due, clock: .continuous) }
                        try await Field.publish(Array(drafts[count..<count + portion]), by: writer, store)
                        count += portion
                    }
                    return count
                }
            }
            var times: [Double] = []
            var random = Field.Random(seed: 9)
            while .now < end {
                let began = ContinuousClock.now
                _ = try await Field.search(words.randomElement(using: &random) ?? "a", store)
                times.append(Self.seconds(since: began) * 1_000)
            }
            report("search while publishing", times.sorted())
            return try await group.reduce(0, +)
        }
        report("published a second while searching", Double(published) / Self.seconds(since: start))
    }

    // MARK: Figures

    private static func latencies<Item: Sendable>(_ items: [Item], _ work: (Item) async throws -> Void)
        async throws -> [Double]
    {
        var times: [Double] = []
        for item in items {
            let start = ContinuousClock.now
            try await work(item)
            times.append(seconds(since: start) * 1_000)
        }
        return times.sorted()
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double { (.now - start) / .seconds(1) }

    private static func report(_ name: String, _ value: Double) {
        print(#"{"name":"\#(name)","value":\#(value)}"#)
        fflush(nil)
    }

    /// - Parameter times: Milliseconds, ascending.
    private static func report(_ name: String, _ times: [Double]) {
        guard !times.isEmpty else { return }
        for (label, part) in [("p50", 0.5), ("p99", 0.99), ("worst", 1)] {
            report("\(name) \(label), ms", times[min(times.count - 1, Int(Double(times.count) * part))])
        }
    }
}

struct Scale: Sendable {
    var publications: Int
    var accounts: Int
    var active: Int

    func numbers(of account: Int) -> Range<Int> {
        account * publications / accounts..<(account + 1) * publications / accounts
    }
}

enum Memory {
    /// RssAnon, in bytes.
    static func anonymous() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }
}
