import NIOCore
import Wire

/// Has the desk's decisions carried out by the connections. All of it on the relay's event loop.
final class RelayHub {
    private static let tick = TimeAmount.milliseconds(250)

    private let wall: @Sendable () -> Int64
    private let observer: any RelayObserver
    private var desk: RelayDesk
    private var handlers: [RelayDesk.ConnectionID: RelayHandler] = [:]
    private var lastID: UInt64 = 0
    private var told = RelayLoad()
    private var ticking: RepeatedTask?

    init(_ configuration: RelayConfiguration) {
        wall = configuration.wall
        observer = configuration.observer
        desk = RelayDesk(key: configuration.key, limits: configuration.limits)
    }

    private var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    func start(on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in
            let hub = bound.value
            hub.perform(hub.desk.passTime(now: hub.now))
        }
    }

    /// Ends all connections.
    func close() {
        ticking?.cancel()
        for handler in handlers.values { handler.end() }
    }

    /// For a new connection.
    func makeHandler() -> RelayHandler {
        lastID += 1
        return RelayHandler(RelayDesk.ConnectionID(lastID), hub: self)
    }

    /// A connection is active: before that nothing could be said on it.
    func arrived(_ id: RelayDesk.ConnectionID, _ handler: RelayHandler, from address: SocketAddress?) {
        handlers[id] = handler
        perform(desk.arrived(id, from: address.flatMap { Endpoint($0) }?.address ?? [], now: now))
    }

    func spokeNonsense(_ id: RelayDesk.ConnectionID) { perform(desk.spokeNonsense(id)) }

    func greeted(_ id: RelayDesk.ConnectionID, _ hello: RelayHello) {
        perform(desk.greeted(id, with: hello.ticket, wall: wall(), now: now))
    }

    func carried(_ id: RelayDesk.ConnectionID, _ bytes: Int) -> RelayDesk.Toll {
        observer.carried(bytes)
        let toll = desk.carried(id, bytes: bytes, now: now)
        if toll == .end {
            observer.refused(.quotaUsedUp)
            handlers[id]?.end()
        }
        return toll
    }

    func ended(_ id: RelayDesk.ConnectionID) {
        handlers[id] = nil
        desk.ended(id)
        tell()
    }

    private func perform(_ actions: [RelayDesk.Action]) {
        for action in actions {
            switch action {
            case .refuse(let id, let status):
                observer.refused(status)
                handlers[id]?.refuse(status)
            case .pair(let first, let second): join(first, second)
            case .end(let id): handlers[id]?.end()
            }
        }
        tell()
    }

    private func join(_ first: RelayDesk.ConnectionID, _ second: RelayDesk.ConnectionID) {
        // Connections that end tell the desk at once: it pairs none that is gone.
        guard let one = handlers[first], let other = handlers[second] else { return }
        observer.paired()
        one.join(other)
        other.join(one)
        // One of them may have ended while it was told.
        guard handlers[first] != nil, handlers[second] != nil else {
            one.end()
            return other.end()
        }
        one.readOn()
        other.readOn()
    }

    private func tell() {
        let load = desk.load
        guard load != told else { return }
        told = load
        observer.stands(load)
    }
}
