import NIOCore
import NIOPosix

/// The threads of a server of its own: the loop of the socket and of the directory, and those that open
/// sessions.
struct ServerThreads: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let openers = NIOThreadPool(numberOfThreads: 1)
    let loop: any EventLoop

    init() {
        loop = group.next()
        openers.start()
    }

    func shutdown() async {
        try? await openers.shutdownGracefully()
        try? await group.shutdownGracefully()
    }
}
