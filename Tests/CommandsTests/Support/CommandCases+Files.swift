import Commands
import NodeControl
import TestKit

/// Commands about what others have and what is published, and about the node itself.
extension CommandCases {
    static let aboutFiles: [CommandGoldenTests.Case] = [
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

    private static func examined(_ findings: [HealthFinding] = []) -> Script {
        var script = Script()
        script.keeping.findings =
            [.udp(milliseconds: 12), .mappingOff, .fileMissing("/here/a b.pdf", as: "a b.pdf")] + findings
        return script
    }

    private static let away = NodeFailure.serverAway(address: "example.org:12000")
    private static let folder = PublishedFile(name: "photos", size: 5_000, root: nil, isFolder: true)
    private static let watched = PublishedFile(name: "music", size: nil, root: nil, isFolder: true)

    private static let inFolders = Script(
        published: .success([watched, folder]), unpublication: .notPublished(name: "music/live"))

    private static let photos = Script(
        folder: FolderContents(
            fileCount: 2,
            skipped: (1...11).map { SkippedEntry(path: "link \($0)", reason: .symbolicLink) }, skippedCount: 11),
        replaced: "/old/photos", publication: .success(folder))

    private static var linked: Script {
        var script = Script(peers: .success(["leia", "vader", "yoda"]))
        script.links = [
            OpenLink(member: "leia", path: .direct), OpenLink(member: "leia", path: .relayed),
            OpenLink(member: "yoda", path: .punched),
        ]
        return script
    }

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

    private static let serverless: Script = {
        var script = Script(peers: .failure(away), published: .failure(away), transfers: transfers)
        script.isServerThere = false
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
