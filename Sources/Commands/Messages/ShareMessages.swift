import NodeControl
import Terminal

/// Folders that are shared.
extension Message {
    static func publishedAlready(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) is published already.",
            hint:
                "unpublish \(SafeText(Quoting.quoted(name))) withdraws it; then the folder can be shared under that name.",
            exitStatus: .usage)
    }

    static func sharedAlready(_ name: String) -> Message {
        Message(
            "A folder is shared under the name \(SafeText(name)).",
            hint: "unpublish \(SafeText(Quoting.quoted(name))) shares it no longer; or rename one of the two.",
            exitStatus: .usage)
    }

    static func shareOverlaps(_ path: String, _ other: String) -> Message {
        Message(
            "\(SafeText(path)) and \(SafeText(other)), which is shared already, are in one another.",
            hint: "What is in a shared folder is shared with it.", exitStatus: .usage)
    }

    static func noSuchShare(_ member: String, _ folder: String) -> Message {
        let (all, get) = (Quoting.quoted(SafeText(member).description), Quoting.quoted(SafeText(folder).description))
        return Message(
            "\(SafeText(member)) shares no folder \(SafeText(folder)).",
            hint: "What there is: browse \(all); a folder that was published as one thing is fetched: get \(get)",
            exitStatus: .unavailable)
    }

    static func sharedNoMore(_ name: String) -> String {
        "\(SafeText(name)) was shared, file by file, and is not any more: share PATH shares it again."
    }

    /// - Parameter folder: Which is published as one thing, or shared.
    static func partOfFolder(_ name: String, _ folder: PublishedFile) -> Message {
        let (outer, quoted) = (SafeText(folder.shown), SafeText(Quoting.quoted(folder.name)))
        return Message(
            "\(SafeText(name)) is in \(outer), which is \(folder.isShared ? "shared" : "published") with all that is in it.",
            hint: folder.isShared
                ? "Move it out of that folder; or share the folder no longer: unshare \(quoted)"
                : "Move it out of that folder, and publish the folder again; or withdraw all of it: unpublish \(quoted)",
            exitStatus: .usage)
    }

    static func notShared(_ path: String) -> Message {
        Message(
            "\(SafeText(path)) is not shared.", hint: "Give the folder as it was shared, or its name.",
            exitStatus: .usage)
    }

    static func sharedFolder(_ name: String) -> Message {
        let example = Quoting.quoted("\(name)/FILE")
        return Message(
            "\(SafeText(name)) is a folder that somebody shares, file by file.",
            hint: "Name a file in it, such as: \(SafeText(example))", exitStatus: .usage)
    }

    static func severalFolders(_ name: String, _ owners: [String]) -> Message {
        let top = name.pathTop
        let example = owners.first.map { "\(top)@\($0)\(name.dropFirst(top.count))" } ?? name
        return Message(
            owners.count > 1
                ? "\(SafeText(name)) is a folder of \(owners.map { SafeText($0).text }.joined(separator: ", "))."
                : "\(SafeText(name)) stands for several folders.",
            hint: owners.count > 1
                ? "Choose one, such as: get \(SafeText(Quoting.quoted(example)))"
                : "Give the whole path of one: search --long shows where each stands.",
            exitStatus: .usage)
    }

    static func sharedFolderTooLarge(_ name: String, _ limit: Int) -> Message {
        Message(
            "There are more than \(limit) files in \(SafeText(name)).",
            hint: "Get it part by part: browse lists the folders in it.", exitStatus: .usage)
    }

    static func filesMissing(
        _ name: String, _ missing: Int, _ count: Int, _ first: [MissingFile], now: Int64
    ) -> Message {
        // What nobody meant is told first, so these are all.
        let isMeant = first.allSatisfy(\.reason.isElsewhere)
        let files = "\(missing) of \(HumanUnits.counted(count, "file")) of \(SafeText(name))"
        var lines = [isMeant ? "Left out \(files):" : "\(files) could not be had:"]
        lines += first.map { "  \(SafeText($0.name)): \(Message($0.reason, now: now).what)" }
        if missing > first.count { lines.append("  and \(missing - first.count) more") }
        guard isMeant else {
            return Message(
                lines.joined(separator: "\n"),
                hint: "The others are there, or in the queue. The same get tries again what is missing.",
                exitStatus: .unavailable)
        }
        let states = Set(first.map { Message($0.reason, now: now).exitStatus })
        return Message(
            lines.joined(separator: "\n"),
            hint: "The others are there. The same get goes on with what was paused, and begins anew what was "
                + "cancelled.",
            exitStatus: states.count == 1 ? states.first ?? .commandFailed : .commandFailed)
    }
}

extension String {
    /// What stands before the first slash.
    fileprivate var pathTop: String { String(Substring(utf8.prefix { $0 != UInt8(ascii: "/") })) }
}
