import Connectivity
import DirectoryClient
import Logging
import Wire

/// Sees to what is open when this node, or a member whom it is linked with, is elsewhere all of a sudden.
final class Moving: Sendable {
    /// Members of whom it was said that they moved, and who were not seen to yet.
    private static let bound = 64
    /// Of them, whose links are in doubt at the same time.
    private static let atOnce = 8

    private let watch: NetworkWatch
    private let client: DirectoryClient
    private let trust: LinkTrust
    private let places: OwnPlaces
    private let moves: Moves
    private let logger: Logger
    private let heard: AsyncStream<UserName>
    private let sink: AsyncStream<UserName>.Continuation

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
        (heard, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.bound))
    }

    /// The directory says that a member moved.
    func heard(of member: UserName) { sink.yield(member) }

    /// Until cancellation, or ``end()``.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            let (elsewhere, moved) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                // What still leads somewhere goes on, as to somebody in the same room.
                for await _ in elsewhere {
                    await self.trust.cutSilent { self.moves.tell(Move(isOwn: false, ended: [$0])) }
                }
            }
            group.addTask {
                await self.watch.run { movement in
                    await self.take(movement)
                    if movement.isElsewhere { moved.yield() }
                }
            }
            await followMembers()
            group.cancelAll()
        }
    }

    private func followMembers() async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for await member in heard {
                if underWay == Self.atOnce {
                    await group.next()
                    underWay -= 1
                }
                underWay += 1
                group.addTask {
                    await self.trust.cutSilent(of: member) { self.moves.tell(Move(isOwn: false, ended: [$0])) }
                }
            }
        }
    }

    func end() { sink.finish() }

    private func take(_ movement: Movement) async {
        logger.info("This computer's network is another", metadata: ["movement": "\(movement)"])
        let members = trust.linkedMembers
        let ended = movement.left.isEmpty ? [] : trust.cut(from: movement.left)
        if movement.isElsewhere || !movement.left.isEmpty {
            places.moved(telling: members)
            // From nowhere nobody is reached, and there is another movement when it is over.
            if movement.isSomewhere { await client.moved() }
        }
        places.look()
        if movement.isSomewhere { moves.tell(Move(isOwn: true, ended: ended)) }
    }
}
