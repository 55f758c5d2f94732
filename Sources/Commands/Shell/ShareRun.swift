import NodeControl
import Terminal

/// Carries out the commands about folders that are watched.
extension CommandRun {
    func share(_ path: String, to audience: Audience?) async -> Outcome {
        guard await mayBeGiven(path, by: .share) else { return .failed }
        do throws(NodeFailure) {
            try await node.share(path: path, to: audience)
            voice.done("Folder shared successfully", .done("share", of: path))
            await tellWhatIsUnlocked(sharing: path)
            return .done
        } catch {
            report(error, of: path, for: .share)
            return Outcome(error)
        }
    }

    func unshare(_ path: String) async -> Outcome {
        do throws(NodeFailure) {
            try await node.unshare(path: path)
            voice.done("Folder unshared successfully", .done("unshare", of: path))
            return .done
        } catch {
            report(error, of: path, for: .unshare)
            return Outcome(error)
        }
    }

    func listShares() async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            let shares = try await node.shares()
            voice.answer(DialogueLines.shares(shares, width: voice.console.outputWidth), shares.map(Record.share))
        }
    }
}

extension DialogueLines {
    static func shares(_ shares: [ShareStatus], width: Int?) -> [String] {
        guard !shares.isEmpty else { return ["No folders shared"] }
        let table = TextTable(
            [
                .init("FILES", isNumber: true), .init("TO READ", isNumber: true), .init("STATE"), .init("FOR"),
                .init("FOLDER"),
            ],
            rows: shares.map { share in
                [
                    "\(share.fileCount)", share.unhashedCount == 0 ? "-" : HumanUnits.size(share.bytesToHash),
                    share.isAway ? "away" : "here", audience(share.audience), share.path,
                ]
            })
        return ["\(HumanUnits.counted(shares.count, "folder")) shared:"] + table.lines(width: width)
    }
}
