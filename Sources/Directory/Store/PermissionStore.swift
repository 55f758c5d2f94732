package import Content
package import Wire

/// What the directory keeps of who may see what: a part of ``DirectoryStore``, whose rules hold here too.
package protocol PermissionStore: Sendable {
    /// The publications of a content that are not for everybody and that somebody may see, whether active or not: others'
    /// first, of these the newest.
    func grants(of content: ContentID, for viewer: Viewer, limit: Int) async throws(DirectoryStoreError)
        -> [PublicationID]

    /// Who publishes a content for everybody, by name, whether active or not.
    func publishers(of content: ContentID, limit: Int) async throws(DirectoryStoreError) -> [UserName]

    /// The place of the first name that nobody has: no group, no member who was invited, and none of the credentials file.
    ///
    /// - Parameter isOfFile: as in ``DirectoryStore/publish(_:by:limit:isOfFile:)``.
    func firstUnknown(of readers: [UserName], isOfFile: @escaping @Sendable (UserName) -> Bool)
        async throws(DirectoryStoreError) -> Int?

    /// Asks for a publication that is locked for whoever asks. Asked again, it is the same question; after a refusal it can
    /// be asked again in a day.
    func ask(for publication: PublicationID, by viewer: Viewer, limits: AskLimits)
        async throws(DirectoryStoreError) -> Asking
    /// What others ask an owner for, and he did not answer, by number.
    func asks(of owner: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry]
    /// What a member asked for, by number.
    func asked(by member: UserName, after id: Int64, limit: Int) async throws(DirectoryStoreError) -> [AskEntry]
    /// - Returns: Who had asked.
    func answer(ask id: Int64, _ verdict: Verdict, by owner: UserName, at now: Int64)
        async throws(DirectoryStoreError) -> AskAnswering
}

/// Who looks at the catalogue, and when, in milliseconds since 1970: for what was given until then.
package struct Viewer: Hashable, Sendable {
    package var user: UserName
    package var now: Int64

    package init(_ user: UserName, at now: Int64) {
        self.user = user
        self.now = now
    }
}

/// How many questions may be open.
package struct AskLimits: Hashable, Sendable {
    package var byMember: Int64 = 100
    package var toOwner: Int64 = 1_000

    package init() {}

    /// Milliseconds after which what was refused can be asked again.
    package static let patience: Int64 = 86_400_000
    /// Milliseconds after which a question that was answered is forgotten.
    package static let memory: Int64 = 7 * 86_400_000
}

/// What came of asking.
package enum Asking: Hashable, Sendable {
    /// - isNew: the question was not open already.
    case asked(owner: UserName, isNew: Bool)
    /// Nothing that whoever asks can see.
    case noSuchPublication
    /// It is not locked for him.
    case notLocked
    case refusedBefore
    case tooMany(limit: Int64)
}

/// What came of answering.
package enum AskAnswering: Hashable, Sendable {
    case answered(UserName)
    case noSuchAsk
    /// The publication has as many readers as it may.
    case tooManyReaders
}
