/// What a failed command has in common with a finding: the same code and words, so that one is looked up by the other.
extension HealthFinding {
    /// Nil for what has nothing to do with links, the directory or this computer's disks.
    package init?(_ failure: NodeFailure) {
        switch failure {
        case .serverAway(let address): self = .serverSilent(address)
        case .networkReplaced(let address, let expected, let found):
            self = .pinWrong(address, expected: expected, found: found)
        case .serverBusy: self = .serverBusy
        case .authenticationFailed, .expelled: self = .loginRefused
        case .onlineElsewhere(let user, let place): self = .loginElsewhere(user, place)
        case .accountDisabled(let user): self = .accountDisabled(user)
        case .notSignedIn: self = .loginMissing
        case .serverDiskFull: self = .serverDiskFull
        case .serverFailed: self = .serverFailed("it says no more")
        case .serverMisbehaved(let detail): self = .serverFailed(detail)
        case .diskFull(let path): self = .diskFull(path)
        case .unwritable(let path, let reason): self = .folderUnwritable(path, reason: reason)
        case .unreadable(let path, let reason): self = .fileUnreadable(path, reason: reason)
        case .stateUnusable(let path, let reason): self = .stateUnusable(path, reason: reason)
        case .recordDamaged(let path): self = .stateUnusable(path, reason: "it is damaged")
        case .memberAway(let name): self = .memberAway(name)
        case .memberBlocked(let name): self = .memberBlocked(name)
        case .oneself: self = .memberIsSelf
        case .notFound(_, let absent):
            guard let owner = absent.first(where: { !$0.isOnline }) else { return nil }
            self = .memberAway(owner.name)
        case .sourcesLost: self = .sourcesLost
        default: return nil
        }
    }

    package static var sourcesLost: HealthFinding {
        HealthFinding(
            .memberUnreachable, .problem, "No way leads to any who have it, or they stopped giving.",
            remedy: "bittrickle doctor MEMBER tries every way to one of them.")
    }
}
