import Commands
import FoundationEssentials
import Glibc
import NodeControl
import TestKit
import Testing

/// Passwords that nobody types.
@Suite struct SecretTests {
    private static func file(_ text: String, mode: mode_t = 0o600) throws -> (TemporaryDirectory, String) {
        let folder = try TemporaryDirectory()
        let path = folder.file("secret")
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return (folder, path)
    }

    @Test func bothStandInAFile() async throws {
        let (folder, path) = try Self.file("old one\r\nnew secret\nrest\n")
        let run = try await ShellRun.once(["passwd", "--password-file", path])
        #expect(run.questions.contains("changePassword old one new secret") && run.errors.isEmpty)
        withExtendedLifetime(folder) {}
    }

    @Test func aFileThatOthersReadIsWarnedOf() async throws {
        let (folder, path) = try Self.file("old one\nnew secret", mode: 0o644)
        let run = try await ShellRun.once(["passwd", "--password-file", path, "--json"])
        #expect(run.errors == "Others on this computer can read \(path): chmod 600 \(path)\n")
        #expect(run.status == .success)
        withExtendedLifetime(folder) {}
    }

    @Test func aFileWithTooLittleIsRefused() async throws {
        let (folder, path) = try Self.file("old one\n")
        let run = try await ShellRun.once(["passwd", "--password-file", path])
        #expect(run.status == .noInput && run.errors.contains("it has fewer lines than 2"))
        #expect(!run.questions.contains { $0.hasPrefix("changePassword") })
        withExtendedLifetime(folder) {}
    }

    @Test func theyComeFromAnOpenFile() async throws {
        let (folder, path) = try Self.file("old one\nnew secret\nnext")
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        let run = try await ShellRun.once(["passwd", "--password-fd", "\(descriptor)"])
        #expect(run.questions.contains("changePassword old one new secret"))
        // What is behind them is another's.
        var rest = [UInt8](repeating: 0, count: 9)
        #expect(read(descriptor, &rest, 9) == 4)
        let none = try await ShellRun.once(["passwd", "--password-fd", "\(Int32.max)"])
        #expect(none.status == .noInput && none.errors.contains("descriptor \(Int32.max)"))
        withExtendedLifetime(folder) {}
    }

    @Test func theyComeFromTheEnvironment() async throws {
        let given = GivenSecrets(password: "old one", newPassword: "new secret")
        let run = try await ShellRun.once(["passwd"], given: given, answers: [])
        #expect(run.prompts.isEmpty && run.questions.contains("changePassword old one new secret"))
        let half = try await ShellRun.once(
            ["passwd"], given: GivenSecrets(password: "old one"), answers: ["new secret", "new secret"])
        #expect(half.prompts == ["(hidden) Choose a password: ", "(hidden) The same again: "])
    }

    @Test func whoSignsInNeedNotTypeIt() async {
        let given = GivenSecrets(password: "pw")
        let run = await ShellRun(reads: [.line("hans"), .line("lap")], node: ScriptedNode(), given: given)
        #expect(run.questions == ["signIn hans pw", "activePeers", "leave"])
        // What the computer kept is not taken any more.
        let known = await ShellRun(
            reads: [.line("lap")], node: ScriptedNode(.init(signIns: [.authenticationFailed])), user: "hans",
            given: given)
        #expect(known.questions == ["signInAgain hans", "signIn hans pw", "activePeers", "leave"])
        #expect(known.errors.isEmpty)
    }

    /// The next lines are commands, and not another name.
    @Test func aGivenPasswordThatIsWrongEndsAScript() async {
        let given = GivenSecrets(password: "wrong")
        let script = ScriptedNode.Script(signIns: [.authenticationFailed])
        let run = await ShellRun(reads: [.line("hans"), .line("lap")], node: ScriptedNode(script), given: given)
        #expect(run.status == .noPermission && run.prompts == ["Enter username: "])
        #expect(run.errors.contains("no such user with this password"))
        // A person is asked.
        let asked = await ShellRun(
            reads: [.line("hans"), .line("hans"), .line("right")], node: ScriptedNode(script), isInteractive: true,
            given: given)
        #expect(asked.questions.prefix(2) == ["signIn hans wrong", "signIn hans right"])
    }

    @Test func nobodyCanBeAsked() async throws {
        let run = try await ShellRun.once(["passwd"])
        #expect(run.status == .noInput && run.errors.contains("No password came"))
        #expect(!run.questions.contains { $0.hasPrefix("changePassword") })
    }

    @Test func theOldOneIsWrong() async throws {
        var script = ScriptedNode.Script()
        script.administration.failure = .authenticationFailed
        let run = try await ShellRun.once(["passwd"], script, answers: ["x", "new secret", "new secret"])
        #expect(run.status == .noPermission && run.errors.contains("The password that you have is another one."))
    }
}
