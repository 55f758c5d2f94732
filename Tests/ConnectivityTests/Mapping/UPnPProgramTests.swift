import NetworkTestKit
import TestKit
import Testing
import Wire

/// What speaks UPnP in a peer's stead, as each program that has a peer in it becomes it.
@Suite(.timeLimit(.minutes(1))) struct UPnPProgramTests {
    /// What it says to an errand, and how it ends. All bytes of the errand are those of ASCII.
    private func run(_ program: String, _ errand: [UInt8]) async throws -> ([UInt8], RealProcess.Ending) {
        let folder = try TemporaryDirectory()
        let process = try await RealProcess.start(
            "/bin/bash", ["-c", "exec -a bittrickle-upnp \"$0\"", try BuiltPrograms.path(program)], in: folder.path)
        try await process.type(String(decoding: errand, as: UTF8.self))
        try await process.endInput()
        let ending = try await process.waitForEnd()
        _ = try await process.output.expectEnd()
        return (process.output.bytes, ending)
    }

    @Test(arguments: ["bittrickle", "MapperProbe"]) func itTellsWhatCameOfIt(program: String) async throws {
        let router: [UInt8] = [127, 0, 0, 1]
        // Of port 9 nobody takes connections here.
        let control = try #require(UPnPControl(url: "http://127.0.0.1:9/control", service: "urn:service", at: router))
        let errand = UPnPErrand(
            deed: .remove, router: router, local: router, port: 0x1234, externalPort: 0x1234, lifetime: 60,
            control: control)
        let (said, ending) = try await run(program, errand.encoded)
        #expect(UPnPReport(said, at: router) == UPnPReport(control: control, outcome: .silent))
        #expect(ending == .exited(0))
    }

    @Test func littleIsLeftToIt() async throws {
        let folder = try TemporaryDirectory()
        let process = try await RealProcess.start(
            try BuiltPrograms.path("MapperProbe"), ["contained"], in: folder.path)
        let said = try await process.output.expectEnd()
        #expect(said == "memory bounded\nfiles as said\nsockets 5\n")
    }

    @Test(arguments: [[], [9, 1, 2], [UInt8](repeating: 1, count: 4_000)] as [[UInt8]])
    func whatIsNoErrandIsNotGoneOn(bytes: [UInt8]) async throws {
        let (said, ending) = try await run("MapperProbe", bytes)
        #expect(said.isEmpty && ending == .exited(1))
    }
}
