import NodeControl
import Terminal

/// What is said of folders.
extension Message {
    /// Skipped entries named at most.
    private static let mostSkipped = 10

    /// What of a folder was published, and what was not.
    ///
    /// - Parameter isWhole: All that is known of what was skipped is wanted.
    static func publishedFolder(_ file: PublishedFile, _ folder: FolderContents, isWhole: Bool = false) -> String {
        let size = HumanUnits.size(file.size ?? 0)
        var head = "\(SafeText(file.shown)): \(HumanUnits.counted(Int64(folder.fileCount), "file")), \(size)."
        if let hidden = folder.hidden {
            let named = HumanUnits.list(hidden.paths.map { SafeText($0).text }, of: hidden.count)
            head += "\nHidden files among them, which others get, too: \(named)."
        }
        guard folder.skippedCount > 0 else { return head }
        var rows = folder.skipped.prefix(isWhole ? .max : mostSkipped).map { entry in
            "  \(SafeText(entry.path)) (\(entry.reason.sentence))"
        }
        if folder.skippedCount > rows.count { rows.append("  and \(folder.skippedCount - rows.count) more") }
        return ([head, "Skipped:"] + rows).joined(separator: "\n")
    }

    /// A name stands for one thing of a member's.
    static func replaced(_ name: String, _ former: String) -> String {
        "\(SafeText(name)) was \(SafeText(former)) until now; that one is not published any more."
    }

    static func folderUnpublishable(_ path: String, _ fault: FolderFault) -> Message {
        let smaller = "Publish folders in it one by one, or pack it into one file."
        let elsewhere = "Choose another folder, or copy what you mean to share."
        let otherFile = "Nobody else needs it: choose another file."
        let isOfFile = [.ownFile, .serverKey, .identityKey].contains(fault)
        let (why, hint) =
            switch fault {
            case .empty:
                (
                    "there is nothing in it to fetch",
                    "Put files with something in them into it first; links and empty files alone are nothing to fetch."
                )
            case .tooMuch: ("there is too much in it for one publication", smaller)
            case .tooDeep: ("folders in it are nested too deep", smaller)
            case .ownState: ("it is where this program keeps its key", elsewhere)
            case .serverState: ("it is where a server keeps its key", elsewhere)
            case .ownFile: ("it is where this program keeps its key", otherFile)
            case .serverKey: ("it is the key of a network, and who has it can pass for its server", otherFile)
            case .identityKey: ("it is the key of an identity, and who has it can act as its member", otherFile)
            }
        return Message(
            "\(isOfFile ? "" : "The folder ")\(SafeText(path)) cannot be published: \(why).", hint: hint,
            exitStatus: .noInput)
    }

    static func notInFolder(_ name: String, _ path: String) -> Message {
        if let message = nothingChosen("\(name)/\(path)") { return message }
        return Message(
            "There is nothing at \(SafeText(path)) in \(SafeText(name)).",
            hint: "Check the path, upper and lower case too; get \(SafeText(Quoting.quoted(name))) fetches all of it.",
            exitStatus: .unavailable)
    }

    static func folderUnusable(_ name: String) -> Message {
        Message(
            "What is published as the folder \(SafeText(name)) makes no sense.",
            hint: "Ask its owner to publish it again.", exitStatus: .protocolError)
    }
}

extension SkippedEntry.Reason {
    fileprivate var sentence: String {
        switch self {
        case .symbolicLink: "a symbolic link"
        case .special: "no regular file"
        case .badName: "the name is none that every computer can have"
        case .unfinishedDownload: "a download that is not finished"
        case .emptyFolder: "an empty folder"
        case .ownState: "where this program keeps its key"
        case .serverState: "where a server keeps its key"
        case .identityKey: "the key of an identity: who has it can act as its member"
        case .unreadable: "cannot be read"
        }
    }
}
