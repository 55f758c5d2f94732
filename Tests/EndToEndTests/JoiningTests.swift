import FoundationEssentials
import NetworkTestKit
import TestKit
import Testing

/// From nothing to the first file: one command for whoever runs the server, two for a friend.
@Suite struct JoiningTests {
    @Test func oneCommandForTheOperatorTwoForAFriend() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let server = try await RealProcess.start(
            Programs.server, ["0", "--host", "127.0.0.1"], in: place.home("operator"))
        let greeting = try await server.output.expect("bittrickle-server invite\n", within: .seconds(20))
        let first = try Place.link(in: greeting)

        // The operator is a member like others, who has something.
        let joined = try await place.run(Programs.client, ["join", first], as: "operator", input: "olga\nolga's own\n")
        #expect(joined.output == "Welcome to BitTrickle, olga!\n")
        // There was no network that commands meant before.
        #expect(joined.errors.hasSuffix("bittrickle get NAME\n"))
        try Files.write("\(place.home("operator"))/a.pdf", size: 3_000_000, seed: 1)
        let shell = ShellClient(process: try await RealProcess.start(Programs.client, [], in: place.home("operator")))
        try await shell.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        try await shell.publish("a.pdf")

        let invited = try await place.run(Programs.server, ["invite", "--uses", "2"], as: "operator")
        let begin = ContinuousClock.now
        let invite = try Place.link(in: invited.output)
        _ = try await place.run(Programs.client, ["join", invite], as: "friend", input: "frida\nfrida's own\n")
        let got = try await place.run(Programs.client, ["get", "a.pdf"], as: "friend")
        #expect(got.output == "a.pdf downloaded successfully\n")
        #expect(begin.duration(to: .now) < .seconds(20))
        #expect(try Files.hash("\(place.home("friend"))/a.pdf") == Files.hash("\(place.home("operator"))/a.pdf"))
        #expect(try await place.run(Programs.client, ["peers"], as: "friend").output == "1 active peer:\nolga\n")
        #expect(
            try await place.run(Programs.client, ["search", "pdf"], as: "friend").output == "1 file found:\na.pdf\n")

        // What goes wrong is said.
        let taken = try await place.run(
            Programs.client, ["join", invite], as: "other", input: "frida\nguessed one\n", exits: 77)
        #expect(taken.errors.contains("Somebody is called frida already."))
        let used = try await place.run(
            Programs.client, ["join", first], as: "other", input: "otto\nguessed one\n", exits: 77)
        #expect(used.errors.contains("This invitation is not valid"))
        let alone = try await place.run(Programs.client, [invite], as: "other", exits: 64)
        #expect(alone.errors.contains("bittrickle join LINK") && !alone.errors.contains(invite))
        let short = try await place.run(
            Programs.client, ["join", invite], as: "other", input: "otto\nshort\n", exits: 64)
        #expect(short.errors.contains("Passwords have 8 to 256 bytes."))
        let none = try await place.run(Programs.client, ["get", "a.pdf"], as: "other", exits: 64)
        #expect(none.errors.contains("bittrickle join LINK"))
        let open = try await place.run(Programs.server, ["invite", "--list"], as: "operator").output
        let row = try #require(open.split(separator: "\n").dropFirst().first).split(separator: " ")
        #expect(row.prefix(3) == ["2", "member", "1"])
        _ = try await place.run(Programs.server, ["invite", "--withdraw", "2"], as: "operator")
        _ = try await place.run(Programs.server, ["invite", "--withdraw", "2"], as: "operator", exits: 64)
        #expect(
            try await place.run(Programs.server, ["invite", "--list"], as: "operator").output
                == "No invitation is open\n")
        try await shell.leave()
        server.signal(15)
        _ = try await server.waitForEnd()
        let away = try await place.run(Programs.server, ["invite"], as: "operator", exits: 69)
        #expect(away.errors.contains("No server can be asked on the state directory bittrickle-data."))
    }
}
