import Commands
import NodeControl
import TestKit

/// What each command is carried out with, for ``CommandGoldenTests``.
enum CommandCases {
    private typealias Run = CommandGoldenTests.Run
    private typealias Script = ScriptedNode.Script

    static let all = aboutFiles + aboutAccounts

    private static let aboutFiles: [CommandGoldenTests.Case] = [
        .init(
            verb: .peers,
            runs: [
                Run("peers"), Run("peers", Script(peers: .success(["vader", "yoda"]))),
                Run("lap --json", Script(peers: .success(["vader", "yo\u{1B}da"]))),
                Run("peers --json", linked), Run("peers", linked),
                Run("peers --json", Script(peers: .failure(away))), Run("peers --quiet", Script(peers: .failure(away))),
            ]),
        .init(
            verb: .published,
            runs: [
                Run("published", Script(published: .success([file, folder]))),
                Run("published --json", Script(published: .success([file, folder]))),
            ]),
        .init(
            verb: .publish,
            runs: [
                Run("publish a.pdf", Script(publication: .success(file))),
                Run("publish photos", photos), Run("publish photos --quiet", photos), Run("publish photos -v", photos),
                Run("publish photos --json", photos),
                Run("publish no.pdf", Script(publication: .failure(.noSuchFile(path: "no.pdf")))),
                Run("publish a b --json", Script(publication: .failure(.noSuchFile(path: "a")))),
            ]),
        .init(
            verb: .unpublish,
            runs: [
                Run("unpublish a.pdf"), Run("unpublish a.pdf --json"), Run("unpublish a.pdf -q"),
                Run("unpublish photos photos/ a.pdf", Script(published: .success([file, folder]))),
                Run("unpublish a.pdf photos", Script(published: .failure(away))),
                Run("unpublish a.pdf", Script(unpublication: .notPublished(name: "a.pdf"))),
                Run("unpublish a.pdf --json", Script(unpublication: .notPublished(name: "a.pdf"))),
                Run("unpublish music/", Script(published: .success([watched]))),
                Run("unpublish photos/", Script(unpublication: .notPublished(name: "photos/"))),
                Run("unpublish ./a.pdf", Script(unpublication: .notPublished(name: "./a.pdf"))),
                Run("unpublish music/live/ photos/a --yes", inFolders),
                Run("unpublish music/live/ --json", inFolders),
            ]),
        .init(
            verb: .search,
            runs: [
                Run("search pdf", Script(found: .success(["a.pdf", "pdfs/"]))), Run("search pdf"),
                Run("search pdf --json", Script(found: .success(["a.pdf", "pdfs/"]))),
                Run("search pdf --save papers"), Run("search pdf --save papers --run true --json"),
                Run("search pdf --save papers", failing(.searchTooBroad(limit: 500))),
                Run("search pdf --save papers", failing(.keptLimit(limit: 20))),
                Run("search pdf --save papers", failing(.searchUnfit)),
                Run("search pdf --long", listed), Run("search pdf --long"), Run("search pdf --long --json", listed),
            ]),
        .init(
            verb: .searches,
            runs: [
                Run("searches"), Run("searches", keeping), Run("searches --json", keeping), Run("searches papers"),
                Run("searches papers", keeping), Run("searches papers --json", keeping),
                Run("searches papers", failing(.noSuchSearch("papers"))), Run("searches --forget papers"),
                Run("searches --forget papers --json"),
            ]),
        .init(
            verb: .browse,
            runs: [
                Run("browse vader", listed), Run("browse vader films --json", listed),
                Run("browse yoda", Script(listings: .failure(.memberAway(name: "yoda")))),
                Run("browse yoda", Script(listings: .failure(.memberBlocked(name: "yoda")))),
            ]),
        .init(
            verb: .get,
            runs: [
                Run("get a.pdf", got), Run("get a.pdf --output b.pdf -q", got), Run("get a.pdf --json", got),
                Run("get a.pdf --json -v", got), Run("get a.pdf", waited), Run("get a.pdf -q", waited),
                Run("get a.pdf --json -v", waited),
                Run("get a.pdf --json", Script(download: .success(.alreadyThere(path: "/here/a.pdf")))),
                Run("get a.pdf"), Run("get a.pdf --json"),
                Run("get a.pdf", Script(download: .failure(.diskFull(path: "/here/a.pdf")))),
                Run(
                    "get a.pdf --json",
                    Script(
                        download: .failure(
                            .sourcesLost(
                                name: "a.pdf", partial: "/here/.a", done: 0, total: 2, reasons: ["vader left"],
                                missed: ["vader", "yoda"])))),
                Run(
                    "get a.pdf",
                    Script(
                        download: .failure(
                            .sourcesLost(
                                name: "a.pdf", partial: "/here/.a", done: 1, total: 2, reasons: [], missed: [])))),
                Run(
                    "get a.pdf",
                    Script(
                        download: .failure(
                            .sourcesLost(
                                name: "a.pdf", partial: "/here/.a", done: 1, total: 2,
                                reasons: ["vader: closed the connection"], missed: ["vader"], away: ["vader"])))),
                Run(
                    "get a.pdf",
                    Script(
                        download: .failure(
                            .sourcesLost(
                                name: "a.pdf", partial: "/here/.a", done: 1, total: 2,
                                reasons: ["vader no longer shares it"], missed: [], withdrawn: ["vader"])))),
                Run("get a.pdf", Script(download: .failure(.serverAway(address: "example.org:12000")))),
                Run("get a.pdf", Script(download: .failure(.notFound(name: "a.pdf", absent: [absent])))),
                Run(
                    "get a.pdf",
                    Script(
                        download: .failure(
                            .waitsInQueue(name: "a.pdf", number: 3, done: 1, total: 2, owners: [absent])))),
                Run("get a.pdf", paused), Run("get a.pdf --json", paused),
                Run("get a.pdf", cancelled), Run("get a.pdf --json", cancelled),
                Run(
                    "get films",
                    Script(
                        download: .failure(
                            .filesMissing(
                                name: "films", missing: 1, of: 2,
                                first: [
                                    MissingFile(name: "films/a", reason: .memberAway(name: "vader"))
                                ])))),
                Run("get films", leftOut([.pausedElsewhere(name: "films/old")])),
                Run("get films", leftOut([.cancelledElsewhere(name: "films/old")])),
                Run("get films", leftOut([.cancelledElsewhere(name: "a"), .pausedElsewhere(name: "b")])),
                Run("get films", leftOut([.memberAway(name: "vader"), .pausedElsewhere(name: "films/b")])),
                Run("get a.pdf --background", Script(enqueued: .success([transfer]))),
                Run("get a.pdf --background --json", Script(enqueued: .success([transfer]))),
                Run("get film.mkv --background", Script(enqueued: .success([awaited]))),
                Run("get film.mkv --background", Script(enqueued: .success([transfer]), transfers: [transfer])),
                Run("get a.pdf --background --json"),
                Run("get film", locked), Run("get film --ask", locked), Run("get film", locked, answers: ["y"]),
                Run("get film", locked, answers: ["n"]), Run("get film --json", locked),
                Run("get film --ask", askedBefore), Run("get film", askedBefore, answers: []),
                Run("get film", askedBefore),
                Run("get film --ask --json", askedBefore), Run("get film --ask", refused),
                Run("get film --background --ask --json", refused),
            ]),
        .init(
            verb: .queue,
            runs: [
                Run("queue"), Run("queue", Script(transfers: transfers)),
                Run("queue --json", Script(transfers: transfers)), Run("queue", Script(transfers: silent)),
                Run("queue 3 first --json", Script(change: .success(transfer))), Run("queue 9 low"),
            ]),
        .init(verb: .pause, runs: changes("pause")),
        .init(verb: .resume, runs: changes("resume")),
        .init(
            verb: .cancel,
            runs: changes("cancel") + [
                Run("cancel film.mkv", Script(transfers: transfers, change: .success(transfer)), answers: ["y"]),
                Run("cancel film.mkv", twice, answers: []), Run("cancel films@vader", ofFolder, answers: ["n"]),
            ]),
        .init(
            verb: .limit,
            runs: [
                Run("limit"), Run("limit --json", Script(limits: NodeLimits(upward: 1_000_000, slots: 8, active: 2))),
                Run("limit up 500k"), Run("limit up 0 --json"),
                Run("limit film.mkv down 2MiB --json", Script(change: .success(transfer))),
            ]),
        .init(
            verb: .share,
            runs: [
                Run("share films"), Run("share films music --json"), Run("share films -q"),
                Run("share no", unshareable(.noSuchFolder(path: "no"))),
                Run("share a.pdf", unshareable(.notAFolder(path: "a.pdf"))),
                Run("share films --to hans,team"), Run("share films --to hans --locked --json"),
            ]),
        .init(
            verb: .asks,
            runs: [Run("asks"), Run("asks", asked), Run("asks --json", asked)]),
        .init(
            verb: .approve,
            runs: [
                Run("approve 7"), Run("approve 7 --always --json"), Run("approve 7", asked), Run("approve x"),
            ]),
        .init(verb: .refuse, runs: [Run("refuse 7 8"), Run("refuse 7 --json")]),
        .init(verb: .unshare, runs: [Run("unshare films"), Run("unshare films --json")]),
        .init(
            verb: .shares,
            runs: [Run("shares"), Run("shares", shared), Run("shares --json", shared)]),
        .init(
            verb: .export,
            runs: [
                Run("export a.pdf a.torrent", Script(torrent: .success(torrent))),
                Run("export a.pdf a.torrent", Script(torrent: .success(tracked(.server)))),
                Run("export a.pdf a.torrent", Script(torrent: .success(tracked(.notForEverybody)))),
                Run("export a.pdf a.torrent", Script(torrent: .success(tracked(.unknown)))),
                Run("export a.pdf a.torrent --json", Script(torrent: .success(torrent))), Run("export a.pdf a.torrent"),
            ]),
        .init(
            verb: .importing,
            runs: [
                Run("import a.torrent", Script(publication: .success(file))),
                Run("import a.torrent --json", Script(publication: .success(file))),
            ]),
        .init(
            verb: .identity,
            runs: [
                Run("identity me --days 30", Script(identity: .success(identity))),
                Run("identity me --days 30 --json", Script(identity: .success(identity))), Run("identity me"),
            ]),
        .init(
            verb: .status,
            runs: [
                Run("status"), Run("status", busy), Run("status --json", busy),
                Run("status", serverless), Run("status --json", serverless),
                Run("status", Script(peers: .failure(away), transfers: transfers)),
                Run("status", Script(peers: .failure(.expelled))),
            ]),
        .init(
            verb: .doctor,
            runs: [
                Run("doctor", examined()), Run("doctor vader", examined([.memberAway("vader")])),
                Run("doctor vader --json", examined([.memberAway("vader")])), Run("doctor --quiet", examined()),
                Run("doctor", failing(.notSignedIn)),
            ]),
    ]

    private static let aboutAccounts: [CommandGoldenTests.Case] = [
        .init(
            verb: .passwd,
            runs: [
                Run("passwd", answers: ["old secret", "new secret", "new secret"]),
                Run("passwd", answers: ["old secret", "short", "new secret", "other", "new secret", "new secret"]),
                Run("passwd", answers: ["old secret", "new secret", "other"]),
                Run("passwd --password-file /no/such/file"), Run("passwd"), Run("passwd", answers: ["old secret"]),
                Run("passwd", wrongPassword, answers: ["wrong one", "new secret", "new secret"]),
                Run("passwd --json", answers: ["old secret", "new secret", "new secret"]),
            ]),
        .init(
            verb: .devices,
            runs: [
                Run("devices", administered), Run("devices --json", administered),
                Run("devices --sign-out 2b", administered), Run("devices --sign-out 9", administered),
                Run("devices --sign-out-others --json", administered),
                Run("devices --sign-out-others", administered, answers: ["n"]),
            ]),
        .init(
            verb: .block,
            runs: [
                Run("block"), Run("block", keeping), Run("block --json", keeping), Run("block vader"),
                Run("block vader yoda --json"), Run("block hans", failing(.oneself)),
                Run("block 'no name'", failing(.noSuchMember("no name"))),
            ]),
        .init(
            verb: .unblock,
            runs: [
                Run("unblock vader"), Run("unblock vader --json"),
                Run("unblock vader", failing(.notBlocked(name: "vader"))),
            ]),
        .init(
            verb: .config,
            runs: [
                Run("config", keeping), Run("config --json", keeping), Run("config down", keeping),
                Run("config down 2M"), Run("config up 500 kB"), Run("config up 0"), Run("config notify No --json"),
                Run("config downloads films"), Run("config web-port 8080"), Run("config port 4001"),
                Run("config search-interval 5m"), Run("config --unset down"),
            ]),
        .init(
            verb: .admin,
            runs: [
                Run("admin invite", administered), Run("admin invite --json", administered), Run("admin invite"),
                Run("admin invitations", administered), Run("admin invitations"),
                Run("admin invitations --json", administered), Run("admin withdraw 4"),
                Run("admin members", administered), Run("admin members --json", administered),
                Run("admin disable vader"), Run("admin remove vader", answers: ["y"]), Run("admin remove vader --json"),
                Run("admin role vader admin"), Run("admin password vader", answers: ["new secret", "new secret"]),
                Run("admin sign-out vader --quiet"), Run("admin sessions", administered),
                Run("admin sessions --json", administered), Run("admin publications vader", administered),
                Run("admin take-down vader a.pdf"), Run("admin groups", administered),
                Run("admin groups --json", administered), Run("admin group friends", administered),
                Run("admin put friends hans vader"), Run("admin remove-group friends", answers: ["n"]),
            ]),
    ]

    private static let administered: Script = {
        var script = Script()
        let invitation = Invitation(id: 4, role: .member, usesLeft: 3, created: 0, expires: 10_000_000 + 3 * 86_400_000)
        script.administration.devices = [
            MemberDevice(
                id: String(repeating: "1a", count: 16), label: "desk", lastSignIn: 9_990_000, expires: 99_000_000,
                isOnline: true, isThis: true),
            MemberDevice(
                id: String(repeating: "2b", count: 16), label: "lap\u{1B}top", lastSignIn: 2_000_000,
                expires: 99_000_000,
                isOnline: false, isThis: false),
        ]
        script.administration.invitations = [invitation]
        script.administration.invited = .success(
            NewInvitation(link: "bittrickle://example.org:12000/00ff/11ee", invitation: invitation))
        script.administration.members = [
            MemberAccount(
                name: "hans", standing: .filed, role: .admin, isOnline: true, lastSeen: 9_999_000, publicationCount: 12),
            MemberAccount(
                name: "vader", standing: .disabled, role: .member, isOnline: false, lastSeen: nil, publicationCount: 0),
        ]
        script.administration.sessions = [
            OnlineSession(
                member: "hans", device: "desk", address: "192.0.2.1:4000", since: 5_000_000, lastHeard: 9_999_000)
        ]
        script.administration.publications = [file]
        script.administration.groups = [MemberGroup(name: "friends", memberCount: 2)]
        script.administration.groupMembers = ["hans", "leia"]
        return script
    }()

    private static func examined(_ findings: [HealthFinding] = []) -> Script {
        var script = Script()
        script.keeping.findings =
            [.udp(milliseconds: 12), .mappingOff, .fileMissing("/here/a b.pdf", as: "a b.pdf")] + findings
        return script
    }

    private static func failing(_ failure: NodeFailure) -> Script {
        var script = Script()
        script.keeping.failure = failure
        return script
    }

    private static let wrongPassword: Script = {
        var script = Script()
        script.administration.failure = .authenticationFailed
        return script
    }()

    private static let keeping: Script = {
        var script = Script()
        script.keeping.searches = [
            SavedSearch(
                name: "papers", text: "pd\u{1B}f", command: "get", newCount: 12, lastRun: 9_990_000),
            SavedSearch(name: "all", text: "", isComplete: false),
        ]
        script.keeping.matches = [
            SearchMatch(
                name: "a\u{202E}.pdf", owner: "vader", isFolder: false, size: 2_048,
                root: String(repeating: "1a", count: 32), found: 9_000_000),
            SearchMatch(name: "films", owner: "yoda", isFolder: true, size: nil, root: nil, found: 9_999_999),
        ]
        script.keeping.blocked = ["vader", "yo\u{1B}da"]
        script.keeping.settings = [
            Setting(key: .up, value: "0", source: .set), Setting(key: .down, value: "none", source: .standard),
            Setting(key: .slots, value: "64", source: .standard), Setting(key: .handOn, value: "on", source: .standard),
            Setting(key: .downloads, value: "/home/hans/my films", source: .commandLine),
            Setting(key: .port, value: "4001", source: .set),
            Setting(key: .webPort, value: "0", source: .standard),
            Setting(key: .searchInterval, value: "60", source: .set),
        ]
        return script
    }()

    private static func changes(_ verb: String) -> [Run] {
        [
            Run("\(verb) film.mkv", Script(change: .success(transfer))),
            Run("\(verb) film.mkv --json", Script(change: .success(transfer))), Run("\(verb) 9"),
        ]
    }

    private static let away = NodeFailure.serverAway(address: "example.org:12000")
    private static let file = PublishedFile(name: "a.pdf", size: 2_048, root: String(repeating: "1a", count: 32))
    private static let folder = PublishedFile(name: "photos", size: 5_000, root: nil, isFolder: true)
    private static let watched = PublishedFile(name: "music", size: nil, root: nil, isFolder: true)
    private static let inFolders = Script(
        published: .success([watched, folder]), unpublication: .notPublished(name: "music/live"))
    private static let photos = Script(
        folder: FolderContents(
            fileCount: 2,
            skipped: (1...11).map { SkippedEntry(path: "link \($0)", reason: .symbolicLink) }, skippedCount: 11),
        replaced: "/old/photos", publication: .success(folder))
    private static let got = Script(
        download: .success(
            .completed(name: "a.pdf", path: "/here/a.pdf", size: 2_048, files: nil, sources: ["vader", "yoda"])))
    /// Its sources went, and came back.
    private static let waited: Script = {
        func progress(_ waitsFor: [String]?) -> NodeProgress {
            NodeProgress(
                activity: .downloading, name: "a.pdf", done: 512, total: 2_048, rate: nil, sources: 0,
                waitsFor: waitsFor)
        }
        let waits: [[String]?] = [
            nil, ["vader"], ["vader"], ["vader", "yoda"], [], ["leia", "vader", "yoda"], nil, ["vader"],
        ]
        var script = got
        script.progress = waits.map(progress)
        return script
    }()
    private static var linked: Script {
        var script = Script(peers: .success(["leia", "vader", "yoda"]))
        script.links = [
            OpenLink(member: "leia", path: .direct), OpenLink(member: "leia", path: .relayed),
            OpenLink(member: "yoda", path: .punched),
        ]
        return script
    }

    private static let transfer = TransferStatus(
        number: 3, name: "film.mkv", path: "/here/film.mkv", state: .active, priority: .high, done: 1 << 20,
        total: 1 << 30, rate: 2_500_000, sources: 2, downward: 2 << 20)
    private static let ofFolder = Script(
        transfers: ["films/a", "films/b", "film.mkv"].map {
            TransferStatus(number: 1, name: $0, path: "/", state: .paused, done: 1 << 20, total: nil)
        })
    private static let absent = AbsentOwner(name: "vader", since: nil)
    private static let membersWaitedFor: [[String]?] = [nil, [], ["vader"], ["vader", "yoda", "leia"]]
    private static let silent = membersWaitedFor.enumerated().map { number, members in
        TransferStatus(
            number: Int64(number), name: "a.pdf", path: "/here/a.pdf", state: .waiting, done: 1, total: 2,
            waitsFor: members)
    }
    private static let awaited = TransferStatus(
        number: 5, name: "film.mkv", path: "/here/film.mkv", state: .waiting, done: 0, total: 1 << 30)
    private static let transfers = [
        transfer,
        TransferStatus(
            number: 4, name: "b", path: "/here/b", state: .failed(.diskFull(path: "/here/b")), done: 0, total: nil),
    ]
    private static let busy: Script = {
        var script = Script(
            peers: .success(["vader"]), published: .success([file, folder]), transfers: transfers,
            limits: NodeLimits(upward: 0, downward: 500_000))
        script.shares = shared.shares
        return script
    }()
    private static let listed = Script(
        listings: .success(
            FoundListings(
                listings: [
                    Listing(
                        name: "A.PDF", isFolder: false, size: 2_048, root: String(repeating: "1a", count: 32),
                        owners: ["vader", "yoda"]),
                    Listing(name: "films/new", isFolder: true, size: nil, root: nil, owners: ["vader"]),
                ], isComplete: false)))
    private static let shared: Script = {
        var script = Script()
        script.shares = [
            ShareStatus(
                path: "/home/hans/films", fileCount: 12_345, unhashedCount: 7, bytesToHash: 5 << 30, isAway: false),
            ShareStatus(path: "/media/disk/mu\u{1B}sic", fileCount: 9, unhashedCount: 0, bytesToHash: 0, isAway: true),
        ]
        return script
    }()
    private static let paused = Script(download: .failure(.pausedElsewhere(name: "a.pdf")))
    private static let cancelled = Script(download: .failure(.cancelledElsewhere(name: "a.pdf")))
    /// Of a shared folder of nine files.
    private static func leftOut(_ reasons: [NodeFailure]) -> Script {
        let missing = reasons.enumerated().map { MissingFile(name: "films/old/\($0)", reason: $1) }
        return Script(
            download: .failure(.filesMissing(name: "films", missing: missing.count, of: 9, first: missing)))
    }
    private static let locked = Script(download: .failure(.locked(name: "film", owner: "vader")))
    private static let askedBefore: Script = {
        var script = locked
        script.asks.own = [AskStatus(id: 2, name: "film", member: "vader", time: 0, state: .open)]
        return script
    }()
    private static let refused: Script = {
        var script = Script(download: .failure(.locked(name: "film", owner: "vader")))
        script.enqueued = .failure(.locked(name: "film", owner: "vader"))
        script.asking = .askRefused(name: "film")
        return script
    }()
    private static let serverless: Script = {
        var script = Script(peers: .failure(away), published: .failure(away), transfers: transfers)
        script.isServerThere = false
        return script
    }()
    /// Two downloads of one name.
    private static let twice = Script(
        transfers: [transfer, transfer], change: .failure(.severalTransfers(name: "film.mkv", numbers: [3, 4])))
    private static func unshareable(_ failure: NodeFailure) -> Script {
        var script = Script()
        script.sharing = failure
        return script
    }
    private static let asked: Script = {
        var script = Script()
        script.asking = .noSuchAsk(7)
        script.asks = Asks(
            ofOthers: [AskStatus(id: 7, name: "film.mkv", member: "vader", time: 9_000_000, state: .open)],
            own: [AskStatus(id: 9, name: "pl\u{1B}an.pdf", member: "leia", time: 1, state: .refused)])
        return script
    }()
    private static let torrent = ExportedTorrent(
        name: "a.pdf", path: "/here/a.torrent", size: 2_048, infoHash: String(repeating: "2b", count: 32),
        ownPort: 4_711, holders: [HolderAddresses(member: "vader", addresses: ["192.0.2.1:4000"])])
    private static func tracked(_ tracker: TorrentTracker) -> ExportedTorrent {
        var torrent = torrent
        torrent.tracker = tracker
        return torrent
    }
    private static let identity = ExportedIdentity(
        member: "hans", folder: "/here/me", expiresAt: 10_000_000 + 30 * 86_400_000, isRenewal: true)
}
