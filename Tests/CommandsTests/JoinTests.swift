import Commands
import NodeControl
import Synchronization
import Terminal
import TestKit
import Testing

/// Somebody who was invited chooses a name and a password.
@Suite struct JoinTests {
    private func run(
        _ reads: [String], invitations: [NodeFailure?] = [], joining: [NodeFailure?] = [], signIns: [NodeFailure?] = [],
        isInteractive: Bool = true
    ) async -> (
        outcome: JoinDialogue.Outcome, errors: String, node: ScriptedNode, prompts: [String], remembered: [String]
    ) {
        let remembered = Mutex<[String]>([])
        let node = ScriptedNode(ScriptedNode.Script(signIns: signIns, joinings: joining, invitations: invitations))
        let errors = Written()
        let input = ScriptedInput(reads.map { .line($0) }, isInteractive: isInteractive)
        let dialogue = JoinDialogue(
            node: node, console: Console(output: Written(), errors: errors, showsProgress: false), input: input,
            interrupts: Interrupts(), now: { 0 }, sleep: { _ in },
            remember: { user in remembered.withLock { $0.append(user) } })
        let outcome = await dialogue.run("00ff")
        return (outcome, errors.text, node, input.asked, remembered.withLock { $0 })
    }

    @Test func theNameOnceAndThePasswordTwice() async {
        let run = await run(["hans", "falcon*solo", "falcon*solo"])
        #expect(run.outcome == .signedIn(user: "hans"))
        #expect(run.errors.isEmpty)
        #expect(
            run.node.questions == [
                "checkInvitation 00ff -", "checkInvitation 00ff hans", "join 00ff hans falcon*solo",
                "signIn hans falcon*solo",
            ])
        #expect(
            run.prompts == [
                "Choose a username: ", "(hidden) Choose a password: ", "(hidden) The same again: ",
            ])
    }

    @Test func passwordsThatDifferAreAskedForAgain() async {
        let run = await run(["hans", "falcon*solo", "falcon*sola", "falcon*solo", "falcon*solo"])
        #expect(run.outcome == .signedIn(user: "hans"))
        #expect(run.errors.contains("The two differ."))
    }

    @Test func aScriptGivesThePasswordOnce() async {
        let run = await run(["hans", "falcon*solo"], isInteractive: false)
        #expect(run.outcome == .signedIn(user: "hans"))
    }

    @Test func aTakenNameIsAskedForAgain() async {
        let run = await run(
            ["hans", "lando", "falcon*solo", "falcon*solo", "chewie", "falcon*solo", "falcon*solo"],
            invitations: [nil, .nameTaken(user: "hans"), nil, nil], joining: [.nameTaken(user: "lando"), nil])
        #expect(run.outcome == .signedIn(user: "chewie"))
        #expect(run.errors.contains("Somebody is called hans already."))
        // Taken while he chose a password.
        #expect(run.errors.contains("Somebody is called lando already."))
        // Nobody is guessed at.
        #expect(
            run.node.questions == [
                "checkInvitation 00ff -", "checkInvitation 00ff hans", "checkInvitation 00ff lando",
                "join 00ff lando falcon*solo",
                "checkInvitation 00ff chewie", "join 00ff chewie falcon*solo", "signIn chewie falcon*solo",
            ])
        #expect(run.remembered == ["chewie"])
    }

    /// A member is one, whatever comes next.
    @Test func whoJoinedAndCannotSignInIsRememberedAllTheSame() async {
        let run = await run(["hans", "falcon*solo", "falcon*solo"], signIns: [.serverAway(address: "a")])
        guard case .ended = run.outcome else {
            Issue.record("\(run.outcome)")
            return
        }
        #expect(run.remembered == ["hans"])
        #expect(run.errors.contains("You are a member now"))
    }

    @Test func aBusyServerIsWaitedFor() async {
        let run = await run(
            ["hans", "falcon*solo", "falcon*solo"], joining: [.serverBusy(retryAfterMilliseconds: 100), nil])
        #expect(run.outcome == .signedIn(user: "hans"))
    }

    @Test(arguments: [NodeFailure.inviteInvalid, .serverAway(address: "a")])
    func whatNoOtherNameMends(failure: NodeFailure) async {
        let run = await run(["hans", "falcon*solo", "falcon*solo", "lando", "x", "x"], joining: [failure])
        guard case .ended = run.outcome else {
            Issue.record("\(run.outcome)")
            return
        }
        #expect(!run.errors.isEmpty)
        #expect(
            run.node.questions == [
                "checkInvitation 00ff -", "checkInvitation 00ff hans", "join 00ff hans falcon*solo",
            ])
    }

    /// Nobody thinks of a name and a password for an invitation that is none.
    @Test func anInvitationThatIsNotOpenIsToldBeforeAnythingIsAsked() async {
        for isInteractive in [true, false] {
            let run = await run(
                ["hans", "falcon*solo"], invitations: [.inviteInvalid], isInteractive: isInteractive)
            #expect(run.outcome == .ended(Message(.inviteInvalid, now: 0).exitStatus))
            #expect(run.errors.contains(Message(.inviteInvalid, now: 0).what))
            // A script's name is there already.
            #expect(run.prompts == (isInteractive ? [] : ["Choose a username: "]))
            #expect(run.node.questions == ["checkInvitation 00ff \(isInteractive ? "-" : "hans")"])
        }
    }

    @Test func anInvitationThatEndsMeanwhileIsToldBeforeThePassword() async {
        let run = await run(["hans", "falcon*solo", "falcon*solo"], invitations: [nil, .inviteInvalid])
        #expect(run.outcome == .ended(Message(.inviteInvalid, now: 0).exitStatus))
        #expect(run.prompts == ["Choose a username: "])
    }

    /// Before anything else is asked, and without the server.
    @Test func whatCannotBeIsSaidAtOnce() async {
        let run = await run(["a b", "hans", "short", "falcon*solo", "falcon*solo"])
        #expect(run.outcome == .signedIn(user: "hans"))
        #expect(run.errors.contains("That cannot be a name here."))
        #expect(run.errors.contains("Passwords have 8 to 256 bytes."))
        #expect(
            run.node.questions == [
                "checkInvitation 00ff -", "checkInvitation 00ff hans", "join 00ff hans falcon*solo",
                "signIn hans falcon*solo",
            ])
    }

    /// Where the server sees it otherwise.
    @Test func whatTheServerDoesNotTakeIsAskedForAgain() async {
        let run = await run(
            ["hans", "falcon*solo", "falcon*solo", "hans", "falcon*sole", "falcon*sole"],
            joining: [.passwordUnfit(least: 12, most: 256), nil])
        #expect(run.outcome == .signedIn(user: "hans"))
        #expect(run.errors.contains("Passwords have 12 to 256 bytes."))
    }

    @Test func aScriptWithANameThatCannotBeEnds() async {
        let run = await run(["a b", "falcon*solo"], isInteractive: false)
        #expect(run.outcome == .ended(.usage))
        #expect(run.node.questions.isEmpty)
    }

    @Test func theInputEnds() async {
        #expect(await run([]).outcome == .ended(.noPermission))
        #expect(await run(["hans"], isInteractive: false).errors.contains("The input ended"))
    }

    @Test func whoIsKnownIsAskedForNothing() async {
        let known = await ShellRun(reads: [.line("lap"), .line("xit")], node: ScriptedNode(), user: "hans")
        #expect(known.output == ShellRun.welcome + "No active peers\nGoodbye!\n")
        #expect(known.questions == ["signInAgain hans", "activePeers", "leave"])
        #expect(known.prompts == ["> ", "> "])
    }

    @Test func whoWasForgottenIsAskedForThePasswordAlone() async {
        let run = await ShellRun(
            reads: [.line("falcon*solo"), .line("xit")],
            node: ScriptedNode(ScriptedNode.Script(signIns: [.authenticationFailed, nil])), isInteractive: true,
            user: "hans")
        #expect(run.prompts == ["(hidden) Enter password: ", "> "])
        #expect(run.errors.contains("your password is needed"))
        #expect(run.questions.prefix(2) == ["signInAgain hans", "signIn hans falcon*solo"])
    }

    /// The next lines of a script are no passwords.
    @Test func aScriptWhoseLoginIsNotTakenEnds() async {
        let run = await ShellRun(
            reads: [.line("lap"), .line("xit")],
            node: ScriptedNode(ScriptedNode.Script(signIns: [.authenticationFailed, nil])), user: "hans")
        #expect(run.questions == ["signInAgain hans"])
        #expect(run.status == .noPermission)
        #expect(run.output.isEmpty)
    }
}
