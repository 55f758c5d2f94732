import Commands
import NodeControl
import TestKit

/// What each command is carried out with, for ``CommandGoldenTests``.
enum CommandCases {
    typealias Run = CommandGoldenTests.Run
    typealias Script = ScriptedNode.Script

    static let all = aboutFiles + aboutDownloads + aboutSharing + aboutAccounts

    // MARK: What several have

    static func failing(_ failure: NodeFailure) -> Script {
        var script = Script()
        script.keeping.failure = failure
        return script
    }

    static let keeping: Script = {
        var script = Script()
        script.keeping.searches = [
            SavedSearch(
                name: "papers", text: "pd\u{1B}f", command: "get", newCount: 12, lastRun: 9_990_000),
            SavedSearch(name: "all", text: "", isComplete: false),
        ]
        script.keeping.matches = [
            SearchMatch(
                name: "a\u{202E}.pdf", owner: "vader", isFolder: false, size: 2_048,
                root: String(repeating: "1a", count: 32), found: 9_000_000),
            SearchMatch(name: "films", owner: "yoda", isFolder: true, size: nil, root: nil, found: 9_999_999),
        ]
        script.keeping.blocked = ["vader", "yo\u{1B}da"]
        script.keeping.settings = [
            Setting(key: .up, value: "0", source: .set), Setting(key: .down, value: "none", source: .standard),
            Setting(key: .slots, value: "64", source: .standard), Setting(key: .handOn, value: "on", source: .standard),
            Setting(key: .downloads, value: "/home/hans/my films", source: .commandLine),
            Setting(key: .port, value: "4001", source: .set),
            Setting(key: .webPort, value: "0", source: .standard),
            Setting(key: .searchInterval, value: "60", source: .set),
        ]
        return script
    }()

    static let file = PublishedFile(name: "a.pdf", size: 2_048, root: String(repeating: "1a", count: 32))

    static let transfer = TransferStatus(
        number: 3, name: "film.mkv", path: "/here/film.mkv", state: .active, priority: .high, done: 1 << 20,
        total: 1 << 30, rate: 2_500_000, sources: 2, downward: 2 << 20)

    static let transfers = [
        transfer,
        TransferStatus(
            number: 4, name: "b", path: "/here/b", state: .failed(.diskFull(path: "/here/b")), done: 0, total: nil),
    ]

    static let shared: Script = {
        var script = Script()
        script.shares = [
            ShareStatus(
                path: "/home/hans/films", fileCount: 12_345, unhashedCount: 7, bytesToHash: 5 << 30, isAway: false),
            ShareStatus(path: "/media/disk/mu\u{1B}sic", fileCount: 9, unhashedCount: 0, bytesToHash: 0, isAway: true),
        ]
        return script
    }()
}
