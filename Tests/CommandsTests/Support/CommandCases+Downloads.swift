import Commands
import NodeControl
import TestKit

/// Commands about downloads.
extension CommandCases {
    static let aboutDownloads: [CommandGoldenTests.Case] = [
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
    ]

    private static func changes(_ verb: String) -> [Run] {
        [
            Run("\(verb) film.mkv", Script(change: .success(transfer))),
            Run("\(verb) film.mkv --json", Script(change: .success(transfer))), Run("\(verb) 9"),
        ]
    }

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

    /// Two downloads of one name.
    private static let twice = Script(
        transfers: [transfer, transfer], change: .failure(.severalTransfers(name: "film.mkv", numbers: [3, 4])))
}
