import Commands
import FoundationEssentials
import TestKit
import Testing

@Suite struct HistoryFileTests {
    @Test func isKeptForItsOwnerOnly() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("state/bittrickle/history")
        let history = try #require(HistoryFile.standard(environment: ["XDG_STATE_HOME": directory.file("state")]))
        #expect(history.load().isEmpty)
        history.append("pub \"größe.txt\"")
        history.append("lap")
        #expect(history.load() == ["pub \"größe.txt\"", "lap"])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func doesNotGrowForEver() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("history")
        let lines = (0..<2_500).map { "get \($0)\n" }.joined()
        try lines.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(HistoryFile(path: path).load().first == "get 1500")
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 1_000)
    }

    @Test func whereThereIsNoPlaceNothingHappens() {
        #expect(HistoryFile.standard(environment: [:]) == nil)
        let history = HistoryFile(path: "/proc/nowhere/history")
        history.append("lap")
        #expect(history.load().isEmpty)
    }
}
