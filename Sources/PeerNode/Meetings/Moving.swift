import Connectivity
import DirectoryClient
import Logging
import Wire

/// Sees to what is open when this node, or a member whom it is linked with, is elsewhere all of a sudden.
final class Moving: Sendable {
    private let watch: NetworkWatch
    private let client: DirectoryClient
    private let trust: LinkTrust
    private let places: OwnPlaces
    private let moves: Moves
    private let logger: Logger
    private let ended: AsyncStream<Void>
    private let ending: AsyncStream<Void>.Continuation

    init(
        watch: NetworkWatch = NetworkWatch(), client: DirectoryClient, trust: LinkTrust, places: OwnPlaces,
        moves: Moves, logger: Logger
    ) {
        self.watch = watch
        self.client = client
        self.trust = trust
        self.places = places
        self.moves = moves
        self.logger = logger
        (ended, ending) = AsyncStream.makeStream()
    }

    /// The directory says that a member moved.
    func heard(of member: UserName) { doubt(of: member) }

    /// Until cancellation, or ``end()``.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watch.run { await self.take($0) } }
            for await _ in ended {}
            group.cancelAll()
        }
    }

    func end() { ending.finish() }

    /// What still leads somewhere goes on, as to somebody in the same room.
    private func doubt(of member: UserName? = nil) {
        trust.cutSilent(of: member) { [moves] in moves.tell(Move(isOwn: false, ended: [$0])) }
    }

    private func take(_ movement: Movement) async {
        logger.info("This computer's network is another", metadata: ["movement": "\(movement)"])
        let members = trust.linkedMembers
        let ended = movement.left.isEmpty ? [] : trust.cut(from: movement.left)
        if movement.isElsewhere || !movement.left.isEmpty {
            places.moved(telling: movement.isElsewhere ? members : ended)
            // From nowhere nobody is reached, and there is another movement when it is over.
            if movement.isSomewhere { await client.moved() }
        }
        places.look()
        if let move = Move(movement, ended: ended) { moves.tell(move) }
        if movement.isElsewhere { doubt() }
    }
}
