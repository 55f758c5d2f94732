import NodeControl
import Terminal

/// What there is to say of files for other programs, and of theirs.
extension Message {
    /// Where a standard client has to be told to dial, where its torrent names no tracker.
    static func exported(_ torrent: ExportedTorrent) -> String {
        var rows = torrent.holders.prefix(mostHolders).map { holder in
            "  \(SafeText(holder.member)): \(SafeText(holder.addresses.prefix(3).joined(separator: ", ")))"
        }
        if let port = torrent.ownPort { rows.insert("  you: port \(port) of this computer", at: 0) }
        if torrent.holders.count > mostHolders { rows.append("  and \(torrent.holders.count - mostHolders) more") }
        let places = rows.isEmpty ? ["Nobody who has it is online just now."] : ["It can be had now from"] + rows
        return
            (["\(SafeText(torrent.path)), info-hash \(SafeText(torrent.infoHash))."] + explained(torrent.tracker)
            + places)
            .joined(separator: "\n")
    }

    private static func explained(_ tracker: TorrentTracker) -> [String] {
        switch tracker {
        case .none: []
        case .server:
            [
                "It names the server as its tracker and holds a key of yours for that, good for 90 days: keep it to yourself."
            ]
        case .notForEverybody: ["It is not for everybody, so the torrent names no tracker."]
        case .unknown:
            ["The server did not say whether it is a tracker, so the torrent names none: export it again later."]
        }
    }

    static func exported(_ identity: ExportedIdentity, now: Int64) -> String {
        let folder = SafeText(identity.folder)
        let what =
            identity.isRenewal
            ? "certificate.pem in \(folder) is renewed, for the same key"
            : "certificate.pem and key.pem are in \(folder)"
        // What it lost on the way does not make 30 days 29.
        let period = HumanUnits.period(milliseconds: identity.expiresAt - now + 60_000)
        return "\(what), good for \(period). "
            + "Who has key.pem can act as \(SafeText(identity.member)) until then: keep it to yourself."
    }

    static func imported(_ name: String) -> String { "\(SafeText(name)) is what the torrent describes." }

    static func alreadyExists(_ path: String) -> Message {
        Message(
            "\(SafeText(path)) is there already; it was not touched.",
            hint: "Give another name, or move it away first.", exitStatus: .cannotCreate)
    }

    static func notWritten(_ path: String, _ reason: String) -> Message {
        Message(
            "\(SafeText(path)) cannot be written: \(SafeText(reason)).",
            hint: "Check the folder, its permissions and its free space, or choose another place.",
            exitStatus: .cannotCreate)
    }

    static func foreignIdentity(_ folder: String) -> Message {
        Message(
            "\(SafeText(folder)) holds a certificate.pem or key.pem that is not yours in this network; nothing was touched.",
            hint: "Choose another folder, or move them away first.", exitStatus: .cannotCreate)
    }

    static func torrentUnusable(_ path: String, _ fault: TorrentFault) -> Message {
        let file = SafeText(path)
        switch fault {
        case .malformed(let detail):
            return Message(
                "\(file) is no torrent file that can be read: \(SafeText(detail)).",
                hint: "Check that it is the right file and whole, or make the torrent anew.", exitStatus: .noInput)
        case .tooLarge(let limit):
            return Message(
                "\(file) is too large for a torrent file: more than \(HumanUnits.size(Int64(limit))).",
                hint: "Check that it is the right file.", exitStatus: .noInput)
        case .onlyVersionOne:
            return Message(
                "\(file) is a torrent of BitTorrent v1 alone, which cannot tell the files of this network.",
                hint: "Make it as v2 or hybrid; or publish the file itself with publish.", exitStatus: .noInput)
        }
    }

    static func contentDiffers(
        _ path: String, _ torrent: String, _ difference: ContentDifference, others: Int
    ) -> Message {
        let (detail, hint) = explained(difference)
        let more = others == 0 ? "" : others == 1 ? " One more differs." : " \(others) more differ."
        return Message(
            "\(SafeText(path)) is not what \(SafeText(torrent)) describes: \(detail).\(more) Nothing was published.",
            hint: hint, exitStatus: .noInput)
    }

    private static func explained(_ difference: ContentDifference) -> (detail: String, hint: String) {
        let anew = "Fetch it anew; or, if it is meant to be another file, publish it with publish."
        switch difference {
        case .size(let expected, let found):
            return ("it has \(HumanUnits.counted(found, "byte")), and should have \(expected)", anew)
        case .piece(let number, let count, let offset, let length):
            let place = "piece \(number) (of 0 to \(count - 1)) is wrong"
            return ("\(place), that is something in its \(length) bytes from byte \(offset) on", anew)
        case .isFolder: return ("it is a folder, and should be a file", "Name the file: import TORRENT PATH")
        case .isNoFolder: return ("it is no folder, and should be one", "Name the folder: import TORRENT PATH")
        case .missing:
            return (
                "there is no such file",
                "Fetch it anew; or name the folder that has all of them: import TORRENT PATH. Links do not count."
            )
        case .notDescribed:
            return (
                "the torrent has no such file",
                "Move what is not the torrent's out of the folder; or publish the folder as it is with publish."
            )
        }
    }

    static func piecesUnknown(_ name: String) -> Message {
        Message(
            "The hashes of the pieces of \(SafeText(name)) are not known here, and a torrent needs them.",
            hint: "Fetch it with get and export it then; or ask its owner to export it.",
            exitStatus: .unavailable)
    }

    static func nothingToFetch(_ name: String) -> Message {
        Message(
            "\(SafeText(name)) is empty: a torrent of it would have nothing to fetch.",
            hint: "get makes the empty file without fetching anything.", exitStatus: .unavailable)
    }

    private static let mostHolders = 5
}
