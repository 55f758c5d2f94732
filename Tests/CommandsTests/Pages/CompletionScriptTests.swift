import Commands
import FoundationEssentials
import NetworkTestKit
import PeerNode
import ServerCommands
import Terminal
import TestKit
import Testing
import Wire

/// What `bittrickle completions` prints, in the shells that are installed here.
@Suite struct CompletionScriptTests {
    @Test(arguments: CompletionScript.Shell.allCases) func isWhatTheShellReads(shell: CompletionScript.Shell)
        async throws
    {
        let directory = try TemporaryDirectory()
        let script = try await Programs.output("bittrickle", ["completions", shell.rawValue], in: directory)
        #expect(script == CompletionScript(for: Program.form, in: shell).text)
        guard let path = Programs.installed(shell.rawValue) else { return }
        try script.write(toFile: directory.file("script"), atomically: true, encoding: .utf8)
        let checked = try await RealProcess.start(path, ["-n", directory.file("script")], in: directory.path)
        #expect(try await checked.waitForEnd() == .exited(0))
        #expect(try await checked.errors.expectEnd().isEmpty)
    }

    /// Each line as it is typed, up to the cursor, and how bash takes it apart.
    @Test(arguments: [
        ("bittrickle pub", ["pub"], ["published", "publish", "pub"]),
        ("bittrickle comp", ["comp"], ["completions"]),
        ("bittrickle get my", ["get", "my"], ["my notes", "my novel"]),
        (#"bittrickle get my\ no"#, ["get", #"my\ no"#], ["my notes", "my novel"]),
        ("bittrickle get \"my not", ["get", "\"my not"], ["my notes"]),
        ("bittrickle get a:b", ["get", "a", ":", "b"], ["b.txt"]), ("bittrickle get a:", ["get", "a", ":"], ["b.txt"]),
        ("bittrickle get evil", ["get", "evil"], []), ("bittrickle unp ", ["unp", ""], ["mine"]),
        ("bittrickle get --o", ["get", "--o"], ["--output"]), ("bittrickle --log", ["--log"], ["--log-level"]),
        ("bittrickle pause fi", ["pause", "fi"], ["film"]),
        ("bittrickle queue film ", ["queue", "film", ""], ["first", "last", "high", "normal", "low"]),
        ("bittrickle help sta", ["help", "sta"], ["status"]), ("bittrickle publish ", ["publish", ""], []),
        ("bittrickle search my", ["search", "my"], []),
        ("bittrickle --network ", ["--network", ""], ["hans@example.org:2", "luke@example.org:2", "127.0.0.1:1"]),
        ("bittrickle daemon -n ha", ["daemon", "-n", "ha"], ["hans@example.org:2"]),
        ("bittrickle -n hans@e", ["-n", "hans", "@", "e"], ["example.org:2"]),
        ("bittrickle -n 127.0.0.1:", ["-n", "127.0.0.1", ":"], ["1"]),
        ("bittrickle get x -n l", ["get", "x", "-n", "l"], ["luke@example.org:2"]),
        ("bittrickle leave 1", ["leave", "1"], ["127.0.0.1:1"]), ("bittrickle --ne", ["--ne"], ["--network"]),
        ("bittrickle --json comp", ["--json", "comp"], ["completions"]),
        ("bittrickle -q -n a@b:1 sea", ["-q", "-n", "a", "@", "b", ":", "1", "sea"], ["search", "searches"]),
        ("bittrickle -n 127.0.0.1:1 get --o", ["-n", "127.0.0.1", ":", "1", "get", "--o"], ["--output"]),
        ("bittrickle -y get my", ["-y", "get", "my"], ["my notes", "my novel"]),
        // Those of another network are not to be had there.
        ("bittrickle -n 127.0.0.1:1 get my", ["-n", "127.0.0.1", ":", "1", "get", "my"], []),
        (
            "bittrickle -n hans@example.org:2 get my", ["-n", "hans", "@", "example.org", ":", "2", "get", "my"],
            ["my notes", "my novel"]
        ),
        // Nor those of another member there.
        ("bittrickle -n luke@example.org:2 get my", ["-n", "luke", "@", "example.org", ":", "2", "get", "my"], []),
        ("bittrickle --network=l", ["--network", "=", "l"], ["luke@example.org:2"]),
        (
            "bittrickle --network=", ["--network", "="],
            ["hans@example.org:2", "luke@example.org:2", "127.0.0.1:1"]
        ),
        ("bittrickle --network=hans@e", ["--network", "=", "hans", "@", "e"], ["example.org:2"]),
        ("bittrickle get x --network=l", ["get", "x", "--network", "=", "l"], ["luke@example.org:2"]),
        ("bittrickle -q --network=a:1 sea", ["-q", "--network", "=", "a", ":", "1", "sea"], ["search", "searches"]),
        (
            "bittrickle --network=127.0.0.1:1 get --o", ["--network", "=", "127.0.0.1", ":", "1", "get", "--o"],
            ["--output"]
        ),
        (
            "bittrickle --network=hans@example.org:2 get my",
            ["--network", "=", "hans", "@", "example.org", ":", "2", "get", "my"], ["my notes", "my novel"]
        ),
        ("bittrickle --network=127.0.0.1:1 get my", ["--network", "=", "127.0.0.1", ":", "1", "get", "my"], []),
        // Where bash was told not to part words there.
        ("bittrickle --network=l", ["--network=l"], ["--network=luke@example.org:2"]),
        ("bittrickle --network=a:1 get --o", ["--network=a:1", "get", "--o"], ["--output"]),
    ]) func bash(line: String, words: [String], expected: [String]) async throws {
        let directory = try TemporaryDirectory()
        try Self.names(in: directory)
        let path = try #require(Programs.installed("bash"))
        let script = """
            source <(bittrickle completions bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            COMP_WORDS=(bittrickle "${@:2}")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _bittrickle 2>/dev/null
            ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
            exit 0
            """
        let process = try await RealProcess.start(
            path, ["--norc", "-c", script, "bash", line] + words, in: directory.path,
            environment: Programs.environment(home: directory.path))
        let output = try await process.output.expectEnd()
        #expect(output.split(separator: "\n").map(String.init) == expected)
    }

    @Test(arguments: [
        ("bittrickle pub", ["pub", "publish", "published"]), ("bittrickle get my", ["my notes", "my novel"]),
        ("bittrickle get --o", ["--output"]), ("bittrickle get a --output na", ["names-here"]),
        ("bittrickle unpublish ", ["mine"]), ("bittrickle identity fo", ["folder/"]),
        ("bittrickle --network l", ["luke@example.org:2"]), ("bittrickle web --network l", ["luke@example.org:2"]),
        ("bittrickle -q -n luke@example.org:2 comp", ["completions"]),
        ("bittrickle -n luke@example.org:2 get --o", ["--output"]),
        ("bittrickle --json get my", ["my notes", "my novel"]),
        ("bittrickle --network=l", ["--network=luke@example.org:2"]),
        ("bittrickle --network=luke@example.org:2 comp", ["completions"]),
        ("bittrickle --network=luke@example.org:2 get --o", ["--output"]),
        ("bittrickle --network=hans@example.org:2 get my", ["my notes", "my novel"]),
        ("bittrickle get a --output=na", ["--output=names-here"]),
    ]) func fish(line: String, expected: [String]) async throws {
        guard let path = Programs.installed("fish") else { return }
        let directory = try TemporaryDirectory()
        try Self.names(in: directory)
        try "".write(toFile: directory.file("names-here"), atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(atPath: directory.file("folder"), withIntermediateDirectories: true)
        let process = try await RealProcess.start(
            path, ["--no-config", "-c", "bittrickle completions fish | source; complete -C $argv[1]", line],
            in: directory.path, environment: Programs.environment(home: directory.path))
        let rows = try await process.output.expectEnd().split(separator: "\n")
        #expect(rows.map { $0.split(separator: "\t")[0] } == expected.map { $0[...] })
    }

    @Test(arguments: CompletionScript.Shell.allCases) func theServersIsWhatTheShellReads(shell: CompletionScript.Shell)
        async throws
    {
        let directory = try TemporaryDirectory()
        let script = try await Programs.output("bittrickle-server", ["completions", shell.rawValue], in: directory)
        #expect(script == CompletionScript(for: ServerForm.program, in: shell).text)
        guard let path = Programs.installed(shell.rawValue) else { return }
        try script.write(toFile: directory.file("script"), atomically: true, encoding: .utf8)
        let checked = try await RealProcess.start(path, ["-n", directory.file("script")], in: directory.path)
        #expect(try await checked.waitForEnd() == .exited(0))
        #expect(try await checked.errors.expectEnd().isEmpty)
    }

    @Test(arguments: [
        ("bittrickle-server gr", ["gr"], ["groups"]), ("bittrickle-server --cr", ["--cr"], ["--credentials"]),
        ("bittrickle-server users --en", ["users", "--en"], ["--enable"]),
        ("bittrickle-server completions f", ["completions", "f"], ["fish"]),
        ("bittrickle-server invite --data ", ["invite", "--data", ""], []),
    ]) func bashOfTheServer(line: String, words: [String], expected: [String]) async throws {
        let directory = try TemporaryDirectory()
        let path = try #require(Programs.installed("bash"))
        let script = """
            source <(bittrickle-server completions bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            COMP_WORDS=(bittrickle-server "${@:2}")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _bittrickle_server 2>/dev/null
            ((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
            exit 0
            """
        let process = try await RealProcess.start(
            path, ["--norc", "-c", script, "bash", line] + words, in: directory.path,
            environment: Programs.environment(home: directory.path))
        let output = try await process.output.expectEnd()
        #expect(output.split(separator: "\n").map(String.init) == expected)
    }

    /// As it is found in a folder of fpath, under the name of its function.
    @Test(arguments: ["bittrickle", "bittrickle-server"]) func zshLoadsItByName(program: String) async throws {
        guard let path = Programs.installed("zsh") else { return }
        let directory = try TemporaryDirectory()
        let script = try await Programs.output(program, ["completions", "zsh"], in: directory)
        try script.write(toFile: directory.file("_\(program)"), atomically: true, encoding: .utf8)
        let question = """
            fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D
            _describe() { print -r -- "$1 ${#commands}" }
            words=(\(program) ''); CURRENT=2; PREFIX=
            ${_comps[\(program)]}
            """
        let process = try await RealProcess.start(
            path, ["-f", "-c", question], in: directory.path, environment: Programs.environment(home: directory.path))
        #expect(try await process.output.expectEnd().hasPrefix("command "))
    }

    /// The words before the one that is typed, that, and what is offered.
    @Test(arguments: [
        (["--network"], "l", ["luke@example.org:2"]),
        (["-q", "-n", "luke@example.org:2"], "", ["command get"]),
        (["-n", "luke@example.org:2", "get"], "--o", ["option --output"]), (["-q"], "--f", ["option --fingerprint"]),
        (["--json", "get"], "my", ["my notes", "my novel"]),
        ([], "--network=l", ["--network=luke@example.org:2"]),
        (["--network=luke@example.org:2"], "", ["command get"]),
        (["-q", "--network=luke@example.org:2", "get"], "--o", ["option --output"]),
        (["--network=hans@example.org:2", "get"], "my", ["my notes", "my novel"]),
        (["get"], "--output=na", ["files na"]), (["identity"], "fo", ["files fo"]),
    ]) func zsh(finished: [String], typed: String, expected: [String]) async throws {
        guard let path = Programs.installed("zsh") else { return }
        let directory = try TemporaryDirectory()
        try Self.names(in: directory)
        let question = """
            compdef() { }
            source <(bittrickle completions zsh)
            _describe() {
                if [[ $1 == -o ]]; then print -r -- "option ${options[1]%%:*}"
                else print -r -- "command ${commands[1]%%:*}"; fi
            }
            compadd() { print -rl -- $answer }
            compset() { PREFIX=${PREFIX#*=} }
            _files() { print -r -- "files $PREFIX" }
            words=(bittrickle "$@"); CURRENT=${#words}; PREFIX=${words[-1]}
            _bittrickle
            """
        let process = try await RealProcess.start(
            path, ["-f", "-c", question, "zsh"] + finished + [typed], in: directory.path,
            environment: Programs.environment(home: directory.path))
        #expect(try await process.output.expectEnd().split(separator: "\n").map(String.init) == expected)
    }

    /// Too large, or none: then nothing is offered.
    @Test func whatIsKept() throws {
        let directory = try TemporaryDirectory()
        let file = NamesFile(path: directory.file("names"))
        #expect(file.load() == nil)
        var kept = Names.Kept()
        kept.found = ["x"]
        kept.peers = ["hans"]
        file.save(kept)
        #expect(file.load() == kept)
        let names = Names()
        names.peers = ["luke"]
        names.use(file)
        // What was learnt before the file was known is newer.
        #expect(names.found == ["x"] && names.peers == ["luke"])
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.file("names"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try "{\"found\":7}".write(toFile: directory.file("names"), atomically: true, encoding: .utf8)
        #expect(file.load() == nil)
        kept.found = [String(repeating: "x", count: 5 << 20)]
        file.save(kept)
        #expect(file.load() == nil)
    }

    private static func names(in directory: TemporaryDirectory) throws {
        let folder = directory.file(".local/state/bittrickle")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var kept = Names.Kept()
        kept.found = ["my notes", "my novel", "a:b.txt", "evil\u{1B}[2J"]
        kept.published = ["mine"]
        kept.transfers = ["film"]
        let (one, other) = (String(repeating: "0a", count: 32), String(repeating: "1b", count: 32))
        try "example.org:2 \(other) hans\nexample.org:2 \(other) luke\n127.0.0.1:1 \(one) hans\n".write(
            toFile: folder + "/networks", atomically: true, encoding: .utf8)
        let hans = LocalNode(
            stateDirectory: folder, network: try #require(NetworkPin(fingerprint: other)),
            member: try #require(UserName("hans")))
        try FileManager.default.createDirectory(
            atPath: String(hans.names.dropLast("/names".count)), withIntermediateDirectories: true)
        NamesFile(path: hans.names).save(kept)
    }
}
