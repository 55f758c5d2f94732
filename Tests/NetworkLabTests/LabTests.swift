import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Laboratories come and go.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct LabTests {
    private static var namespaces: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
    }
    private static var own: [String] { namespaces.filter { $0.hasPrefix("bt\(getpid())-") } }

    @Test func nothingIsLeftOfIt() async throws {
        let before = Self.own
        var lab: Lab? = try await Lab.pair(.portRestricted, .symmetric)
        #expect(Self.own.count == before.count + 6)
        var process = try await lab?.start("a", "/bin/sleep", ["600"])
        // Who runs in it holds it.
        lab = nil
        #expect(Self.own.count == before.count + 6)
        let processID = try #require(process?.processID)
        #expect(kill(processID, 0) == 0)
        process = nil
        #expect(Self.own == before)
        #expect(kill(processID, 0) != 0)
    }

    /// What a program started that is there no more ends, too.
    @Test func whatRunsInItEndsWithIt() async throws {
        var lab: Lab? = try await Lab.start(LabPlan())
        var process = try await lab?.start("server", "/bin/sh", ["-c", "sleep 600 & echo $!; sleep 600"])
        let text = try #require(try await process?.output.expect("\n"))
        let sleeper = try #require(pid_t(text.dropLast()))
        #expect(kill(sleeper, 0) == 0)
        process = nil
        lab = nil
        let limit = ContinuousClock.now + .seconds(5)
        // It is somebody else's child, who buries it in his own time.
        while (try? String(contentsOfFile: "/proc/\(sleeper)/cmdline", encoding: .utf8))?.isEmpty == false {
            guard ContinuousClock.now < limit else { throw TestKitError.timedOut("the end of \(sleeper)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// As after a test program that was killed.
    @Test func whatTheDeadLeftIsRemoved() async throws {
        let lab = try await Lab.start(LabPlan())
        let dead = try await lab.start("server", "/bin/true")
        try await dead.waitForEnd()
        let name = "bt\(dead.processID)-1-home"
        let script = "ip netns add \(name); ip netns exec \(name) sleep 600 & echo started"
        let shell = try await lab.start("server", "/bin/sh", ["-ec", script])
        try await shell.output.expect("started\n")
        while !Self.namespaces.contains(name) { try await Task.sleep(for: .milliseconds(5)) }
        Lab.removeLeftovers()
        #expect(!Self.namespaces.contains(name))
        #expect(try await lab.output("server", "/bin/echo", ["still here"]) == "still here\n")
    }

    @Test func programsAreInTheirNetwork() async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", .portRestricted, hosts: ["hans"])]))
        #expect(try await lab.output("hans", "ip", ["-o", "-4", "addr"]).contains(" 192.168.1.10/24 "))
        #expect(try await lab.output("hans", "/bin/pwd") == lab.home(of: "hans") + "\n")
        await #expect(throws: TestKitError.self) { try await lab.output("hans", "/bin/false") }
        await #expect(throws: TestKitError.self) { try await lab.start("nobody", "/bin/true") }
    }

    @Test func whatCannotBeIsRefused() async throws {
        let plans = [
            LabPlan(internet: ["a", "a"]), LabPlan(internet: ["A"]), LabPlan(internet: ["a b"]),
            LabPlan(internet: [""]),
            LabPlan(sites: [Site("server", .none, hosts: [])]),
            LabPlan(sites: [Site("home", .none, hosts: ["a"], carrier: .symmetric)]),
        ]
        for plan in plans { await #expect(throws: TestKitError.self) { try await Lab.start(plan) } }
    }
}
