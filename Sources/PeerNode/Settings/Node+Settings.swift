package import NodeControl

extension Node {
    package func settings() async throws(NodeFailure) -> [Setting] {
        let session = try member()
        let limits = await session.transfers.currentLimits()
        return SettingKey.allCases.map { Self.setting($0, limits, session) }
    }

    package func set(_ key: SettingKey, to value: String?) async throws(NodeFailure) -> Setting {
        precondition(value.map { key.canonical($0) == $0 } ?? true, "faces know the form")
        let session = try member()
        var limits = await session.transfers.currentLimits()
        guard limits.text(key) == nil else {
            guard let text = value ?? session.standardLimits.text(key) else {
                return Self.setting(key, limits, session)
            }
            limits.set(key, to: text)
            try await session.transfers.set(limits)
            return Self.setting(key, limits, session)
        }
        do { try await session.settings.set(key, to: value) } catch { throw NodeFailure(ofState: error) }
        await session.apply(key)
        return Self.setting(key, limits, session)
    }

    /// One that no limit is; nil for none, and while nobody is signed in.
    package func setting(_ key: SettingKey) -> String? { try? member().settings.setting(key).value }

    private static func setting(_ key: SettingKey, _ limits: NodeLimits, _ session: MemberSession) -> Setting {
        guard let value = limits.text(key) else { return session.settings.setting(key) }
        let isStandard = value == session.standardLimits.text(key)
        return Setting(key: key, value: value, source: isStandard ? .standard : .set)
    }
}
