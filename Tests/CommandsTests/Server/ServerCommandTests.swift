import ArgumentParser
import ServerCommands
import Testing

struct ServerCommandTests {
    @Test func portsAndSecondsAreChecked() {
        for arguments in [
            ["-1"], ["65536"], ["x"], ["1", "2"], ["0", "--heartbeat", "0"], ["0", "--silence", "nan"],
        ] {
            #expect(throws: (any Error).self) { try ServerCommand.configured(arguments, [:]) }
        }
        #expect(throws: Never.self) {
            try ServerCommand.configured(["0", "--heartbeat", "0.5", "--silence", "0.75"], [:])
        }
    }
}
