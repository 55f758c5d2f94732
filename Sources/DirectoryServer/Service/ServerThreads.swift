import NIOCore
import NIOPosix

/// The threads of a server of its own: the loops of the socket, of which the first has the directory, and those that
/// open sessions.
struct ServerThreads: Sendable {
    private let group: MultiThreadedEventLoopGroup
    let openers: NIOThreadPool
    let loops: [any EventLoop]

    /// - Parameter loops: How many; at least 1.
    init(loops count: Int) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, count))
        openers = NIOThreadPool(numberOfThreads: 1)
        loops = Array(group.makeIterator())
        openers.start()
    }

    var home: any EventLoop { loops[0] }

    func shutdown() async {
        try? await openers.shutdownGracefully()
        try? await group.shutdownGracefully()
    }
}
