import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import NodeControl

/// Why the page cannot be offered.
package struct PageFailure: Error, Hashable {
    /// What is wrong with the port; nil where it is something else.
    package var fault: PortFault?
    /// As part of a sentence.
    package var reason: String
}

/// What a node must be able to do to be offered over HTTP.
package typealias ServedNode = NodeControl & NodeUploads & NodeStreaming

/// A node's interface over HTTP: on a Unix socket for the programs of its user, and on 127.0.0.1 for his browser.
package struct ControlServer: Sendable {
    package struct Configuration: Sendable {
        /// Of the program.
        package var version: String
        /// Of the member, as in ``PathCaution``.
        package var home: String?
        /// Where files go that were asked for without a folder, as of now; absolute.
        package var downloads: @Sendable () -> String
        /// The modules of a QR code, row by row, 1 for a dark one; nil for what is too long for one.
        package var codeRows: @Sendable (String) -> [String]?

        package init(
            version: String, home: String?, downloads: @autoclosure @escaping @Sendable () -> String,
            codeRows: @escaping @Sendable (String) -> [String]?
        ) {
            self.version = version
            self.home = home
            self.downloads = downloads
            self.codeRows = codeRows
        }
    }

    /// Who is at the moment served through it.
    package let guests = Guests()
    private let node: any ServedNode
    private let configuration: Configuration
    private let logger: Logger
    /// Has the node leave for one that stays; nil where it stays itself.
    private let giveWay: (@Sendable () async -> Void)?

    /// Of each door; who comes when so many are there waits.
    private static let connectionLimit = 256
    /// Of connections on which nothing is asked, or a request does not come to its end.
    private static let idleTimeout = TimeAmount.seconds(60)

    /// - Parameter giveWay: Has the node leave where a daemon begins, with which whoever needs it goes on; nil where it stays.
    package init(
        node: any ServedNode, configuration: Configuration, logger: Logger,
        giveWay: (@Sendable () async -> Void)? = nil
    ) {
        self.node = node
        self.configuration = configuration
        self.logger = logger
        self.giveWay = giveWay
    }

    /// Answers on a Unix socket until its task is cancelled; who may open the socket may ask everything.
    ///
    /// - Parameters:
    ///   - path: where nothing stands.
    ///   - web: how a browser finds the page; nil where there is none.
    ///   - ready: called once when it answers.
    package func serve(
        socket path: String, web: WebAccess? = nil, ready: @escaping @Sendable () async -> Void
    ) async throws {
        let routes = routes(.socket)
        let router = routes.router()
        router.post("\(ControlAPI.prefix)/sign-out") { _, _ in try await routes.perform { try await node.signOutHere() }
        }
        if let giveWay {
            router.post("\(ControlAPI.prefix)/give-way") { _, _ in try await routes.perform(giveWay) }
        }
        router.get("\(ControlAPI.prefix)/web") { _, _ in
            guard let url = web?.url else { throw HTTPError(.notFound, message: "this node has no page") }
            return try Answers.json(WebAddress(url: url))
        }
        Routes.refuseOtherMethods(on: router)
        try await run(router, at: .unixDomainSocket(path: path)) { _ in await ready() }
    }

    /// Answers on 127.0.0.1, to whom ``WebAccess`` admits, until its task is cancelled.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - ready: called once when the page is there.
    /// - Throws: ``PageFailure``.
    package func serve(
        web: WebAccess, port: Int, ready: @escaping @Sendable () async -> Void = {}
    ) async throws(PageFailure) {
        let router = Router(context: Routes.Context.self)
        router.add(middleware: HeadAnswers())
        router.add(middleware: Gatekeeper(access: web))
        router.add(middleware: FailureAnswers())
        routes(.web).register(on: router)
        Page.register(on: router)
        Routes.refuseOtherMethods(on: router)
        do {
            try await run(router, at: .hostname("127.0.0.1", port: port)) { channel in
                web.port = channel.localAddress?.port
                await ready()
            }
        } catch {
            throw PageFailure(fault: Self.fault(error), reason: "\(error)")
        }
    }

    private static func fault(_ error: any Error) -> PortFault? {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: .taken
        case EACCES: .notAllowed
        default: nil
        }
    }

    /// Method and path of every call, as `GET /api/v1/peers/{member}/publications`.
    package var calls: [String] { routes(.web).router().routes.map { "\($0.method) \($0.path)" } }

    private func routes(_ door: Routes.Door) -> Routes {
        Routes(node: node, configuration: configuration, guests: guests, door: door)
    }

    private func run(
        _ router: Router<Routes.Context>, at address: BindAddress,
        running: @escaping @Sendable (any Channel) async -> Void
    ) async throws {
        var quiet = logger
        // Whoever hangs up, and the end of it all, are no errors.
        quiet.logLevel = max(logger.logLevel, .critical)
        let application = Application(
            router: router, server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: address, backlog: 64,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: running, logger: quiet)
        try await application.run()
    }
}
