import Terminal

/// The plain lines of the dialogue: what standard output holds, to the byte. Scripts rely on them.
enum DialogueLines {
    static let userNamePrompt = "Enter username: "
    static let passwordPrompt = "Enter password: "
    static let newUserNamePrompt = "Choose a username: "
    static let newPasswordPrompt = "Choose a password: "
    static let repeatPasswordPrompt = "The same again: "
    static let prompt = "> "
    static let trustPrompt = "Trust this network? [y/N] "

    static let authenticationFailed = "Authentication failed. Please try again."
    static func onlineAlready(_ user: String) -> String {
        "Authentication failed. \(SafeText(user)) is online already."
    }
    static func isDisabled(_ user: String) -> String { "Authentication failed. \(SafeText(user)) is disabled." }
    static let welcome = "Welcome to BitTrickle!"
    static let available = "Available commands are: get, lap, lpf, pub, sch, unp, xit"
    static let published = "File published successfully"
    static let publishedFolder = "Folder published successfully"
    static let unpublished = "File unpublished successfully"
    static let unpublicationFailed = "File unpublication failed"
    static let unpublishedFolder = "Folder unpublished successfully"
    static let folderUnpublicationFailed = "Folder unpublication failed"
    static let torrentWritten = "Torrent written successfully"
    static let identityWritten = "Identity written successfully"
    static let notFound = "File not found"
    static func downloaded(_ name: String) -> String { "\(SafeText(name)) downloaded successfully" }
    static let goodbye = "Goodbye!"
    static func joined(_ user: String) -> String { "Welcome to BitTrickle, \(SafeText(user))!" }

    static func activePeers(_ names: [String]) -> [String] {
        list(names, none: "No active peers", one: "1 active peer:", many: "\(names.count) active peers:")
    }
    static func publishedFiles(_ names: [String]) -> [String] {
        list(names, none: "No files published", one: "1 file published:", many: "\(names.count) files published:")
    }
    static func foundFiles(_ names: [String]) -> [String] {
        list(names, none: "No files found", one: "1 file found:", many: "\(names.count) files found:")
    }

    private static func list(_ names: [String], none: String, one: String, many: String) -> [String] {
        guard !names.isEmpty else { return [none] }
        return [names.count == 1 ? one : many] + names.map { SafeText($0).text }
    }
}
