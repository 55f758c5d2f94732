import HTTPTypes
import Hummingbird
import NodeControl

extension Routes {
    func searches(_ api: RouterGroup<Context>) {
        api.get("searches") { _, _ in try await answer { SearchesBody(searches: try await node.savedSearches()) } }
        api.put("searches/{search}") { request, context in
            var request = request
            let wanted = try await body(SearchBody.self, &request)
            let draft = SearchDraft(
                name: try part("search", context), text: wanted.text, command: wanted.command)
            // Whoever has the page's token may do what the page does; running programs is more.
            guard draft.command == nil || door == .socket else {
                throw HTTPError(.forbidden, message: "commands are set by bittrickle search --save")
            }
            return try await answer { try await node.saveSearch(draft) }
        }
        api.delete("searches/{search}") { _, context in
            let name = try part("search", context)
            return try await perform { try await node.forgetSearch(name) }
        }
        api.post("searches/{search}/look") { _, context in
            let name = try part("search", context)
            return try await answer { MatchesBody(matches: try await node.newMatches(ofSearch: name)) }
        }
    }

    func blocking(_ api: RouterGroup<Context>) {
        api.get("blocked") { _, _ in try await answer { MembersBody(members: try await node.blocked()) } }
        api.put("blocked/{member}") { _, context in
            let member = try part("member", context)
            return try await perform { try await node.block(member: member) }
        }
        api.delete("blocked/{member}") { _, context in
            let member = try part("member", context)
            return try await perform { try await node.unblock(member: member) }
        }
    }

    func settings(_ api: RouterGroup<Context>) {
        api.get("settings") { _, _ in try await answer { SettingsBody(settings: try await node.settings()) } }
        api.put("settings/{key}") { request, context in
            var request = request
            let (key, text) = (try self.key(context), try await body(ValueBody.self, &request).value)
            guard let value = key.canonical(text) else {
                throw HTTPError(.conflict, message: "\(key.rawValue) has no such value")
            }
            return try await answer { try await node.set(key, to: value) }
        }
        api.delete("settings/{key}") { _, context in
            let key = try key(context)
            return try await answer { try await node.set(key, to: nil) }
        }
    }

    private func key(_ context: Context) throws -> SettingKey {
        guard let key = SettingKey(rawValue: try part("key", context)) else {
            throw HTTPError(.notFound, message: "there is no such setting")
        }
        return key
    }
}
