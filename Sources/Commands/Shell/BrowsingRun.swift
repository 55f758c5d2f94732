import NodeControl
import Terminal

/// Carries out the commands that list what others have, with where it stands.
extension CommandRun {
    func listMatching(_ text: String) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            tell(try await node.listings(matching: text), limit: FoundListings.matchingLimit)
        }
    }

    func browse(_ member: String, _ folder: String?) async -> Bool {
        await succeeds(.browse) { () async throws(NodeFailure) in
            tell(try await node.browse(member: member, folder: folder), limit: FoundListings.folderLimit)
        }
    }

    private func tell(_ found: FoundListings, limit: Int) {
        names.found = found.listings.map(\.shown)
        voice.answer(
            DialogueLines.listings(found.listings, width: voice.console.outputWidth),
            found.listings.map(Record.listing) + (found.isComplete ? [] : [.incomplete(limit: limit)]))
        if !found.isComplete { voice.remark(Message.listedInPart(limit)) }
    }
}

extension Listing {
    /// A folder has a slash behind its name.
    var shown: String { isFolder ? "\(name)/" : name }
}

extension DialogueLines {
    static func listings(_ listings: [Listing], width: Int?) -> [String] {
        guard !listings.isEmpty else { return foundFiles([]) }
        let table = TextTable(
            [.init("SIZE", isNumber: true), .init("OWNERS"), .init("NAME")],
            rows: listings.map { listing in
                [
                    listing.isLocked ? "locked" : listing.size.map(HumanUnits.size) ?? "-",
                    listing.owners.joined(separator: ", "), listing.shown,
                ]
            })
        return [listings.count == 1 ? "1 file found:" : "\(listings.count) files found:"] + table.lines(width: width)
    }
}

extension Message {
    static func listedInPart(_ limit: Int) -> String {
        "There is more than these: at most \(limit) are listed. Search for more of the name."
    }
}
