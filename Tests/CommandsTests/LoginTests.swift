import Commands
import NodeControl
import TestKit
import Testing

@Suite struct LoginTests {
    private func run(_ reads: [LineRead], signIns: [NodeFailure?], isInteractive: Bool = false) async -> ShellRun {
        await ShellRun(
            reads: reads, node: ScriptedNode(ScriptedNode.Script(signIns: signIns)), isInteractive: isInteractive)
    }

    @Test func theExampleOfTheSpecification() async {
        let run = await run([.line("hans"), .line("falcon*solo"), .line("lap"), .line("xit")], signIns: [])
        #expect(run.output == ShellRun.welcome + "No active peers\nGoodbye!\n")
        #expect(run.errors.isEmpty)
        #expect(run.status == .success)
        #expect(run.questions == ["signIn hans falcon*solo", "activePeers", "leave"])
        #expect(run.prompts == ["Enter username: ", "(hidden) Enter password: ", "> ", "> "])
    }

    @Test func asksAgain() async {
        let run = await run(
            [.line("hans"), .line("x"), .line("vader"), .line("y"), .line("hans"), .line("z")],
            signIns: [.authenticationFailed, .onlineElsewhere(user: "vader", place: "on another device")])
        #expect(
            run.output == "Authentication failed. Please try again.\nAuthentication failed. vader is online already.\n"
                + ShellRun.welcome + "Goodbye!\n")
        #expect(run.errors.contains("on another device"))
        #expect(run.status == .success)
    }

    @Test func whoIsDisabledIsToldAfterTheRightPassword() async {
        let run = await run([.line("lando"), .line("x")], signIns: [.accountDisabled(user: "lando")])
        #expect(run.output == "Authentication failed. lando is disabled.\n")
        #expect(run.errors.contains("An admin of the network can enable it again"))
        #expect(run.status == .noPermission)
    }

    /// What others wait for is given up before somebody is asked, and kept where nobody is.
    @Test func othersDoNotWaitForWhoIsAsked() async {
        let asked = await ShellRun(
            reads: [.line("pw")], node: ScriptedNode(.init(signIns: [.authenticationFailed])), isInteractive: true,
            user: "hans")
        #expect(asked.prompts.first == "(hidden) Enter password: " && asked.askings == [0])
        #expect(await run([.line("hans"), .line("pw")], signIns: []).askings == [0, 1])
        let kept = await ShellRun(reads: [], node: ScriptedNode(.init()), isInteractive: true, user: "hans")
        #expect(kept.status == .success && kept.askings.isEmpty)
    }

    @Test func theInputEndsFirst() async {
        let run = await run([.line("hans"), .line("x")], signIns: [.authenticationFailed])
        #expect(run.output == "Authentication failed. Please try again.\n")
        #expect(run.errors.contains("The input ended before anybody was logged in."))
        #expect(run.status == .noPermission)
        #expect(!run.questions.contains("leave"))
    }

    @Test func interruptedWhereTheNameIsAsked() async {
        #expect(await run([.interrupted], signIns: [], isInteractive: true).status == .interrupted)
        #expect(await run([.line("hans"), .interrupted], signIns: [], isInteractive: true).status == .interrupted)
    }

    /// From a pipe the next line is the password all the same.
    @Test func nobodyHasNoName() async {
        let asked = await run([.line(""), .line("hans"), .line("pw")], signIns: [], isInteractive: true)
        #expect(asked.prompts.prefix(3) == ["Enter username: ", "Enter username: ", "(hidden) Enter password: "])
        #expect(asked.questions.first == "signIn hans pw")
        let piped = await run(
            [.line(""), .line("x"), .line("hans"), .line("pw")], signIns: [.authenticationFailed, nil])
        #expect(piped.questions.prefix(2) == ["signIn  x", "signIn hans pw"])
    }

    /// Lines from a pipe are not taken for another user's name because the server was busy.
    @Test func patienceWithABusyServer() async {
        let run = await run(
            [.line("hans"), .line("pw"), .line("xit")],
            signIns: [.serverBusy(retryAfterMilliseconds: 2_000), .slowDown(retryAfterMilliseconds: 30_000), nil])
        #expect(run.output == ShellRun.welcome + "Goodbye!\n")
        #expect(run.pauses == [.seconds(2), .seconds(30)])
        #expect(run.questions.count == 4)
    }

    @Test func patienceHasAnEnd() async {
        let run = await run(
            [.line("hans"), .line("pw"), .line("lap")],
            signIns: Array(repeating: .slowDown(retryAfterMilliseconds: 40_000), count: 3))
        #expect(run.output.isEmpty)
        #expect(run.pauses == [.seconds(40)])
        #expect(run.status == .temporary)
    }

    @Test func aServerThatIsAway() async {
        let away = NodeFailure.serverAway(address: "h:1")
        let piped = await run([.line("hans"), .line("pw"), .line("lap")], signIns: [away])
        #expect(piped.status == .unavailable)
        #expect(piped.errors.hasPrefix("The server at h:1 does not answer."))
        let asked = await run(
            [.line("hans"), .line("pw"), .line("hans"), .line("pw")], signIns: [away], isInteractive: true)
        #expect(asked.output == ShellRun.welcome + "Goodbye!\n")
        #expect(asked.status == .success)
    }
}
