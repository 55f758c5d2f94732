import Commands
import NodeControl
import TestKit
import Testing

/// What is not for everybody, and lies in a folder that is shared with more.
@Suite struct UnlockedTests {
    private static func file(_ name: String, at path: String?, for audience: Audience) -> PublishedFile {
        PublishedFile(name: name, size: 1, root: nil, audience: audience, path: path)
    }

    private static func script(sharedWith audience: Audience, _ published: [PublishedFile]) -> ScriptedNode.Script {
        var script = ScriptedNode.Script(
            published: .success(published),
            publication: .success(published.first ?? PublishedFile(name: "a", size: 1, root: nil)))
        script.shares = [
            ShareStatus(
                path: "/here/music", fileCount: 2, unhashedCount: 0, bytesToHash: 0, isAway: false, audience: audience),
            ShareStatus(path: "/here/other", fileCount: 2, unhashedCount: 0, bytesToHash: 0, isAway: false),
        ]
        return script
    }

    private static let locked = Audience.only([], isListed: true)

    @Test func isToldWhereTheFolderIsShared() async throws {
        let script = Self.script(
            sharedWith: .everybody,
            [
                Self.file("film.mkv", at: "/here/music/new/film.mkv", for: Self.locked),
                Self.file("open.mkv", at: "/here/music/open.mkv", for: .everybody),
                Self.file("hidden.mkv", at: "/here/music/.new/hidden.mkv", for: Self.locked),
                Self.file("next.mkv", at: "/here/musical/next.mkv", for: Self.locked),
                Self.file("elsewhere.mkv", at: nil, for: Self.locked),
            ])
        for options in [[], ["--json"], ["-q"]] {
            let run = try await ShellRun.once(["share", "music"] + options, script)
            #expect(
                run.errors == """
                    What is in /here/music is for everybody, with what was published for fewer: film.mkv.
                    Move that out of the folder, or say for whom it is: share /here/music --to NAMES

                    """)
            #expect(run.status == .success)
        }
    }

    @Test func isToldWhereItIsPublished() async throws {
        let film = Self.file("film.mkv", at: "/here/music/film.mkv", for: .only(["hans"]))
        let run = try await ShellRun.once(
            ["publish", "music/film.mkv", "--to", "hans"], Self.script(sharedWith: .only(["hans", "leia"]), [film]))
        #expect(
            run.errors.hasPrefix(
                "What is in /here/music is for hans,leia, with what was published for fewer: film.mkv."))
    }

    @Test func whoMayHaveItAnywayIsNoReason() async throws {
        let film = Self.file("film.mkv", at: "/here/music/film.mkv", for: .only(["hans", "leia"], isListed: true))
        let script = Self.script(sharedWith: .only(["leia"]), [film])
        #expect(try await ShellRun.once(["share", "music"], script).errors.isEmpty)
        #expect(try await ShellRun.once(["publish", "music/film.mkv"], script).errors.isEmpty)
    }
}
