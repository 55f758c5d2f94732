package import NodeControl
import Terminal

extension Message {
    /// The sentence for what the node did not do.
    ///
    /// - Parameter verb: What it was asked for: hints say what to type next.
    package init(_ failure: NodeFailure, now: Int64, verb: Verb = .get) {
        switch failure {
        case .serverAway(let address): self = .serverAway(address)
        case .networkReplaced(let address, let expected, let found):
            self = .networkReplaced(address, expected: expected, found: found)
        case .serverBusy(let wait): self = .serverBusy(wait)
        case .authenticationFailed: self = verb == .passwd ? .oldPasswordWrong : .authenticationFailed
        case .onlineElsewhere(let user, let place): self = .onlineElsewhere(user, place)
        case .accountDisabled(let user): self = .accountDisabled(user)
        case .slowDown(let wait): self = .slowDown(wait)
        case .notSignedIn: self = .notSignedIn
        case .expelled: self = .expelled
        case .notAllowed: self = .notAllowed
        case .noSuchMember(let name): self = .noSuchMember(name, verb)
        case .noSuchInvite: self = .noSuchInvite
        case .noSuchGroup(let name): self = .noSuchGroup(name)
        case .noSuchDevice: self = .noSuchDevice
        case .accountOfFile(let name): self = .accountOfFile(name)
        case .lastAdmin: self = .lastAdmin
        case .limitReached(let limit): self = .limitReached(limit)
        case .invitationUnfit: self = .invitationUnfit
        case .inviteInvalid: self = .inviteInvalid
        case .nameTaken(let user): self = .nameTaken(user)
        case .userNameUnfit: self = .userNameUnfit
        case .passwordUnfit(let least, let most): self = .passwordUnfit(least, most)
        case .quotaReached(let limit): self = .quotaReached(limit)
        case .serverDiskFull: self = .serverDiskFull
        case .serverFailed: self = .serverFailed
        case .serverMisbehaved(let detail): self = .serverMisbehaved(detail)
        case .portUnusable(let port, let fault): self = .portUnusable(port, fault)
        case .noSuchFile(let path): self = .noSuchFile(path, verb)
        case .noSuchFolder(let path): self = .noSuchFolder(path, verb)
        case .notAFolder(let path): self = .notAFolder(path)
        case .isDirectory(let path): self = .isDirectory(path, verb)
        case .folderUnpublishable(let path, let fault): self = .folderUnpublishable(path, fault)
        case .notRegularFile(let path): self = .notRegularFile(path)
        case .unreadable(let path, let reason): self = .unreadable(path, reason)
        case .nameTooLong(let name, let bytes): self = .nameTooLong(name, bytes)
        case .nameInvalid(let name): self = .nameInvalid(name)
        case .changedWhileReading(let path): self = .changedWhileReading(path)
        case .diskFull(let path): self = .diskFull(path)
        case .unwritable(let path, let reason): self = .unwritable(path, reason)
        case .targetExists(let path): self = .targetExists(path)
        case .downloadInProgress(let path): self = .downloadInProgress(path)
        case .partialSpoiled(let path): self = .partialSpoiled(path)
        case .stateUnusable(let path, let reason): self = .stateUnusable(path, reason: reason)
        case .recordDamaged(let path): self = .recordDamaged(path)
        case .alreadyExists(let path): self = .alreadyExists(path)
        case .notWritten(let path, let reason): self = .notWritten(path, reason)
        case .foreignIdentity(let folder): self = .foreignIdentity(folder)
        case .torrentUnusable(let path, let fault): self = .torrentUnusable(path, fault)
        case .contentDiffers(let path, let torrent, let difference, let others):
            self = .contentDiffers(path, torrent, difference, others: others)
        case .piecesUnknown(let name): self = .piecesUnknown(name)
        case .nothingToFetch(let name): self = .nothingToFetch(name)
        case .publishedAlready(let name): self = .publishedAlready(name)
        case .sharedAlready(let name): self = .sharedAlready(name)
        case .shareOverlaps(let path, let other): self = .shareOverlaps(path, other)
        case .notShared(let path): self = .notShared(path)
        case .noSuchShare(let member, let folder): self = .noSuchShare(member, folder)
        case .sharedFolder(let name): self = .sharedFolder(name)
        case .severalFolders(let name, let owners): self = .severalFolders(name, owners)
        case .sharedFolderTooLarge(let name, let limit): self = .sharedFolderTooLarge(name, limit)
        case .filesMissing(let name, let missing, let count, let first):
            self = .filesMissing(name, missing, count, first, now: now)
        case .notPublished(let name): self = .notPublished(name)
        case .memberAway(let name): self = .memberAway(name)
        case .waitsInQueue(let name, let number, let done, let total, let owners):
            self = .waitsInQueue(name, number, done, total, owners, now: now)
        case .notFound(let name, let absent): self = .notFound(name, absent, now: now, isGet: verb == .get)
        case .noSuchChoice(let name, let choice, let choices, let absent):
            self = .noSuchChoice(name, choice, choices, absent, now: now, verb: verb)
        case .ambiguous(let name, let choices): self = .ambiguous(name, choices, verb)
        case .locked(let name, let owner): self = .locked(name, owner)
        case .askRefused(let name): self = .askRefused(name)
        case .noSuchAsk(let number): self = .noSuchAsk(number)
        case .noSuchReader(let name): self = .noSuchReader(name)
        case .notInFolder(let name, let path): self = .notInFolder(name, path)
        case .folderUnusable(let name): self = .folderUnusable(name)
        case .notHashedYet(let name, let owner): self = .notHashedYet(name, owner)
        case .sourcesLost(let name, let partial, let done, let total, let reasons, let missed, _, let withdrawn):
            let isWithdrawn = missed.isEmpty && withdrawn?.isEmpty == false
            self = .sourcesLost(name, partial, done, total, reasons, isWithdrawn: isWithdrawn)
        case .keptLimit(let limit): self = .keptLimit(limit)
        case .noSuchSearch(let name): self = .noSuchSearch(name)
        case .searchUnfit: self = .searchUnfit
        case .searchTooBroad(let limit): self = .searchTooBroad(limit)
        case .notBlocked(let name): self = .notBlocked(name)
        case .memberBlocked(let name): self = .memberBlocked(name)
        case .oneself: self = .oneself
        case .noSuchTransfer(let text): self = .noSuchTransfer(text)
        case .severalTransfers(let name, let numbers, let places):
            self = .severalTransfers(name, numbers, places ?? [])
        case .queueFull(let limit): self = .queueFull(limit)
        case .transferFinished(let name): self = .transferFinished(name)
        case .queuedAlready(let number, let path): self = .queuedAlready(number, path)
        case .leftRunning(let name, let number): self = .leftRunning(name, number)
        case .pausedElsewhere(let name): self = .pausedElsewhere(name)
        case .cancelledElsewhere(let name): self = .cancelledElsewhere(name)
        case .nodeAway: self = .nodeAway
        case .nodeLeft: self = .nodeLeft
        case .cancelled: self = .cancelled
        case .internalError(let detail): self = .internalError(detail)
        }
    }
}
