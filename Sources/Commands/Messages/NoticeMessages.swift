package import NodeControl
import Terminal

/// Sentences for what the node says without being asked.
package enum NoticeMessages {
    package static func text(_ notice: NodeNotice) -> String {
        switch notice {
        case .serverAway(let address):
            "The server at \(SafeText(address)) does not answer any more. "
                + "Uploads and downloads go on; everything else waits until it is back, which happens by itself."
        case .networkReplaced(let address, let expected, let found):
            Message.networkReplaced(address, expected: expected, found: found).text
        case .serverBack(let address):
            "The server at \(SafeText(address)) is back."
        case .expelled:
            Message.expelled.text
        case .recordSetAside(let path, let setAside):
            """
            The record of what you publish from here was damaged: \(SafeText(path))
            It is set aside as \(SafeText(setAside)), and a new one begun.
            Your publications are still there (published lists them), but nobody gets them from here until you publish the \
            files again with publish.
            """
        case .withdrawn(let name, let reason):
            "\(SafeText(name)) is no longer published: \(SafeText(reason)). Publish it again with publish if you want to."
        case .republished(let name):
            "\(SafeText(name)) has changed on the disk and was published anew."
        case .superseded(let name, let path):
            "\(SafeText(name)) was published with other content from another of your devices; that one stands, and "
                + "\(SafeText(path)) is no longer shared. publish \(SafeText(Quoting.quoted(path))) puts it in its place."
        case .notServed(let name, let reason):
            "\(SafeText(name)) is not served for now: \(SafeText(reason)). It stays published."
        case .outOfReach(let folder, let paths, let count):
            "Not shared with \(SafeText(folder)), as paths so long or so deep are none that others could have: "
                + "\(HumanUnits.list(paths.map { SafeText($0).text }, of: count))."
        case .sourceLied(let name, let source, let block):
            "\(SafeText(source)) sent wrong bytes for \(SafeText(name)) (block \(block)) and is not asked again; "
                + "nothing of it was kept."
        case .sourceLost(let name, let source, let reason):
            "\(SafeText(source)) no longer delivers \(SafeText(name)): \(SafeText(reason))."
        case .downloaded(let name, let path): Message.downloaded(name, path)
        case .downloadFailed(let name, let failure): Message.downloadFailed(name, failure)
        case .asked(let id, let name, let member): Message.asked(id, name, member)
        case .answered(let name, let owner, let isGranted): Message.answered(name, owner, isGranted: isGranted)
        case .searchMatched(let search, let match, let further): Message.matched(search, match, further: further)
        case .signedOut: "This device is signed out of the network."
        case .listensElsewhere(let wanted, let port, let fault):
            Message.listensElsewhere(wanted: wanted, port: port, fault)
        case .clockOff(let milliseconds):
            clockOff(milliseconds)
        }
    }

    private static func clockOff(_ milliseconds: Int64) -> String {
        let period = HumanUnits.period(milliseconds: Int64(clamping: milliseconds.magnitude))
        return "This computer's clock is \(period) \(milliseconds > 0 ? "ahead of" : "behind") the server's. "
            + "Sharing works all the same; set the clock to have right times."
    }
}
