import Commands
import NodeControl
import TestKit
import Testing

@Suite struct ShellTests {
    private typealias Script = ScriptedNode.Script

    private static func files(_ names: String...) -> [PublishedFile] {
        names.map { PublishedFile(name: $0, size: 1, root: nil) }
    }

    @Test func lists() async {
        let one = await ShellRun.signedIn(
            ["lap", "lpf", "sch pdf"],
            Script(
                peers: .success(["hans"]), published: .success(Self.files("a.pdf")), found: .success(["a.pdf"])))
        #expect(one.output == "1 active peer:\nhans\n1 file published:\na.pdf\n1 file found:\na.pdf\nGoodbye!\n")
        let two = await ShellRun.signedIn(
            ["lap", "lpf", "sch pdf"],
            Script(
                peers: .success(["hans", "vader"]), published: .success(Self.files("a", "b", "c")),
                found: .success(["a", "b\u{1B}[2J\n"])))
        #expect(
            two.output
                == "2 active peers:\nhans\nvader\n3 files published:\na\nb\nc\n2 files found:\na\nb␛[2J␊\nGoodbye!\n")
        let none = await ShellRun.signedIn(["lap", "lpf", "sch pdf"])
        #expect(none.output == "No active peers\nNo files published\nNo files found\nGoodbye!\n")
        #expect(one.status == .success && two.status == .success && none.status == .success)
    }

    /// What somebody may have forgotten is said when he comes and when he goes.
    @Test func whatIsNotFinishedIsSaid() async {
        func transfer(_ number: Int64, _ state: TransferStatus.State) -> TransferStatus {
            TransferStatus(number: number, name: "a", path: "/here/a", state: state, done: 0, total: 9)
        }
        let run = await ShellRun.signedIn(
            [],
            Script(transfers: [
                transfer(1, .queued), transfer(2, .active), transfer(3, .paused), transfer(4, .finished),
            ]))
        #expect(
            run.errors == """
                2 downloads go on, 1 is paused; queue lists them.
                2 downloads go on after the next login, 1 is paused.

                """)
        let one = await ShellRun.signedIn([], Script(transfers: [transfer(1, .waiting)]))
        #expect(one.errors.hasPrefix("1 download goes on; queue lists them.\n"))
        let paused = await ShellRun.signedIn([], Script(transfers: [transfer(7, .paused)]))
        #expect(paused.errors == "1 download is paused; queue lists them.\n1 download is paused.\n")
        let none = await ShellRun.signedIn([], Script(transfers: [transfer(1, .finished)]))
        #expect(none.errors.isEmpty)
    }

    @Test func cancelFinishedMeansAllThatAre() async {
        func transfer(_ number: Int64, _ name: String, _ state: TransferStatus.State) -> TransferStatus {
            TransferStatus(number: number, name: name, path: "/here/a", state: state, done: 0, total: 9)
        }
        let several = [transfer(1, "a", .finished), transfer(2, "b", .paused), transfer(3, "c", .finished)]
        let run = await ShellRun.signedIn(["cancel finished", "cancel b"], Script(transfers: several))
        #expect(run.questions == ["change 1 cancel", "change 3 cancel", "change b cancel", "leave"])
        // A download may be called so.
        let named = await ShellRun.signedIn(
            ["cancel finished"], Script(transfers: several + [transfer(4, "finished", .paused)]))
        #expect(named.questions == ["change finished cancel", "leave"])
    }

    /// A rate is one of somebody who gives.
    @Test func withoutSourcesThereIsNoRate() async {
        let lost = TransferStatus(
            number: 1, name: "a", path: "/here/a", state: .active, done: 0, total: 1_024, rate: 100, sources: 0)
        let run = await ShellRun.signedIn(["queue"], Script(transfers: [lost]))
        #expect(run.output.contains("1  active      0%  a  0 B of 1.00 KiB, 0 sources\n"))
    }

    @Test func theQueueSaysHowMuchIsThereAndWhereItGoes() async {
        let transfers = [
            TransferStatus(number: 9, name: "a", path: "/here/a", state: .paused, done: 1_024, total: 2_048),
            TransferStatus(number: 10, name: "b/c", path: "/there/\u{1B}c", state: .queued, done: 0, total: nil),
            TransferStatus(number: 8, name: "d", path: "/here/d", state: .finished, done: 5, total: 5),
        ]
        let run = await ShellRun.signedIn(["queue"], Script(transfers: transfers))
        #expect(
            run.output == """
                3 transfers:
                 9  paused     50%  a  1.00 KiB of 2.00 KiB
                    to /here/a
                10  queued       -  b/c  0 B
                    to /there/␛c
                 8  finished  100%  d  5 B
                    to /here/d
                Goodbye!

                """)
    }

    @Test func whoPublishesIsToldWhatTheNameWasBefore() async {
        let run = await ShellRun.signedIn(["pub a"], Script(replaced: "/there/a"))
        #expect(run.errors.contains("a was /there/a until now; that one is not published any more.\n"))
    }

    @Test func whoPublishesIsToldWhereNothingIsServed() async {
        let serving = await ShellRun.signedIn(["pub a"])
        #expect(!serving.errors.contains("Nothing is served"))
        let silent = await ShellRun.signedIn(["pub a b"], Script(limits: NodeLimits(upward: 0)))
        // At the login, and then.
        #expect(silent.errors.ranges(of: "Nothing is served from here now: no uploads").count == 2)
    }

    @Test func eachArgumentIsReported() async {
        let run = await ShellRun.signedIn(["pub a b \"c d\" ~/e '~/f'", "unp a \"c d\""])
        #expect(
            run.output == String(repeating: "File published successfully\n", count: 5)
                + String(repeating: "File unpublished successfully\n", count: 2) + "Goodbye!\n")
        #expect(
            run.questions == [
                "publish a", "publish b", "publish c d", "publish /home/hans/e", "publish ~/f", "published",
                "unpublish a", "unpublish c d", "leave",
            ])
        #expect(run.errors == "a:\nb:\nc d:\n/home/hans/e:\n~/f:\na:\nc d:\n")
        let one = await ShellRun.signedIn(["pub a", "unp a"])
        #expect(one.output == "File published successfully\nFile unpublished successfully\nGoodbye!\n")
        #expect(one.errors.isEmpty)
    }

    @Test func eachFailureIsNamed() async {
        let run = await ShellRun.signedIn(
            ["pub a b", "unp a b"],
            Script(
                publication: .failure(.quotaReached(limit: 5)), unpublication: .serverBusy(retryAfterMilliseconds: 1)))
        #expect(run.output == "File unpublication failed\nFile unpublication failed\nGoodbye!\n")
        let quota =
            "The server keeps at most 5 publications for each user.\nWithdraw some with unpublish; published lists them.\n"
        let busy = "The server has too much to do just now.\nTry again in 1 second.\n"
        #expect(run.errors == "a:\n\(quota)b:\n\(quota)a:\n\(busy)b:\n\(busy)")
    }

    @Test func downloads() async {
        let done = DownloadOutcome.completed(
            name: "a.pdf", path: "/here/b.pdf", size: 2_048, files: nil, sources: ["hans", "vader"])
        let run = await ShellRun.signedIn(
            ["get a.pdf", "get a.pdf@hans", "get a.pdf@hans --output b.pdf", "get -o=x"],
            Script(download: .success(done)))
        #expect(
            run.output == String(repeating: "a.pdf downloaded successfully\n", count: 3) + "Goodbye!\n")
        #expect(
            run.questions == [
                "download a.pdf - /here", "download a.pdf@hans - /here", "download a.pdf@hans b.pdf /here", "leave",
            ])
        let fetched = "2.00 KiB from hans, vader, verified.\nSaved as /here/b.pdf.\n"
        #expect(run.errors.hasPrefix(fetched + fetched + fetched))
        #expect(run.status == .commandFailed)
        let there = await ShellRun.signedIn(
            ["get a.pdf"], Script(download: .success(.alreadyThere(path: "/here/a.pdf"))))
        #expect(there.output == "Goodbye!\n")
        #expect(there.errors == "a.pdf is here already, with identical content; nothing was fetched.\n")
        #expect(there.status == .success)
    }

    @Test func whatFails() async {
        let absent = [AbsentOwner(name: "hans", since: 10_000_000 - 7_200_000), AbsentOwner(name: "yoda", since: nil)]
        let run = await ShellRun.signedIn(
            ["unp a", "get a", "lap", "pub dir"],
            Script(
                peers: .failure(.serverAway(address: "h:1")), publication: .failure(.isDirectory(path: "dir")),
                unpublication: .notPublished(name: "a"), download: .failure(.notFound(name: "a", absent: absent))))
        #expect(run.output == "File unpublication failed\nFile not found\nGoodbye!\n")
        #expect(
            run.errors.contains(
                "a is published by hans (offline for 2 hours), yoda (offline), but none of them is online."))
        #expect(run.errors.contains("The server at h:1 does not answer."))
        #expect(run.errors.contains("dir has no name under which others could find it."))
        #expect(run.status == .commandFailed)
    }

    /// Each word was taken for a name.
    @Test func aNameWithoutItsQuotes() async {
        let none = Script(
            publication: .failure(.noSuchFile(path: "x")), unpublication: .notPublished(name: "x"),
            download: .failure(.notFound(name: "x", absent: [])))
        for (verb, full) in [("get", "get"), ("pub", "publish"), ("unp", "unpublish")] {
            let run = await ShellRun.signedIn(["\(verb) my notes.txt"], none)
            #expect(run.errors.hasSuffix("\nIf that is one name, put it in quotes: \(full) \"my notes.txt\"\n"))
            let one = await ShellRun.signedIn(["\(verb) notes.txt"], none)
            #expect(!one.errors.contains("quotes"))
        }
        let busy = NodeFailure.serverBusy(retryAfterMilliseconds: 1)
        let other = await ShellRun.signedIn(
            ["get my notes.txt"], Script(download: .failure(busy)))
        #expect(!other.errors.contains("quotes"))
    }

    @Test func filesForOtherPrograms() async {
        let torrent = ExportedTorrent(
            name: "a.pdf", path: "/here/a.torrent", size: 5, infoHash: "1a2b", ownPort: 4_711,
            holders: [HolderAddresses(member: "vader", addresses: ["192.0.2.1:4000", "[2001:db8::1]:4000"])])
        let identity = ExportedIdentity(
            member: "hans", folder: "/here/me", expiresAt: 10_000_000 + 30 * 86_400_000 - 5, isRenewal: false)
        let run = await ShellRun.signedIn(
            ["export a.pdf a.torrent", "identity me --days 30", "import ~/b.torrent films"],
            Script(torrent: .success(torrent), identity: .success(identity)))
        #expect(
            run.output
                == "Torrent written successfully\nIdentity written successfully\nFile published successfully\nGoodbye!\n"
        )
        #expect(
            run.errors == """
                /here/a.torrent, info-hash 1a2b.
                It can be had now from
                  you: port 4711 of this computer
                  vader: 192.0.2.1:4000, [2001:db8::1]:4000
                certificate.pem and key.pem are in /here/me, good for 30 days. Who has key.pem can act as hans until \
                then: keep it to yourself.
                a is what the torrent describes.

                """)
        #expect(
            run.questions == [
                "exportTorrent a.pdf a.torrent", "exportIdentity me 30", "importTorrent /home/hans/b.torrent films",
                "leave",
            ])
        #expect(run.status == .success)
        let failed = await ShellRun.signedIn(["export a b", "identity c"])
        #expect(failed.output == "Goodbye!\n")
        #expect(failed.errors.contains("/here holds a certificate.pem or key.pem that is not yours"))
        #expect(failed.status == .commandFailed)
    }

    @Test func aTorrentOfAFolder() async {
        let run = await ShellRun.signedIn(
            ["import photos.torrent"],
            Script(
                folder: FolderContents(fileCount: 3, skipped: [], skippedCount: 0),
                publication: .success(PublishedFile(name: "photos", size: 2_048, root: nil, isFolder: true))))
        #expect(run.output == "Folder published successfully\nGoodbye!\n")
        #expect(run.errors == "photos/ is what the torrent describes.\nphotos/: 3 files, 2.00 KiB.\n")
    }

    @Test func hiddenFilesOfAFolderAreNamed() async {
        let files = HiddenFiles(count: 7, paths: [".env", ".git/con\u{1B}fig"])
        let run = await ShellRun.signedIn(
            ["pub work"],
            Script(
                folder: FolderContents(fileCount: 9, skipped: [], skippedCount: 0, hidden: files),
                publication: .success(PublishedFile(name: "work", size: 2_048, root: nil, isFolder: true))))
        #expect(
            run.errors == """
                work/: 9 files, 2.00 KiB.
                Hidden files among them, which others get, too: .env, .git/con␛fig, 5 more.

                """)
    }

    /// What is said of a place is the place, whatever was typed for it.
    @Test func whereItIsAlready() async {
        let there = await ShellRun.signedIn(
            ["get a.pdf --output .", "get a.pdf --output . --background"],
            Script(download: .success(.alreadyThere(path: "/here/a.pdf"))))
        let rest = "is here already, with identical content; nothing was fetched.\n"
        #expect(there.errors == "/here/a.pdf \(rest)a.pdf \(rest)")
    }

    @Test func hintsAreThoseOfTheCommand() async {
        let choices = [1, 2].map {
            ContentChoice(size: $0, root: String(repeating: "\($0)", count: 64), owners: [$0 == 1 ? "hans" : "leia"])
        }
        let run = await ShellRun.signedIn(
            ["export a b", "identity no/me", "pub empty", "import", "get a#zz"],
            Script(
                publication: .failure(.folderUnpublishable(path: "empty", fault: .empty)),
                download: .failure(.noSuchChoice(name: "a", choice: "#zz", choices: [], absent: [])),
                torrent: .failure(.ambiguous(name: "a", choices: choices)),
                identity: .failure(.noSuchFolder(path: "/here/no"))))
        #expect(run.errors.contains("such as: export a@hans FILE  or  export a#11111111 FILE\n"))
        #expect(run.errors.contains("There is no folder /here/no.\nMake it first, or choose another place.\n"))
        #expect(run.errors.contains("there is nothing in it to fetch.\nPut files with something in them into it first"))
        #expect(run.errors.contains("import needs the torrent file.\n"))
        #expect(run.errors.contains("Nobody else who is online has published a, nor a#zz.\n"))
        #expect(run.output == "File not found\nGoodbye!\n")
    }

    /// Files of one name in several folders of one owner: he is no choice among them.
    @Test func ofOneOwnerTheRootsAreTheChoice() async {
        let choices = [1, 2].map {
            ContentChoice(size: $0, root: String(repeating: "\($0)", count: 64), owners: ["hans"])
        }
        let run = await ShellRun.signedIn(
            ["get cover@hans"], Script(download: .failure(.ambiguous(name: "cover@hans", choices: choices))))
        #expect(run.errors.contains("such as: get cover#11111111; search --long shows where each stands.\n"))
    }

    /// As when it goes to `/dev/full`; where nobody reads, nobody needs to be told.
    @Test func outputThatCannotBeWritten() async {
        let reads = ["hans", "pw", "lap"].map { LineRead.line($0) }
        let full = await ShellRun(reads: reads, node: ScriptedNode(), output: Written(failure: "no space"))
        #expect(full.status == .inputOutput)
        #expect(full.errors.hasPrefix("What there is to say cannot be written to standard output: no space.\n"))
        #expect(full.questions == ["signIn hans pw", "leave"])
    }

    @Test(arguments: [24, 40, 60, 80, 110, 200]) func helpFitsTheWindow(columns: Int) async {
        let pages = await ShellRun.signedIn(["help", "help get", "help limit", "help identity"], columns: columns)
        let longestWord = 27
        for line in pages.output.split(separator: "\n") {
            #expect(line.count <= max(columns, longestWord + 6), "\(line)")
        }
        #expect(pages.output.contains("hans' file"))
        #expect(
            columns < 110 || pages.output.contains("limit [[TRANSFER] up|down RATE | slots|active N]    show or set"))
    }

    /// Who publishes by a single command would wonder why nobody gets it.
    @Test(arguments: [
        ("publish a", true, "Others get it while"), ("share a", true, "Others get it while"),
        ("get a --background", true, "It goes on while"), ("publish a", false, ""), ("publish a -q", true, ""),
        ("published", true, ""), ("queue", true, "downloads stop when"), ("queue", false, ""),
        ("queue --json", true, ""),
        ("resume a", true, "downloads stop when"), ("resume a", false, ""), ("pause a", true, ""),
        ("status", true, "downloads stop when"),
    ]) func aSingleCommandSaysWhatEndsWithIt(line: String, isNodeOwn: Bool, expected: String) async throws {
        let words = line.split(separator: " ").map(String.init)
        let going = TransferStatus(number: 1, name: "a", path: "/a", state: .queued, done: 0, total: 9)
        let run = try await ShellRun.once(
            words, .init(enqueued: .success([going]), transfers: [going], change: .success(going)), isNodeOwn: isNodeOwn
        )
        #expect(run.errors.contains("bittrickle daemon stays") == !expected.isEmpty)
        #expect(run.errors.contains(expected))
    }

    @Test func whatDoesNotGoOnAnywayIsNotSaidToStop() async throws {
        let paused = TransferStatus(number: 1, name: "a", path: "/a", state: .paused, done: 0, total: 9)
        let run = try await ShellRun.once(["queue"], .init(transfers: [paused]), isNodeOwn: true)
        #expect(run.errors.isEmpty)
    }

    @Test func oneNameForSeveralContents() async {
        let choices = [
            ContentChoice(
                size: 1_536, root: "1a2b3c4d" + String(repeating: "0", count: 56), owners: ["hans", "vader"]),
            ContentChoice(size: 5, root: "99887766" + String(repeating: "0", count: 56), owners: ["yo'da"]),
        ]
        let run = await ShellRun.signedIn(
            ["get \"my notes.txt\""], Script(download: .failure(.ambiguous(name: "my notes.txt", choices: choices))))
        #expect(run.output == "Goodbye!\n")
        #expect(
            run.errors == """
                my notes.txt stands for 2 different contents:
                  #1a2b3c4d  1.50 KiB  hans, vader
                  #99887766       5 B  yo'da
                Choose one by owner or by root, such as: get "my notes.txt@hans"  or  get "my notes.txt#1a2b3c4d"

                """)
    }

    @Test func whatIsNotUnderstood() async {
        let run = await ShellRun.signedIn(["", "  ", "foo", "LAP", "lap x", "pub", "sch", "get \"a", "help"])
        #expect(run.questions == ["leave"])
        #expect(run.errors.contains("There is no command foo."))
        #expect(run.errors.contains("Did you mean lap?"))
        #expect(run.errors.contains("peers has no use for \"x\"."))
        #expect(run.errors.contains("publish needs the file to publish."))
        #expect(run.errors.contains("search needs what to search for."))
        #expect(run.errors.contains("The quote \" is not closed."))
        #expect(run.output.contains("search TEXT"))
        #expect(run.status == .commandFailed)
    }

    @Test func emptyLinesAndAnEndOfInputAreSuccess() async {
        let run = await ShellRun.signedIn(["", " "])
        #expect(run.output == "Goodbye!\n")
        #expect(run.status == .success)
    }

    @Test func controlCAtThePromptGivesUpTheLineOnly() async {
        let run = await ShellRun(
            reads: [.line("hans"), .line("pw"), .interrupted, .tooLong, .line("lap")], node: ScriptedNode(),
            isInteractive: true)
        #expect(run.output == ShellRun.welcome + "No active peers\nGoodbye!\n")
        #expect(run.status == .commandFailed)
    }

    @Test func controlCFromAPipeEndsTheProgram() async {
        let run = await ShellRun(reads: [.line("hans"), .line("pw"), .interrupted], node: ScriptedNode())
        #expect(run.status == .interrupted)
        #expect(run.questions.last == "leave")
    }

    @Test func controlCStopsTheCommandAndNotTheShell() async {
        let node = ScriptedNode(Script(downloadsHang: true))
        let interrupts = Interrupts()
        async let run = ShellRun(
            reads: [.line("hans"), .line("pw"), .line("get a b"), .line("lap")], node: node, interrupts: interrupts)
        for await _ in node.downloads { break }
        #expect(interrupts.interrupt() == .told)
        let ended = await run
        #expect(ended.output == ShellRun.welcome + "No active peers\nGoodbye!\n")
        #expect(ended.errors.hasPrefix("Interrupted."))
        #expect(ended.status == .commandFailed)
        #expect(interrupts.interrupt() == .idle)
    }

    @Test func aServerKnownToBeAwayIsSaidShortly() async {
        let presence = ServerPresence()
        presence.note(.serverAway(address: "h:1"))
        let node = ScriptedNode(Script(peers: .failure(.serverAway(address: "h:1"))))
        let run = await ShellRun(reads: [.line("hans"), .line("pw"), .line("lap")], node: node, presence: presence)
        #expect(run.errors == "The server is still away.\nTry again when it is back.\n")
    }

    @Test func aChoiceThatIsNotThere() async {
        let choices = [ContentChoice(size: 5, root: "1a2b3c4d" + String(repeating: "0", count: 56), owners: ["hans"])]
        let away = [AbsentOwner(name: "leia", since: nil)]
        func errors(_ choice: String, _ choices: [ContentChoice], _ absent: [AbsentOwner]) async -> String {
            let run = await ShellRun.signedIn(
                ["get a\(choice)"],
                Script(
                    download: .failure(.noSuchChoice(name: "a", choice: choice, choices: choices, absent: absent))))
            #expect(run.output == "File not found\nGoodbye!\n")
            #expect(run.status == .commandFailed)
            return run.errors
        }
        #expect(
            await errors("@yoda", choices, away) == """
                a is published, but not by yoda. What there is:
                  #1a2b3c4d  5 B  hans
                  and, away just now, leia (offline)
                Choose by owner or by root, such as: get a@hans  or  get a#1a2b3c4d

                """)
        #expect(await errors("#zz", choices, []).hasPrefix("a is published, but not with a root that begins with zz."))
        #expect(await errors("#zz", [], away).hasPrefix("a is published by leia (offline), but not with a root"))
    }

    @Test func aNetworkThatWasReplaced() async {
        let node = ScriptedNode(
            Script(
                signIns: [.networkReplaced(address: "example.org:1", expected: "aa", found: "bb")]))
        let run = await ShellRun(reads: [.line("hans"), .line("pw"), .line("lap")], node: node)
        #expect(run.status == .protocolError)
        #expect(
            run.errors == """
                Another network answers at example.org:1 now than the one that was there when bittrickle started.
                  known fingerprint:  aa
                  its fingerprint:    bb
                Either somebody is in between, or the network was set up anew: ask who runs the server.
                If the new fingerprint is right, end bittrickle, with xit in a shell, with Ctrl-C for a daemon; forget the old one, and start again:
                  bittrickle forget example.org:1
                Where you gave a fingerprint at the start, forget nothing and give the new one.
                If the old network comes back, so does the connection, by itself.

                """)
    }

    /// By a notice or by the first command that fails, whichever comes first; then shortly, until it is back.
    @Test func aReplacedNetworkIsExplainedOnce() async {
        let failure = NodeFailure.networkReplaced(address: "h:1", expected: "aa", found: "bb")
        let notice = NodeNotice.networkReplaced(address: "h:1", expected: "aa", found: "bb")
        let presence = ServerPresence()
        let node = ScriptedNode(Script(peers: .failure(failure)))
        let run = await ShellRun(
            reads: ["hans", "pw", "lap", "lap"].map { .line($0) }, node: node, presence: presence)
        #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("  its fingerprint:") } == 1)
        #expect(run.errors.contains("Another network still answers at h:1."))
        #expect(!presence.note(notice))
        #expect(presence.isKnownToBeAway)
        #expect(presence.note(.serverBack(address: "h:1")))
        #expect(presence.note(notice))
        #expect(presence.note(.networkReplaced(address: "h:1", expected: "aa", found: "cc")))
    }
}
