import FoundationEssentials
import NodeControl
import Terminal

/// Carries out the commands that list what others have, with where it stands.
extension CommandRun {
    func listMatching(_ terms: SearchTerms) async -> Bool {
        await succeeds { () async throws(NodeFailure) in
            tell(try await node.listings(matching: terms), limit: FoundListings.matchingLimit, order: terms.order)
        }
    }

    func browse(_ member: String, _ folder: String?) async -> Bool {
        await succeeds(.browse) { () async throws(NodeFailure) in
            tell(try await node.browse(member: member, folder: folder), limit: FoundListings.folderLimit)
        }
    }

    private func tell(_ found: FoundListings, limit: Int, order: SearchTerms.Order = .name) {
        names.found = found.listings.map(\.shown)
        voice.answer(
            DialogueLines.listings(
                found.listings, order: order, now: Int64(Date().timeIntervalSince1970 * 1_000),
                width: voice.console.outputWidth),
            found.listings.map(Record.listing) + (found.isComplete ? [] : [.incomplete(limit: limit)]))
        if found.isSortedInParts { voice.remark(Message.sortedInParts) }
        if !found.isComplete { voice.remark(Message.listedInPart(limit)) }
    }
}

extension Listing {
    /// A folder has a slash behind its name.
    var shown: String { isFolder ? "\(name)/" : name }
}

extension DialogueLines {
    /// - Parameter order: Holders are told where they are the order.
    static func listings(_ listings: [Listing], order: SearchTerms.Order, now: Int64, width: Int?) -> [String] {
        guard !listings.isEmpty else { return foundFiles([]) }
        let isCounted = order == .holders
        let table = TextTable(
            [.init("SIZE", isNumber: true), .init("PUBLISHED")]
                + (isCounted ? [.init("HOLDERS", isNumber: true)] : []) + [.init("OWNERS"), .init("NAME")],
            rows: listings.map { listing in
                [
                    listing.isLocked ? "locked" : listing.size.map(HumanUnits.size) ?? "-",
                    ago(listing.published, now),
                ] + (isCounted ? [listing.holders.map { "\($0)" } ?? "-"] : [])
                    + [listing.owners.joined(separator: ", "), listing.shown]
            })
        return [listings.count == 1 ? "1 file found:" : "\(listings.count) files found:"] + table.lines(width: width)
    }
}

extension Message {
    static let sortedInParts =
        "More than \(FoundListings.sortedLimit) match: they are sorted among those that were found first."

    static func listedInPart(_ limit: Int) -> String {
        "There is more than these: at most \(limit) are listed. Search for more of the name."
    }
}
