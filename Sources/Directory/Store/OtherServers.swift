package import Wire

/// The servers that share a store with this one: nil where a store is one server's alone.
///
/// What is told of presence is that of the others; a server that died is among them until its lease ends.
package protocol OtherServers: Sendable {
    /// Says where peers reach this server.
    func announce(_ endpoints: [Endpoint]) async throws(DirectoryStoreError)
    /// Prolongs this server's lease: to be called every few seconds.
    func renewLease() async throws(DirectoryStoreError)
    /// What changed.
    ///
    /// - Parameters:
    ///   - position: of the news before; nil at the beginning.
    ///   - serial: of the last revocation that is known.
    func news(after position: Int64?, revocationsAfter serial: Int64) async throws(DirectoryStoreError) -> ServerNews
    /// Who is there, by name.
    func members(after name: UserName?, limit: Int) async throws(DirectoryStoreError) -> [UserName]
    /// Where a member is there.
    func devices(of user: UserName) async throws(DirectoryStoreError) -> [PresentDevice]
    /// Those devices of members from which a content can be had.
    func devices(having sources: [ContentSource]) async throws(DirectoryStoreError) -> [PresentDevice]
    /// Somebody waits for what is not hashed.
    func want(_ publication: PublicationID, of owner: UserName) async throws(DirectoryStoreError)
    /// Says something to those of members' devices that are at other servers: all of it in one go, however many members there are. It
    /// may get lost, as a datagram may.
    func handOver(_ handed: [HandedOver]) async throws(DirectoryStoreError)
    /// What others say to members who are here, as it comes; of what nobody takes, what is new is lost. One reader.
    var handedOver: AsyncStream<HandedOver> { get }
}

/// What a server says to a member who is at another one, which pushes it.
package struct HandedOver: Hashable, Sendable {
    package let message: DirectoryMessage
    package let user: UserName
    /// Of his devices those that are dialled at one of these; empty for all of them.
    package let endpoints: [Endpoint]

    package init(message: DirectoryMessage, to user: UserName, at endpoints: [Endpoint] = []) {
        self.message = message
        self.user = user
        self.endpoints = endpoints
    }

    /// Whether the device that is dialled there is.
    func isMeant(at others: [Endpoint]) -> Bool { endpoints.mean(deviceAt: others) }
}

/// What became of things that a server keeps in memory.
package struct ServerNews: Hashable, Sendable {
    package var position: Int64
    /// Where too much was missed to be told by itself: those who were invited.
    package var everybody: [InvitedAccount]?
    /// Accounts that changed, as they are now; nil where there is none any more.
    package var accounts: [UserName: InvitedAccount?] = [:]
    /// Who was asked for what is locked, or had a question answered.
    package var asked: [UserName] = []
    package var wanted: [Want] = []
    /// Something may not be for everybody any more.
    package var isAnythingRestricted = false
    /// By serial.
    package var revocations: [Revocation] = []
    /// Where peers reach the servers, this one first.
    package var servers: [Endpoint] = []

    package struct Want: Hashable, Sendable {
        package var publication: PublicationID
        package var owner: UserName

        package init(publication: PublicationID, owner: UserName) {
            self.publication = publication
            self.owner = owner
        }
    }

    package init(position: Int64) { self.position = position }
}
