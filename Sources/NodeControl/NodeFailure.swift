/// Why the node did not do what it was asked: the closed set from which faces make sentences.
package enum NodeFailure: Error, Codable, Hashable, Sendable {
    // The directory
    case serverAway(address: String)
    /// Another network answers at the server's address than the one that was logged in to. Fingerprints.
    case networkReplaced(address: String, expected: String, found: String)
    case serverBusy(retryAfterMilliseconds: Int64)
    case authenticationFailed
    case onlineElsewhere(user: String, place: String)
    /// After the right password: an admin has disabled the account.
    case accountDisabled(user: String)
    case slowDown(retryAfterMilliseconds: Int64)
    case notSignedIn
    /// The invitation was taken back, used up, or has ended; or it never was one.
    case inviteInvalid
    case nameTaken(user: String)
    /// What is wanted as a user name or password is none: names have 1 to 16 printable ASCII characters, passwords so
    /// many bytes.
    case userNameUnfit
    case passwordUnfit(least: Int, most: Int)
    /// For members with the role of an admin alone.
    case notAllowed
    case noSuchMember(String)
    case noSuchInvite
    case noSuchGroup(String)
    case noSuchDevice(String)
    /// The account stands in the server's credentials.txt: only there it is changed.
    case accountOfFile(String)
    /// Nobody could administer the network any more.
    case lastAdmin
    /// There are so many invitations, groups or members of one already.
    case limitReached(limit: Int64)
    /// For more people or a longer time than may be, or at an address that is none.
    case invitationUnfit
    /// The account was removed or its password changed while it was signed in.
    case expelled
    case quotaReached(limit: Int64)
    /// The server's disk is full, so that it can keep nothing new; or it failed otherwise.
    case serverDiskFull
    case serverFailed
    /// The server answered something that makes no sense to this version.
    case serverMisbehaved(detail: String)

    /// The TCP port that was wanted, on which others are to reach this node.
    case portUnusable(port: Int, fault: PortFault)

    // Local files
    case noSuchFile(path: String)
    /// One that is to be read, or into which something is to be written.
    case noSuchFolder(path: String)
    /// What should be a folder is something else.
    case notAFolder(path: String)
    case isDirectory(path: String)
    case folderUnpublishable(path: String, fault: FolderFault)
    case notRegularFile(path: String)
    case unreadable(path: String, reason: String)
    case nameTooLong(name: String, bytes: Int)
    case nameInvalid(name: String)
    /// The file changed while it was read.
    case changedWhileReading(path: String)
    case diskFull(path: String)
    case unwritable(path: String, reason: String)
    /// A file of that name with other content stands there.
    case targetExists(path: String)
    /// Another program of this member downloads the same content to the same place.
    case downloadInProgress(path: String)

    /// What an earlier download had kept was changed by another program since; it is thrown away.
    case partialSpoiled(path: String)

    // Files for other programs, and of theirs
    /// Something stands already where a new file was to be made.
    case alreadyExists(path: String)
    case notWritten(path: String, reason: String)
    /// Key or certificate in a folder are not such as were written there for this member of this network.
    case foreignIdentity(folder: String)
    case torrentUnusable(path: String, fault: TorrentFault)
    /// A file is not what the torrent describes; in a folder it is the first of so many more.
    case contentDiffers(path: String, torrent: String, difference: ContentDifference, others: Int = 0)
    /// A torrent needs the hashes of a content's pieces, and nothing that is published from here has them.
    case piecesUnknown(name: String)
    /// There is nothing to fetch in a file of 0 bytes.
    case nothingToFetch(name: String)

    /// What the program keeps for itself cannot be read or written there.
    case stateUnusable(path: String, reason: String)
    /// The record of what is published from here is damaged, and could not be set aside.
    case recordDamaged(path: String)

    // Folders that are shared
    /// A file or folder is published under that name, or a folder shared.
    case publishedAlready(name: String)
    case sharedAlready(name: String)
    /// One of the two lies in the other, or they are the same.
    case shareOverlaps(path: String, other: String)
    case notShared(path: String)
    /// The member shares no folder of that name, or none that can be looked into.
    case noSuchShare(member: String, folder: String)
    /// It is a folder that somebody shares: what is wanted goes file by file.
    case sharedFolder(name: String)
    /// Several share a folder of that name, or one of them several that lie apart.
    case severalFolders(name: String, owners: [String])
    /// There are more in it than are fetched at one word.
    case sharedFolderTooLarge(name: String, limit: Int)
    /// So many of the files of a shared folder did not come, the first of them for these reasons: what its user paused or cancelled
    /// elsewhere stands behind the others. What is not missing is there, or queued.
    case filesMissing(name: String, missing: Int, of: Int, first: [MissingFile])

    // The network
    case notPublished(name: String)
    /// Nobody of that name is online.
    case memberAway(name: String)
    /// No active peer has it; these have, but are away.
    case notFound(name: String, absent: [AbsentOwner])
    /// The name is published, but not by the owner, or with no such root, that was asked for (`choice` is `@owner` or
    /// `#root`): what there is instead, of those who are online, and who else is away.
    case noSuchChoice(name: String, choice: String, choices: [ContentChoice], absent: [AbsentOwner])
    case ambiguous(name: String, choices: [ContentChoice])
    /// It is not for this member, who may ask its owner for it.
    case locked(name: String, owner: String)
    /// The owner refused it less than a day ago.
    case askRefused(name: String)
    /// Nobody asks that, or not any more.
    case noSuchAsk(Int64)
    /// Neither a member nor a group has this name.
    case noSuchReader(String)
    /// The published folder, or file, has nothing at that path.
    case notInFolder(name: String, path: String)
    /// What was published as a folder makes no sense.
    case folderUnusable(name: String)
    /// The owner has not hashed it yet.
    case notHashedYet(name: String, owner: String)
    /// Every source went away, stalled or lied; `done` bytes are kept at `partial` for the next try. To `missed` no way led
    /// in the end; `away` are those of them who are not online, nil where that is not known. `withdrawn` are others, who are
    /// online and share it no longer: they withdrew, deleted or replaced it. Nil where there are none.
    case sourcesLost(
        name: String, partial: String, done: Int64, total: Int64, reasons: [String], missed: [String],
        away: [String]? = nil, withdrawn: [String]? = nil)

    /// So many saved searches, or blocked members, are kept here already.
    case keptLimit(limit: Int)

    // Saved searches
    case noSuchSearch(String)
    /// Its name, text or command is none that could be kept.
    case searchUnfit
    /// It finds more than so many at this moment.
    case searchTooBroad(limit: Int)

    // Members who are blocked
    case notBlocked(name: String)
    /// What was asked for is a member's who is blocked from here.
    case memberBlocked(name: String)
    /// It is the member himself who was named.
    case oneself

    // The queue of downloads
    /// No transfer has this number or name.
    case noSuchTransfer(String)
    /// Several have this name; of those that have not begun, and so have no numbers, where they will stand. Nil where there are none.
    case severalTransfers(name: String, numbers: [Int64], places: [String]? = nil)
    case queueFull(limit: Int)
    /// It is finished, so that there is nothing to pause or resume.
    case transferFinished(name: String)
    /// Another transfer brings the same content into the same folder, as `path`.
    case queuedAlready(number: Int64, path: String)
    /// A transfer of that name waits for somebody who has it, such as its owners; of so many bytes so many are here.
    case waitsInQueue(name: String, number: Int64, done: Int64, total: Int64, owners: [AbsentOwner])
    /// Whoever waited for a transfer was interrupted; it goes on, as it did before he waited for it.
    case leftRunning(name: String, number: Int64)
    /// Whoever waited for a transfer does not any longer, as its user paused it elsewhere: what has arrived is kept.
    case pausedElsewhere(name: String)
    /// The same where he cancelled it: what had arrived is thrown away.
    case cancelledElsewhere(name: String)

    /// The node runs in another program, which ended meanwhile.
    case nodeAway
    /// The same where it may have done what it was asked, which it cannot tell any more.
    case nodeLeft
    case cancelled
    /// A fault of ours.
    case internalError(detail: String)
}

extension NodeFailure {
    /// The user of whoever waited wanted it so.
    package var isElsewhere: Bool {
        switch self {
        case .pausedElsewhere, .cancelledElsewhere: true
        default: false
        }
    }
}

/// Why a folder, or a file, cannot be published.
package enum FolderFault: String, Codable, Hashable, Sendable {
    /// There is not a byte in it.
    case empty
    /// More files, or longer names, than one publication can have.
    case tooMuch
    case tooDeep
    /// It holds what the program keeps for itself.
    case ownState
    case serverState
    /// A file where the program keeps what is its own.
    case ownFile
    /// The file is the key of a network.
    case serverKey
    /// The file is the key of an identity: who has it can act as its member.
    case identityKey
}

/// Why a port cannot be listened on.
package enum PortFault: String, Codable, Hashable, Sendable {
    /// Another program has it.
    case taken
    /// It is for the system's own programs.
    case notAllowed
}

/// What a node says without being asked.
package enum NodeNotice: Codable, Hashable, Sendable {
    /// Told once, until it is back.
    case serverAway(address: String)
    /// The network that was logged in to does not answer, but another one at its address. Told once, until it is
    /// back; fingerprints.
    case networkReplaced(address: String, expected: String, found: String)
    case serverBack(address: String)
    case expelled
    /// This device was signed out from here, because somebody wanted that.
    case signedOut
    /// The record of what is published from here was damaged. It was moved away, and an empty one begun: nothing is
    /// served from here until it is published again.
    case recordSetAside(path: String, setAside: String)
    /// A published file is gone or unreadable: it was withdrawn.
    case withdrawn(name: String, reason: String)
    /// A published file changed: it was hashed and published again.
    case republished(name: String)
    /// Another of the member's devices has published other content under the name of a file here, which is not
    /// shared any more. Where a person's computer calls it `path`.
    case superseded(name: String, path: String)
    /// A published file is out of reach, or changed and the directory could not be told yet: it stays published,
    /// and nobody gets it from here.
    case notServed(name: String, reason: String)
    /// What is in a shared folder and is not shared with it, as nobody could have it: the path is longer than a system takes, or
    /// too many folders are in each other. Some of it, from the folder on.
    case outOfReach(folder: String, paths: [String], count: Int)
    /// A source sent bytes that are not the content's and is not asked again.
    case sourceLied(name: String, source: String, block: Int)
    case sourceLost(name: String, source: String, reason: String)
    /// A download that nobody waited for stands whole under its name.
    case downloaded(name: String, path: String)
    /// A download that nobody waited for does not go on.
    case downloadFailed(name: String, failure: NodeFailure)
    /// Somebody asks for what is locked.
    case asked(id: Int64, name: String, member: String)
    /// An owner answered what this member asked for.
    case answered(name: String, owner: String, isGranted: Bool)
    /// A saved search found something new: the last one of those that are told one by one also says how many more came
    /// with it, which are not.
    case searchMatched(search: String, match: SearchMatch, further: Int)
    /// Others reach this node on another port than on the one that was wanted.
    case listensElsewhere(wanted: Int, port: Int, fault: PortFault)
    /// The clock of this machine is off by so many milliseconds from the server's.
    case clockOff(milliseconds: Int64)
}
