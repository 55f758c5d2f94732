import ArgumentParser
import FoundationEssentials
import ServerCommands
import Terminal
import TestKit
import Testing

/// Settings of the server from everywhere, and what is said of those that are wrong.
struct ConfigurationTests {
    private let place: TemporaryDirectory
    private let path: String

    init() throws {
        place = try TemporaryDirectory()
        path = place.file("server.yaml")
    }

    /// The client is silent about them, too.
    @Test func theVariablesAreThoseThatBothProgramsKnow() {
        #expect(Set(ServerCommand.variables) == Set(OwnVariables.server))
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    /// What is printed, without comments and defaults.
    private func effective(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String] {
        try ServerCommand.configured(arguments, environment).configurationText
            .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    private func refusal(_ arguments: [String], _ environment: [String: String] = [:]) -> String {
        do {
            _ = try ServerCommand.configured(arguments, environment).configurationText
            return "nothing"
        } catch let error as ServerRefusal {
            return error.message.text
        } catch {
            return ServerCommand.message(for: error)
        }
    }

    @Test func theStrongestCounts() throws {
        try write("port: 1\nheartbeat: 10\nsilence: 40\ndevices: 2\nlog-messages: yes\nhost: '127.0.0.1'\n")
        #expect(
            try effective(
                ["--config", path, "--devices=5", "--no-log-messages"],
                ["BITTRICKLE_HEARTBEAT": "20", "BITTRICKLE_DEVICES": "3", "BITTRICKLE_DATA": ""])
                == ["port: 1", "host: 127.0.0.1", "heartbeat: 20", "silence: 40", "devices: 5", "log-messages: false"])
        #expect(try effective(["3", "--config", path], ["BITTRICKLE_PORT": "2"]).first == "port: 3")
        #expect(try effective([], ["BITTRICKLE_PORT": "2", "BITTRICKLE_CONFIG": path]).first == "port: 2")
    }

    /// What is printed sets the same again, wherever it came from.
    @Test func whatIsPrintedIsAFile() throws {
        let arguments = [
            "12000", "--data", "/srv/my \"share\": é", "--metrics", "[::1]:9420", "--heartbeat", "30", "--silence",
            "90",
            "--log-messages", "--store", "postgres://share@db.example:5433/share?sslmode=require", "--credentials=-x",
            "--log-level", "debug", "--results-per-owner", "7", "--bittorrent-tracker", "--loops=2", "--tcp-port=443",
            "--relay", "[::1]:12001", "--relay-pairs", "50", "--relay-rate", "1.5 MiB/s", "--relay-quota=none",
            "--relays", "relay.example.org:12001,[2001:db8::1]:12001",
        ]
        let first = try effective(arguments)
        #expect(first.count == 18)
        try write(try ServerCommand.configured(arguments, [:]).configurationText)
        #expect(try effective(["--config", path]) == first)
        #expect(try effective([]).isEmpty)
    }

    @Test func everySettingHasAKeyAVariableAndAFlag() throws {
        let text = try ServerCommand.configured([], [:]).configurationText
        for (key, variable) in [
            ("port", "BITTRICKLE_PORT"), ("tcp-port", "BITTRICKLE_TCP_PORT"), ("data", "BITTRICKLE_DATA"),
            ("store", "BITTRICKLE_STORE"),
            ("credentials", "BITTRICKLE_CREDENTIALS"),
            ("host", "BITTRICKLE_HOST"), ("heartbeat", "BITTRICKLE_HEARTBEAT"), ("silence", "BITTRICKLE_SILENCE"),
            ("heartbeat-rate", "BITTRICKLE_HEARTBEAT_RATE"), ("loops", "BITTRICKLE_LOOPS"),
            ("devices", "BITTRICKLE_DEVICES"), ("metrics", "BITTRICKLE_METRICS"),
            ("publications-per-member", "BITTRICKLE_PUBLICATIONS_PER_MEMBER"),
            ("open-invites", "BITTRICKLE_OPEN_INVITES"), ("results-per-owner", "BITTRICKLE_RESULTS_PER_OWNER"),
            ("relay", "BITTRICKLE_RELAY"), ("relay-pairs", "BITTRICKLE_RELAY_PAIRS"),
            ("relay-rate", "BITTRICKLE_RELAY_RATE"), ("relay-quota", "BITTRICKLE_RELAY_QUOTA"),
            ("relays", "BITTRICKLE_RELAYS"),
            ("bittorrent-tracker", "BITTRICKLE_BITTORRENT_TRACKER"), ("log-level", "BITTRICKLE_LOG_LEVEL"),
            ("announce-locally", "BITTRICKLE_ANNOUNCE_LOCALLY"),
            ("log-messages", "BITTRICKLE_LOG_MESSAGES"),
        ] {
            #expect(text.contains("\n#\(key):"), "\(key)")
            #expect(text.contains(", \(variable)\n"), "\(variable)")
            let help = ServerCommand.helpMessage()
            #expect(key == "port" || help.contains("--\(key)"))
        }
    }

    @Test(arguments: [
        ("heartbeet: 30\n", 1, "There is no setting heartbeet.\nDid you mean heartbeat? All of them: "),
        ("port: 1\n\n# more\nserver: x\n", 4, "There is no setting server.\nAll of them: "),
        ("port: 99999\n", 1, "99999 is no port: give a number from 0 to 65535.\n"),
        ("port: 1\ndevices: many\n", 2, "The value 'many' is invalid for '--devices <number>'.\n"),
        ("devices: 0\n", 1, "--devices takes a number from 1 to 64.\n"),
        ("loops: 65\n", 1, "--loops takes a number from 1 to 64.\n"),
        ("heartbeat-rate: 0\n", 1, "--heartbeat-rate takes a number from 1 to 10000000.\n"),
        ("log-messages: sometimes\n", 1, "log-messages takes true or false.\n"),
        ("log-level: [debug, info]\n", 1, "log-level takes one value.\n"),
        ("port: 1\nstore: here.sqlite\n", 2, "--store takes an address such as postgres://user@host/database: "),
        ("host:\n", 1, "host takes one value.\n"),
        ("tcp-port: 0\n", 1, "The value '0' is invalid for '--tcp-port <port>'.\n"),
        ("metrics: nowhere\n", 1, "The value 'nowhere' is invalid for '--metrics <[host:]port>'.\n"),
        ("relay: everywhere\n", 1, "The value 'everywhere' is invalid for '--relay <[host:]port>'.\n"),
        ("relay-pairs: 0\n", 1, "--relay-pairs takes a number from 1 to 100000.\n"),
        ("relay-rate: fast\n", 1, "The value 'fast' is invalid for '--relay-rate <rate>'.\n"),
        ("relay-quota: 0\n", 1, "The value '0' is invalid for '--relay-quota <bytes>'.\n"),
        ("relays: 12001\n", 1, "The value '12001' is invalid for '--relays <host:port,...>'.\n"),
        ("relays: 'a:1,a:1'\n", 1, "The value 'a:1,a:1' is invalid for '--relays <host:port,...>'.\n"),
        ("relays: 'a:1,'\n", 1, "The value 'a:1,' is invalid for '--relays <host:port,...>'.\n"),
        ("- port\n", 1, "This is no list of settings.\n"),
        ("port 12000\n", 1, "This is no list of settings.\n"),
        ("port: 1\nhost: \"x\n", 3, "This is not YAML: "),
        ("port: 1\nport: 2\n", 1, "This is not YAML: port is there twice.\n"),
    ]) func whatIsWrongInAFileIsSaidWithItsLine(text: String, line: Int, what: String) throws {
        try write(text)
        let said = refusal(["--config", path])
        #expect(said.hasPrefix("bittrickle-server: \(path):\(line): \(what)"), "\(said)")
        #expect(said.split(separator: "\n").count == 2)
    }

    @Test(arguments: [
        (["BITTRICKLE_DEVICES": "x"], "BITTRICKLE_DEVICES: The value 'x' is invalid for '--devices <number>'."),
        (["BITTRICKLE_PORT": "70000"], "BITTRICKLE_PORT: 70000 is no port: give a number from 0 to 65535."),
        (["BITTRICKLE_LOG_MESSAGES": "2"], "BITTRICKLE_LOG_MESSAGES: log-messages takes true or false."),
        (
            ["BITTRICKLE_HEARTBEET": "3"],
            "BITTRICKLE_HEARTBEET: There is no such setting.\nDid you mean BITTRICKLE_HEARTBEAT?"
        ),
        (["BITTRICKLE_CONFIG": "/no/such/file"], "There is no /no/such/file."),
    ]) func whatIsWrongInTheEnvironmentIsSaidWithItsVariable(environment: [String: String], what: String) {
        #expect(refusal([], environment).hasPrefix("bittrickle-server: \(what)\n"), "\(refusal([], environment))")
    }

    @Test func othersVariablesAreLeftAlone() throws {
        #expect(try effective([], ["BITTRICKLE_NETWORK": "x", "BITTRICKLE_VERSION": "1", "PORT": "9"]).isEmpty)
    }

    @Test func whereValuesThatDoNotFitComeFromIsSaid() throws {
        try write("heartbeat: 10\n")
        #expect(
            refusal(["1", "--config", path], ["BITTRICKLE_SILENCE": "12"])
                == "--silence must be at least one and a half heartbeats: 15 seconds here. "
                + "(heartbeat from \(path):1, silence from BITTRICKLE_SILENCE)")
        #expect(
            refusal(["1", "--silence", "2"])
                == "--silence must be at least one and a half heartbeats: 3 seconds here.")
    }

    @Test func anEmptyFileSetsNothing() throws {
        for text in ["", "# nothing\n", "---\n"] {
            try write(text)
            #expect(try effective(["--config", path]).isEmpty)
        }
    }

    @Test func theFileAsItIsWritten() throws {
        let text = try ServerCommand.configured(
            ["12000", "--heartbeat", "30", "--silence=90"], ["BITTRICKLE_DEVICES": "3"]
        )
        .configurationText
        try Golden.expect(text, "server-config.yaml")
    }
}
