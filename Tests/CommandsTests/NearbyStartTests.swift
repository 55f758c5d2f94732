import Commands
import Content
import PeerNode
import Terminal
import TestKit
import Testing
import Wire

/// A start without a server, where others answer on the local network.
@Suite struct NearbyStartTests {
    private static func network(
        _ name: String, _ server: String, _ number: UInt8, _ standing: NearbyNetwork.Standing = .unknown
    ) throws -> NearbyNetwork {
        NearbyNetwork(
            name: name, server: try HostPort(parsing: server), pin: NetworkPin(Hash256(hashing: [number])),
            standing: standing)
    }

    private static func three() throws -> [NearbyNetwork] {
        [
            try network("attic", "192.0.2.7:12000", 1), try network("cellar", "[2001:db8::1]:12000", 2, .trusted),
            try network("\u{1B}[2Jevil\u{202E}", "192.0.2.9:1", 3, .joined(as: Sample.user("hans"))),
        ]
    }

    private func run(
        _ networks: [NearbyNetwork], _ answers: [LineRead]? = nil, columns: Int? = 80
    ) async -> (outcome: NearbyStart.Outcome, errors: String, output: String, asked: [String]) {
        let (output, errors) = (Written(), Written())
        let input = ScriptedInput(answers ?? [], isInteractive: answers != nil)
        let start = NearbyStart(
            console: Console(output: output, errors: errors, showsProgress: false), input: input, columns: columns
        ) { () throws(StateFileFailure) in networks }
        let outcome = await start.run()
        return (outcome, errors.text, output.text, input.asked)
    }

    /// All that is said, held against a file.
    @Test func whatIsSaid() async throws {
        var text = ""
        let three = try Self.three()
        let cases: [(String, [NearbyNetwork], [LineRead]?)] = [
            ("nobody answers, a pipe", [], nil), ("nobody answers, a terminal", [], []),
            ("one answers, a pipe", [three[0]], nil), ("three answer, a pipe", three, nil),
            ("three answer, a terminal, the second is chosen", three, [.line("2")]),
            ("one answers, a terminal, none is chosen", [three[0]], [.line("")]),
        ]
        for (what, networks, answers) in cases {
            let run = await run(networks, answers)
            #expect(run.output.isEmpty)
            text += "[\(what)]\n\(run.errors)"
            if !run.asked.isEmpty { text += "[asked]\n\(run.asked.joined(separator: "\n"))\n" }
            switch run.outcome {
            case .chosen(let target):
                text += "[\(target.server), \(target.pin.map { "\($0)" } ?? "any fingerprint")]\n\n"
            case .ended(let status): text += "[\(status.rawValue)]\n\n"
            }
        }
        try Golden.expect(text, "nearby.txt")
    }

    @Test func theListForProgramsAndForPeople() throws {
        let three = try Self.three()
        let lines = [false, true].flatMap { NearbyList.lines(of: three, isJSON: $0, width: nil) }
        try Golden.expect(lines.map { $0 + "\n" }.joined(), "networks-nearby.txt")
    }

    /// What only the network says of itself is never expected there: whoever answers would be trusted unseen.
    @Test func aFingerprintIsExpectedWhereItIsKnown() async throws {
        let three = try Self.three()
        for (index, network) in three.enumerated() {
            let run = await run(three, [.line("\(index + 1)")])
            let pin = network.standing == .unknown ? nil : network.pin
            #expect(run.outcome == .chosen(ServerTarget(server: network.server, pin: pin)))
        }
    }

    @Test(
        arguments: [
            ([.line("x"), .line("0"), .line("4"), .line("1")], Commands.ExitStatus.usage, 3),
            ([.line("9"), .line("")], .usage, 2), ([.end], .usage, 1), ([.interrupted], .interrupted, 1),
            ([.tooLong, .end], .usage, 2),
        ] as [([LineRead], Commands.ExitStatus, Int)])
    func whatIsNoChoiceIsAskedAgain(answers: [LineRead], expected: Commands.ExitStatus, times: Int) async throws {
        let run = await run(try Self.three(), answers)
        #expect(run.outcome == .ended(expected))
        #expect(run.asked.count == times)
    }
}
