/// What a failed command has in common with a finding: the same code and words, so that one is looked up by the other.
extension HealthFinding {
    /// Nil for what has nothing to do with links, the directory or this computer's disks.
    package init?(_ failure: NodeFailure) {
        switch failure {
        case .serverAway(let address): self = .serverAway(address)
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
        case .diskFull(let path): self = .diskFull(Self.folder(of: path))
        case .unwritable(let path, let reason): self = .folderUnwritable(path, reason: reason)
        case .unreadable(let path, let reason): self = .fileUnreadable(path, reason: reason)
        case .stateUnusable(let path, let reason): self = .stateUnusable(path, reason: reason)
        case .recordDamaged(let path): self = .stateUnusable(path, reason: "it is damaged")
        case .memberAway(let name): self = .memberAway(name)
        case .memberBlocked(let name): self = .memberBlocked(name)
        case .oneself: self = .memberIsSelf
        case .notFound(_, let absent), .noSuchChoice(_, _, [], let absent), .waitsInQueue(_, _, _, _, let absent):
            guard let owner = absent.first(where: { !$0.isOnline }) else { return nil }
            self = .memberAway(owner.name)
        case .filesMissing(_, _, _, let first):
            guard let finding = first.lazy.compactMap({ HealthFinding($0.reason) }).first else { return nil }
            self = finding
        case .sourcesLost(let name, _, _, _, _, let missed, let away, let withdrawn):
            self = .sourcesLost(name, missed, away: away ?? [], withdrawn: withdrawn ?? [])
        default: return nil
        }
    }

    /// Known only from a request that nobody answered.
    private static func serverAway(_ address: String) -> HealthFinding {
        HealthFinding(
            .serverSilent, .problem, "The server \(address) does not answer.",
            remedy: "bittrickle doctor says whether it is the server, a firewall or this computer's network.")
    }

    /// - Parameters:
    ///   - missed: To whom no way led, as far as is known.
    ///   - away: Who of them is not online: no way leads to nobody.
    ///   - withdrawn: Others, who share it no longer.
    private static func sourcesLost(
        _ name: String, _ missed: [String], away: [String], withdrawn: [String]
    ) -> HealthFinding {
        let missed = missed.filter { !away.contains($0) }
        if missed.isEmpty, let member = withdrawn.first { return .memberWithdrew(member, name) }
        if missed.isEmpty, let absent = away.first { return .memberAway(absent) }
        guard let member = missed.first else {
            return HealthFinding(
                .memberUnreachable, .problem, "No way leads to any who have it, or they stopped giving.",
                remedy: "bittrickle doctor MEMBER tries every way to one of them.")
        }
        let members = missed.prefix(3).joined(separator: ", ")
        return HealthFinding(
            .memberUnreachable, .problem, "No way leads to \(members), or the links there broke off.",
            remedy:
                "bittrickle doctor \(quoted(member)) tries every way to \(missed.count == 1 ? "him" : "the first of them")."
        )
    }

    /// Where room is to be made for a file, which as a rule is not there.
    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
