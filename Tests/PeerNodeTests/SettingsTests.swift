import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// What can be set of a node, and where it comes from.
@Suite(.timeLimit(.minutes(2))) struct SettingsTests {
    @Test(
        arguments: [
            (SettingKey.up, "0", "0"), (.up, "none", "none"), (.up, "4096", "4096"), (.up, "4095", nil),
            (.down, "0", nil), (.down, "-1", nil), (.slots, "0", nil), (.slots, "8", "8"), (.active, "101", nil),
            (.handOn, "on", "on"), (.handOn, "yes", nil), (.downloads, "/a b", "/a b"), (.downloads, "a", nil),
            (.downloads, "/a\0b", nil), (.webPort, "65536", nil), (.webPort, "080", "80"), (.port, "0", "0"),
            (.port, "-1", nil), (.notify, "", nil),
            (.searchInterval, "4", nil), (.searchInterval, "60", "60"),
        ] as [(SettingKey, String, String?)])
    func everyValueHasOneForm(key: SettingKey, text: String, value: String?) {
        #expect(key.canonical(text) == value)
    }

    private static func value(_ key: SettingKey, _ node: TestNode) async throws -> Setting? {
        try await node.node.settings().first { $0.key == key }
    }

    @Test func theyAreSetAndLast() async throws {
        try await TestNetwork().running { server in
            let hans = try TestNode("hans", port: server.port) {
                $0.settings = SettingsOfProgram(standard: [.downloads: "/home/hans/Downloads"])
            }
            try await hans.signedIn {
                #expect(try await hans.node.settings().map(\.key) == SettingKey.allCases)
                #expect(try await hans.node.settings().allSatisfy { $0.source == .standard })
                #expect(try await Self.value(.downloads, hans)?.value == "/home/hans/Downloads")
                #expect(
                    try await hans.node.set(.down, to: "500000")
                        == Setting(key: .down, value: "500000", source: .set))
                // There is one place for it.
                #expect(try await hans.node.limits().downward == 500_000)
                try await hans.node.setLimits(NodeLimits(upward: 5_000, slots: 7))
                #expect(try await Self.value(.up, hans) == Setting(key: .up, value: "5000", source: .set))
                #expect(try await Self.value(.down, hans)?.source == .standard)
                _ = try await hans.node.set(.notify, to: "off")
                _ = try await hans.node.set(.downloads, to: "/x")
            }
            let again = try TestNode("hans", port: server.port, home: hans.home) {
                $0.settings = SettingsOfProgram(commandLine: [.webPort: "4000"])
            }
            try await again.signedIn {
                let slots = try await Self.value(.slots, again)
                #expect(slots == Setting(key: .slots, value: "7", source: .set))
                #expect(try await Self.value(.notify, again) == Setting(key: .notify, value: "off", source: .set))
                #expect(again.node.setting(.downloads) == "/x")
                #expect(
                    try await again.node.set(.webPort, to: "5000")
                        == Setting(key: .webPort, value: "4000", source: .commandLine))
                #expect(
                    try await again.node.set(.slots, to: nil)
                        == Setting(key: .slots, value: "64", source: .standard))
                #expect(
                    try await again.node.set(.downloads, to: nil)
                        == Setting(key: .downloads, value: nil, source: .standard))
            }
        }
    }

    @Test func whatWasFetchedIsGivenOnOrNot() async throws {
        try await TestNetwork().running { server in
            try await withNodes(["hans", "vader", "leia"], port: server.port) { nodes in
                let (hans, vader, leia) = (nodes[0], nodes[1], nodes[2])
                try await hans.publish("a", content(10_000, seed: 1))
                _ = try await vader.node.set(.handOn, to: "off")
                try await vader.get("a")
                func sources(_ output: String) async throws -> [String] {
                    guard case .completed(_, _, _, _, let sources) = try await leia.get("a", output: leia.path(output))
                    else { throw TestKitError.timedOut("a") }
                    return sources
                }
                #expect(
                    try await leia.node.exportTorrent(name: "a", to: leia.path("1")).holders.map(\.member) == ["hans"])
                _ = try await vader.node.set(.handOn, to: "on")
                #expect(
                    try await leia.node.exportTorrent(name: "a", to: leia.path("2")).holders.map(\.member)
                        == ["hans", "vader"])
                _ = try await vader.node.set(.handOn, to: "off")
                #expect(try await sources("b") == ["hans"])
            }
        }
    }

    /// A search of a member's, run by his node.
    @Test func whatOthersPublishIsToldToWhoSearchesForIt() async throws {
        try await TestNetwork().running { server in
            let told = Seen<[NewMatches]>([])
            let clock = ManualClock()
            let hans = try TestNode("hans", port: server.port) {
                $0.searchPace = .of(clock)
                $0.tellsMatches = { matches in told.change { $0.append(matches) } }
            }
            try await hans.signedIn {
                let vader = try TestNode("vader", port: server.port)
                try await vader.signedIn {
                    try await vader.publish("Old Jazz.mp3", [1])
                    let saved = try await hans.node.saveSearch(
                        SearchDraft(name: "music", text: "jazz", command: "true"))
                    #expect(saved.newCount == 0 && saved.lastRun != nil)
                    _ = try await hans.node.set(.notify, to: "off")
                    _ = try await hans.node.set(.searchInterval, to: "600")
                    try await vader.publish("new jazz.mp3", [1, 2, 3])
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(600))
                    await told.wait { !$0.isEmpty }
                    let news = try #require(told.value.first)
                    #expect(news.matches.map(\.name) == ["new jazz.mp3"] && news.matches.map(\.owner) == ["vader"])
                    #expect(news.search.command == "true" && !news.areShown)
                    let match = try #require(news.matches.first)
                    try await eventually("a notice") {
                        hans.notices.contains(.searchMatched(search: "music", match: match, further: 0))
                    }
                    #expect(try await hans.node.newMatches(ofSearch: "music") == [match])
                    try await hans.node.forgetSearch("music")
                    #expect(try await hans.node.savedSearches() == [])
                }
            }
        }
    }

    @Test func whoSignsOutHereNeedsThePassword() async throws {
        try await TestNetwork().running { server in
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn {
                try await hans.node.signOutHere()
                await #expect(throws: NodeFailure.expelled) { try await hans.node.settings() }
                try await eventually("a notice") { hans.notices.contains(.signedOut) }
                #expect(!hans.notices.contains(.expelled))
            }
            let again = try TestNode("hans", port: server.port, home: hans.home)
            try await again.running {
                _ = try await again.node.connect()
                await #expect(throws: NodeFailure.authenticationFailed) {
                    try await again.node.signInAgain(user: "hans")
                }
                try await again.node.signIn(user: "hans", password: TestNetwork.passwords["hans"] ?? "")
            }
        }
    }
}
