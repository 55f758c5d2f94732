import CoreMetrics
import Crypto
package import Directory
import Glibc
import Logging
import NIOCore
import NIOPosix
import Prometheus
import Relay
import ServiceLifecycle
package import Wire

/// A running directory: the process's parts, put together.
///
/// ``init(_:)`` binds the port; ``run()`` does all the work until it is cancelled or told to end
/// gracefully. Whoever starts a server must run it, also to end it; ``whileRunning(_:_:)`` does both.
package final class DirectoryServer: Service {
    /// What identifies the network.
    package let pin: NetworkPin
    /// The UDP port that was bound.
    package let port: UInt16
    /// The TCP port; nil where there is none.
    package let tcpPort: UInt16?
    /// How many had an account at the start.
    package let accountCount: Int
    /// Where there was none: by it the first one joins, who administers the network.
    package let firstInvite: InviteSecret?
    /// Where metrics are served; nil where they are not.
    package let metricsPort: Int?
    /// The TCP port on which connections are relayed; nil where they are not.
    package var relayPort: Int? { relay?.port }

    private let state: StateDirectory
    private let store: OpenedStore
    private let directory: Directory
    private let watch: CredentialsWatch
    private let socket: DirectorySocket
    private let desk: AdminDesk
    private let admin: AdminSocket
    private let metrics: ServerMetrics
    private let watching: (endpoint: MetricsEndpoint, desk: MetricsDesk)?
    private let relay: RelayServer?
    private let announcer: LocalAnnouncer?
    private let pacing: any Clock<Duration>
    private let log: ServerLog

    /// - Throws: ``StartFailure``.
    package init(_ configuration: ServerConfiguration) async throws {
        pacing = configuration.pacing
        try await Self.refuseTakenPort(configuration)
        state = try StateDirectory(path: configuration.dataDirectory)
        var configuration = configuration
        configuration.log.database = configuration.store.text(state)
        log = configuration.log
        let registry = configuration.metrics.map { _ in MetricRegistry(ServerMetric.descriptions) }
        metrics = ServerMetrics(factory: registry ?? NOOPMetricsHandler.instance)

        let threads = ServerThreads(loops: configuration.loops)
        var unused: OpenedStore?
        var unusedRelay: RelayServer?
        do {
            let view = PresenceView()
            let (opened, network) = try await OpenedStore.open(
                configuration.store, state, view, timings: registry == nil ? nil : metrics.storeTimings, log: log)
            unused = opened
            store = opened
            pin = network.pin
            let key = AccountsKey(secret: Array(network.signingKey.rawRepresentation))
            let reader = CredentialsReader(path: configuration.credentialsPath, key: key)
            let needsCredentials = configuration.needsCredentials
            let (credentials, stamp) = try await reader.readAccounts(log: log.events) { [store = opened.store] in
                if needsCredentials { return true }
                let invited = try await Set(store.invitedAccounts().map(\.user))
                return try await store.sightings(since: 0).contains { !invited.contains($0.user) }
            }
            let tracker = configuration.bittorrentTracker ? TrackerSwarms() : nil
            relay = try await configuration.relay?.start(
                host: configuration.host, key: network.signingKey.publicKey, wall: configuration.clock.wall,
                metrics: metrics.relay, log: log.events)
            unusedRelay = relay
            directory = try await Self.directory(
                configuration, network, credentials, key, view, opened, tracker, threads,
                relays: configuration.relayPlaces(own: relay))
            log.note(expelledMeanwhile: await directory.expelledMeanwhile)
            watch = CredentialsWatch(
                reader: reader, stamp: stamp, directory: directory, clock: configuration.clock, log: log.events)
            let responder = try HelloResponder(network: network, now: configuration.clock.wall())
            socket = try await DirectorySocket(
                configuration, responder: responder, directory: directory, tracker: tracker, threads: threads,
                metrics: metrics)
            port = socket.port
            tcpPort = socket.tcpPort
            if tracker != nil {
                log.events.notice(
                    "Standard clients are answered as by a tracker: that is unencrypted", metadata: ["port": "\(port)"])
            }
            announcer = configuration.announcement.map { [pin, port] in
                LocalAnnouncer($0, pin: pin, port: port, loop: threads.home, log: configuration.log.events)
            }
            try await store.others?.announce(Self.endpoints(configuration.reachable, port: socket.port))
            socket.perform(await directory.followOthers())
            accountCount = await directory.accountCount
            firstInvite = accountCount == 0 ? try await Self.firstInvite(directory, configuration.clock.wall()) : nil
            desk = AdminDesk(
                directory: directory,
                place: ServerPlace(pin: pin.description, port: port, host: configuration.host),
                perform: socket.perform)
            if let address = configuration.metrics, let registry {
                registry.readProcess(
                    version: configuration.version, start: Double(configuration.clock.wall()) / 1_000)
                registry.readDirectory(
                    port: port, folder: state.path,
                    database: configuration.store == .file ? state.databasePath : nil)
                let endpoint = try await MetricsEndpoint(address)
                let watched = WatchedDirectory(
                    registry: registry, metrics: metrics, directory: directory, socket: socket, store: opened.store)
                watching = (endpoint, MetricsDesk(watched: watched))
                metricsPort = endpoint.port
                endpoint.announce(log.events)
            } else {
                watching = nil
                metricsPort = nil
            }
            admin = await AdminSocket(path: state.adminSocketPath, group: threads.home, log: log.events)
        } catch {
            try? await unused?.close()
            await unusedRelay?.close()
            await threads.shutdown()
            guard let error = error as? DirectoryStoreError else { throw error }
            throw StartFailure.database(path: configuration.store.text(state), error)
        }
    }

    /// Has the credentials file read within half a second, whether or not it changed.
    package func reloadCredentials() { watch.demand() }

    /// Returns as soon as the loop of the socket and the directory have their turn: whether the socket is open.
    package func isAnswering() async -> Bool {
        _ = await directory.activeCount
        return await socket.load() != nil
    }

    /// Does what came of something that nobody asked for.
    package func perform(_ outcome: DirectoryOutcome) { socket.perform(outcome) }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // Below the loops, which a search of some milliseconds would keep waiting where the cores are few.
                group.addTask(priority: .utility) { await self.socket.answerQuestions() }
                group.addTask { await self.watchCredentials() }
                group.addTask { await self.passTime() }
                group.addTask { await self.removeRemains() }
                group.addTask { await self.keepLease() }
                group.addTask { await self.followOthers() }
                if let others = self.store.others {
                    group.addTask {
                        for await handed in others.handedOver { self.perform(await self.directory.take(handed)) }
                    }
                }
                group.addTask { await self.admin.run(self.desk) }
                if let watching = self.watching {
                    group.addTask { await watching.endpoint.run(watching.desk, log: self.log.events) }
                }
                if let relay = self.relay { group.addTask { await relay.run() } }
                if let announcer = self.announcer { group.addTask { await announcer.run(self.pacing) } }
                await group.next()
                group.cancelAll()
            }
        }
        for notice in await directory.farewell() { log.note(notice) }
        let isLost = await socket.close()
        do { try await store.close() } catch {
            log.note(.storeFailed(error as? DirectoryStoreError ?? .failed(detail: "\(error)")))
        }
        state.unlock()
        if isLost { throw ServerFailure.socketClosed }
    }

    /// Runs a server as long as the body does.
    package static func whileRunning<Result: Sendable>(
        _ configuration: ServerConfiguration, _ body: (DirectoryServer) async throws -> Result
    ) async throws -> Result {
        let server = try await DirectoryServer(configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(server)) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            return try result.get()
        }
    }
}

extension DirectoryServer {
    /// Where there is no network yet: one that does not come to be leaves nothing behind.
    private static func refuseTakenPort(_ configuration: ServerConfiguration) async throws {
        guard configuration.port != 0, access("\(configuration.dataDirectory)/network.key", F_OK) != 0 else { return }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let channels = try await UDPSocket.bind(host: configuration.host, port: configuration.port, on: [loop]) {
            _, _ in
        }
        for channel in channels { try await channel.close() }
    }
}

/// Why a server that ran ended by itself.
package enum ServerFailure: Error, Hashable {
    case socketClosed
}

// MARK: - What goes on without requests

extension DirectoryServer {
    /// Between two looks at who is silent, and between two removals of what nobody needs any more.
    private static let tick = Duration.milliseconds(250)
    private static let ticksToPrune = 4 * 3_600
    /// Between two renewals of the lease, of which several fit its term; between two looks at what other servers did.
    private static let leasePause = Duration.seconds(3)
    private static let newsPause = Duration.seconds(1)
    /// Milliseconds.
    private static let firstInviteLifetime: Int64 = 7 * 86_400_000

    private func passTime() async {
        var ticks = 0
        while (try? await pacing.sleep(for: Self.tick)) != nil {
            await socket.passTime()
            ticks += 1
            guard ticks.isMultiple(of: Self.ticksToPrune) else { continue }
            perform(DirectoryOutcome(notices: await directory.prune()))
        }
    }

    private func removeRemains() async {
        while (try? await pacing.sleep(for: Self.tick)) != nil {
            var isAnyLeft = true
            while isAnyLeft, !Task.isCancelled {
                let removal = await directory.dropRemains()
                perform(DirectoryOutcome(notices: removal.notices))
                isAnyLeft = removal.isAnyLeft
            }
        }
    }

    /// Until the end, also where the store is this server's alone: then there is nothing to do.
    private func keepLease() async {
        while (try? await pacing.sleep(for: Self.leasePause)) != nil {
            perform(DirectoryOutcome(notices: await directory.renewLease()))
        }
    }

    private func followOthers() async {
        while (try? await pacing.sleep(for: Self.newsPause)) != nil { perform(await directory.followOthers()) }
    }

    private static func endpoints(_ hosts: [String], port: UInt16) -> [Endpoint] {
        hosts.compactMap { host in
            (try? SocketAddress(ipAddress: host, port: Int(port))).flatMap { Remote($0) }.flatMap {
                Endpoint(address: $0.address, port: port)
            }
        }
    }

    private func watchCredentials() async {
        await watch.run(pacing) { reload, notices in
            log.note(reload)
            let ended: [SessionID] = if case .applied(_, let sessions) = reload { sessions } else { [] }
            perform(DirectoryOutcome(endedSessions: ended, notices: notices))
        }
    }

    /// For somebody who reads it where the server was started. Those of earlier starts are taken back.
    private static func firstInvite(_ directory: Directory, _ now: Int64) async throws -> InviteSecret {
        for invite in try await directory.openInvites() where invite.role == .admin {
            _ = try await directory.withdrawInvite(invite.id)
        }
        return try await directory.invite(1, as: .admin, until: now + firstInviteLifetime).secret
    }

    private static func directory(
        _ configuration: ServerConfiguration, _ network: NetworkKey, _ credentials: CredentialsFile,
        _ key: AccountsKey, _ view: PresenceView, _ opened: OpenedStore, _ tracker: TrackerSwarms?,
        _ threads: ServerThreads, relays: [RelayPlace]
    ) async throws -> Directory {
        try await Directory(
            credentials: credentials, key: key, view: view, settings: configuration.settings,
            surroundings: Surroundings(
                store: opened.store, others: opened.others, tracker: tracker,
                certificates: try LeafIssuer(signing: network.signingKey),
                passwords: PasswordChecks(pay: configuration.payment), relays: relays,
                prober: Prober(host: configuration.host, loop: threads.home),
                certificatePEM: network.certificatePEM, clock: configuration.clock),
            executor: threads.home.executor)
    }
}

extension ServerConfiguration {
    /// What members are told: this process's own relay, and those elsewhere.
    fileprivate func relayPlaces(own server: RelayServer?) -> [RelayPlace] {
        let own = server.flatMap { server in
            UInt16(exactly: server.port).map { RelayPlace(host: relay?.address.host, port: $0) }
        }
        return (own.map { [$0] } ?? []) + relays.map { RelayPlace(host: $0.host, port: $0.port) }
    }
}
