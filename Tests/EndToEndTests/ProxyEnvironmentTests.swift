import NetworkTestKit
import TestKit
import Testing

/// What the program says of a proxy that it is started with, before it goes anywhere.
@Suite(.timeLimit(.minutes(1))) struct ProxyEnvironmentTests {
    @Test(arguments: [["12000"], ["--network", "127.0.0.1:12000", "doctor"]])
    func whatNamesNoProxyEndsTheProgram(arguments: [String]) async throws {
        let home = try TemporaryDirectory()
        let process = try await RealProcess.start(
            BuiltPrograms.path("bittrickle"), arguments, in: home.path,
            environment: ["HOME": home.path, "ALL_PROXY": "socks4://hans:secret@proxy.example"])
        #expect(try await process.waitForEnd() == .exited(64))
        let told = try await process.errors.expectEnd()
        #expect(told.hasPrefix("all_proxy in the environment names a kind of proxy, socks4, that is not spoken here."))
        #expect(!told.contains("secret"))
    }
}
