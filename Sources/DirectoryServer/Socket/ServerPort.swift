import Glibc
import NIOCore
import Wire

/// Binds the number under which a server is known: with UDP on each loop, with TCP on the first.
enum ServerPort {
    /// Where any number will do: other programs have some of them for one of the two.
    private static let attempts = 16

    struct Bound {
        let datagrams: [any Channel]
        /// Takes none yet: it is told when to begin.
        let streams: (any Channel)?
    }

    /// - Parameters:
    ///   - prepare: As of ``UDPSocket/bind(host:port:on:prepare:)``.
    ///   - accept: Called on the first loop for each stream, before it is open.
    static func bind(
        host: String?, port: Int, tcp: TCPPort, on loops: [any EventLoop],
        prepare: @escaping @Sendable (any Channel, Int) throws -> Void,
        accept: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> Bound {
        func bindUDP(_ port: Int) async throws -> [any Channel] {
            try await UDPSocket.bind(host: host, port: port, on: loops, prepare: prepare)
        }
        func bindTCP(_ port: Int) async throws -> any Channel {
            try await StreamListener.bind(host: host, port: port, on: loops[0], accept: accept)
        }
        if case .sameAsUDP = tcp, port == 0 { return try await bindSame(bindUDP, bindTCP) }
        let datagrams = try await bindUDP(port)
        do {
            switch tcp {
            case .off: return Bound(datagrams: datagrams, streams: nil)
            case .sameAsUDP: return Bound(datagrams: datagrams, streams: try await bindTCP(port))
            case .number(let number): return Bound(datagrams: datagrams, streams: try await bindTCP(number))
            }
        } catch {
            for channel in datagrams { try? await channel.close() }
            throw error
        }
    }

    /// Any number that is free for both.
    private static func bindSame(
        _ bindUDP: (Int) async throws -> [any Channel], _ bindTCP: (Int) async throws -> any Channel
    ) async throws -> Bound {
        var attempt = 1
        while true {
            let streams = try await bindTCP(0)
            do {
                return Bound(datagrams: try await bindUDP(streams.localAddress?.port ?? 0), streams: streams)
            } catch {
                try? await streams.close()
                guard case .portTaken? = error as? StartFailure, attempt < attempts else { throw error }
                attempt += 1
            }
        }
    }

    /// - Parameters:
    ///   - host: An address of this machine; nil for all, of IPv6 and IPv4.
    ///   - bind: Binds to an address.
    /// - Returns: The address that it was bound to, too.
    static func bind(
        _ transport: Transport, host: String?, port: Int, _ bind: (String) async throws -> any Channel
    ) async throws -> (any Channel, String) {
        do {
            return (try await bind(host ?? "::"), host ?? "::")
        } catch {
            let code = (error as? IOError)?.errnoCode
            guard host == nil, code == EAFNOSUPPORT || code == EADDRNOTAVAIL else {
                throw StartFailure(error, transport, host: host ?? "::", port: port)
            }
        }
        // A machine without IPv6.
        do {
            return (try await bind("0.0.0.0"), "0.0.0.0")
        } catch {
            throw StartFailure(error, transport, host: "0.0.0.0", port: port)
        }
    }
}

extension StartFailure {
    /// A port could not be bound.
    init(_ error: any Error, _ transport: Transport, host: String, port: Int) {
        self =
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE: .portTaken(transport, port: port)
            case EACCES: .portForbidden(transport, port: port)
            case EADDRNOTAVAIL: .addressUnavailable(host: host, reason: "it is no address of this machine")
            case let code?: .addressUnavailable(host: host, reason: String(cString: strerror(code)))
            case nil: .addressUnavailable(host: host, reason: "there is no such address")
            }
    }
}
