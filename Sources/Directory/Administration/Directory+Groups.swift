import Wire

/// Groups of members, which admins keep. A line of credentials.txt may take the name of one, as it may that of a member;
/// nothing else may.
extension Directory {
    func applyToGroup(_ change: AdministrativeChange) async throws -> DirectoryOutcome {
        let store = surroundings.store
        switch change {
        case .addGroup(let group):
            let groups = try await store.groups()
            guard !groups.contains(where: { $0.name == group }) else { return .done }
            let limit = settings.limits.groups
            guard groups.count < limit else { throw DirectoryRefusal.quotaReached(limit: limit) }
            guard !accounts.contains(group), try await store.addGroup(group) else { throw DirectoryRefusal.nameTaken }
            return .done
        case .removeGroup(let group):
            guard try await store.removeGroup(group) else { throw DirectoryRefusal.noSuchGroup }
            return .done
        case .addMembers(let users, let group):
            guard users.allSatisfy(accounts.contains) else { throw DirectoryRefusal.noSuchMember }
            return try await self.change(group, add: users)
        case .removeMembers(let users, let group): return try await self.change(group, remove: users)
        default: preconditionFailure("no change of a group")
        }
    }

    private func change(
        _ group: UserName, add: [UserName] = [], remove: [UserName] = []
    ) async throws -> DirectoryOutcome {
        guard add.count + remove.count <= settings.limits.itemsPerRequest else { throw DirectoryRefusal.malformed }
        let limit = settings.limits.membersPerGroup
        switch try await surroundings.store.changeGroup(group, add: add, remove: remove, limit: limit) {
        case .changed: return .done
        case .noSuchGroup: throw DirectoryRefusal.noSuchGroup
        case .tooManyMembers: throw DirectoryRefusal.quotaReached(limit: limit)
        }
    }
}
