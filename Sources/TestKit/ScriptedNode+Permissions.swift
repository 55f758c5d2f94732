package import NodeControl

extension ScriptedNode {
    /// As it stands in what is noted; nothing for nil.
    static func words(_ audience: Audience?) -> String {
        guard let audience else { return "" }
        return audience.isEverybody
            ? " for everybody" : " for \(audience.readers.joined(separator: ","))\(audience.isListed ? " locked" : "")"
    }

    package func show(name: String, to audience: Audience) async throws(NodeFailure) {
        note("show \(name)\(Self.words(audience))")
        if let failure = answers.unpublication { throw failure }
    }

    package func ask(for name: String) async throws(NodeFailure) {
        note("ask \(name)")
        if let failure = answers.asking { throw failure }
    }

    package func check(_ audience: Audience) async throws(NodeFailure) {
        note("check\(Self.words(audience))")
        if let failure = answers.asking { throw failure }
    }

    package func asks() async throws(NodeFailure) -> Asks { answers.asks }

    package func answer(ask: Int64, _ verdict: AskVerdict) async throws(NodeFailure) {
        note("answer \(ask) \(verdict.rawValue)")
        if let failure = answers.asking { throw failure }
    }
}
