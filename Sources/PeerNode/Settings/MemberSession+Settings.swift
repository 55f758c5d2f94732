import DirectoryClient
import FoundationEssentials
import Library
import NodeControl

extension MemberSession {
    /// Has a setting that is no limit have its effect.
    func apply(_ key: SettingKey) async {
        switch key {
        case .handOn: await entries.setHandingOn(settings.isOn(.handOn))
        case .searchInterval: await searches.set(interval: settings.searchInterval)
        // Looked up when they are needed.
        case .notify, .downloads, .port, .mapPort, .webPort: break
        case .up, .down, .slots, .active: break
        }
    }
}

extension SearchSurroundings {
    /// Of a member who is signed in.
    init(
        _ parts: MemberSession.Parts, _ configuration: NodeConfiguration, _ others: OthersFiles,
        _ settings: MemberSettings
    ) {
        self.init(
            path: parts.folder.file("searches.json"),
            find: { [user = parts.user] text throws(NodeFailure) in
                do throws(DirectoryClientFailure) {
                    return try await others.listings(matching: SearchTerms(text: text))
                } catch {
                    throw NodeFailure(error, user: user)
                }
            },
            tell: { [notices = parts.notices, tellsMatches = configuration.tellsMatches] news in
                for notice in news.notices { notices.tell(notice) }
                tellsMatches(
                    NewMatches(search: news.search, matches: news.matches, areShown: settings.isOn(.notify)))
            },
            pace: configuration.searchPace, wall: { Int64(Date().timeIntervalSince1970 * 1_000) })
    }
}
