import Connectivity
import Glibc
import Logging
import NIOCore
import NIOPosix
import Wire

/// A peer reduced to its port: listens, greets whoever connects, and has the port mapped until its input ends. So tests see a mapper at work
/// in a network of their own.
@main struct MapperProbe {
    private static let usage = "mapper-probe ipv4|ipv6 PROTOCOL..., or mapper-probe contained"
    private static let greeting = "You reached the port.\n"

    static func main() async throws {
        UPnPProgram.becomeIfMeant()
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["contained"] { return sayWhatIsLeft() }
        let protocols = words.dropFirst().compactMap { MappingProtocol(rawValue: $0) }
        guard let family = words.first, !protocols.isEmpty else { return say(usage) }
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Greeter(greeting))
                }
            }
            .bind(host: family == "ipv6" ? "::" : "0.0.0.0", port: 0).get()
        guard let port = server.localAddress?.port.flatMap({ UInt16(exactly: $0) }) else { return say("no port") }
        say("listening \(port)")
        let logger = Logger(label: "mapper-probe") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .debug
            return handler
        }
        let mapper = PortMapper(
            port: port,
            environment: .system(family == "ipv6" ? .ipv6 : .ipv4, protocols: protocols, group: group), logger: logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await mapper.run { say(line($0)) } }
            group.addTask { await Self.untilInputEnds() }
            await group.next()
            group.cancelAll()
        }
        try await server.close()
    }

    /// What a process can still do that speaks UPnP.
    private static func sayWhatIsLeft() {
        guard let containment = Containment(as: "contained") else { return say("not contained") }
        let memory = mmap(
            nil, Containment.memory, PROT_READ | PROT_WRITE, Int32(MAP_PRIVATE | MAP_ANONYMOUS), -1, 0)
        say("memory \(memory == MAP_FAILED ? "bounded" : "unbounded")")
        let isClosed = open("/proc/self/status", O_RDONLY) < 0
        say("files \(isClosed == containment.areFilesClosed ? "as said" : "otherwise")")
        var sockets = 0
        while socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) >= 0 { sockets += 1 }
        say("sockets \(sockets)")
    }

    private static func untilInputEnds() async {
        await withCheckedContinuation { continuation in
            NIOThreadPool.singleton.submit { _ in
                while readLine() != nil {}
                continuation.resume()
            }
        }
    }

    private static func line(_ state: MappingState) -> String {
        switch state {
        case .noRouter: "no router"
        case .looking: "looking"
        case .unmapped(let failures):
            "unmapped: " + failures.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
        case .ended: "ended"
        case .mapped(let mapped):
            "mapped by \(mapped.by.rawValue) to \(mapped.external.address) port \(mapped.external.port) "
                + (mapped.isPublic ? "public" : "private")
        }
    }

    /// At once: whoever waits for the line reads a pipe.
    private static func say(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }
}

/// Says one thing to whoever connects.
private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: String

    init(_ greeting: String) { self.greeting = greeting }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
        context.close(promise: nil)
    }
}
