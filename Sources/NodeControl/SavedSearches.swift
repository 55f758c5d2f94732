/// Searches that are kept, and run again and again: what comes anew is told.
package protocol NodeSavedSearches: Sendable {
    /// By name.
    func savedSearches() async throws(NodeFailure) -> [SavedSearch]
    /// Keeps a search, in the place of one of the same name. What is to be had at this moment is known already, and not
    /// told. Throws ``NodeFailure/searchUnfit``, ``NodeFailure/searchTooBroad(limit:)`` where it finds more than can be
    /// told apart, and ``NodeFailure/keptLimit(limit:)``.
    func saveSearch(_ draft: SearchDraft) async throws(NodeFailure) -> SavedSearch
    /// What came anew since this was last asked: the latest ones, the newest first. From then on they are not new any
    /// more. Throws ``NodeFailure/noSuchSearch(_:)``.
    func newMatches(ofSearch name: String) async throws(NodeFailure) -> [SearchMatch]
    /// Throws ``NodeFailure/noSuchSearch(_:)``.
    func forgetSearch(_ name: String) async throws(NodeFailure)
}

/// A search that is to be kept.
package struct SearchDraft: Codable, Hashable, Sendable {
    package var name: String
    /// As for ``NodeBrowsing/listings(matching:)``.
    package var text: String
    /// What is run for each match, by the user's shell; the match is in its environment.
    package var command: String?

    /// In bytes.
    package static let nameLimit = 64
    package static let textLimit = 255
    package static let commandLimit = 4_096

    /// Whether it can be kept at all: what it is called and what is run can be shown and typed.
    package var isPossible: Bool {
        (1...Self.nameLimit).contains(name.utf8.count) && Self.isOneLine(name) && text.utf8.count <= Self.textLimit
            && Self.isOneLine(text)
            && command.map { (1...Self.commandLimit).contains($0.utf8.count) && !$0.utf8.contains(0) } ?? true
    }

    private static func isOneLine(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.value >= 0x20 } }

    package init(name: String, text: String, command: String? = nil) {
        self.name = name
        self.text = text
        self.command = command
    }
}

/// A search that is kept.
package struct SavedSearch: Codable, Hashable, Sendable {
    package var name: String
    package var text: String
    package var command: String?
    /// Matches that came since they were last looked at.
    package var newCount: Int
    /// When it last ran, milliseconds since 1970; nil where it has not since the program began.
    package var lastRun: Int64?
    /// False where it found more than can be told apart when it last ran: some matches may not be told.
    package var isComplete: Bool

    package init(
        name: String, text: String, command: String? = nil, newCount: Int = 0, lastRun: Int64? = nil,
        isComplete: Bool = true
    ) {
        self.name = name
        self.text = text
        self.command = command
        self.newCount = newCount
        self.lastRun = lastRun
        self.isComplete = isComplete
    }
}

/// Something that a saved search found, and had not found before.
package struct SearchMatch: Codable, Hashable, Sendable {
    /// As ``Listing/name`` has it.
    package var name: String
    package var owner: String
    package var isFolder: Bool
    /// In bytes; nil where it is not known.
    package var size: Int64?
    /// 64 hexadecimal digits; nil as for ``Listing/root``.
    package var root: String?
    /// When it was found, milliseconds since 1970.
    package var found: Int64

    package init(name: String, owner: String, isFolder: Bool, size: Int64?, root: String?, found: Int64) {
        self.name = name
        self.owner = owner
        self.isFolder = isFolder
        self.size = size
        self.root = root
        self.found = found
    }
}
