import NIOCore
import NIOPosix
import TestKit

extension Lab {
    /// Starts a proxy of this program at a host. It holds the lab.
    package func proxy(
        _ host: String, port: Int, _ settings: TestProxy.Settings = TestProxy.Settings()
    ) async throws -> TestProxy {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let namespace = try plug(of: host).namespace
        let loop = group.next()
        // Its thread stays there, and with it all sockets that it makes.
        try await loop.submit { try Namespaces.enter(namespace) }.get()
        return try await TestProxy.start(
            settings, host: "0.0.0.0", port: port, on: loop, keeping: Residence(lab: self, group: group))
    }
}

/// What a program's part needs that lives at a host.
private final class Residence: Sendable {
    private let lab: Lab
    private let group: MultiThreadedEventLoopGroup

    init(lab: Lab, group: MultiThreadedEventLoopGroup) {
        self.lab = lab
        self.group = group
    }

    deinit { group.shutdownGracefully { _ in } }
}
