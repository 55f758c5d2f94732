import Commands
import NodeControl
import TestKit

/// Commands about folders that are shared.
extension CommandCases {
    static let aboutSharing: [CommandGoldenTests.Case] = [
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
    ]

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
}
