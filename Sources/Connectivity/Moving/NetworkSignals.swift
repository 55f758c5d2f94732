import Dispatch
import Glibc
import Synchronization

/// The system's word that an address, a line or a route of this computer has changed (rtnetlink(7)). What it is now, one has to look.
final class NetworkSignals: Sendable {
    /// At most one at a time.
    let stream: AsyncStream<Void>
    private let ear: Ear
    /// Closing it ends the ear.
    private let stopWriter: Int32

    /// Nil where the system does not tell: as in some containers.
    init?() {
        let (stream, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        var ends: [Int32] = [-1, -1]
        guard let notices = Self.notices() else { return nil }
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            close(notices)
            return nil
        }
        let ear = Ear(notices: notices, stopReader: ends[0], signal: signal)
        (self.stream, self.ear, stopWriter) = (stream, ear, ends[1])
        // A thread of its own, as it waits all the time.
        DispatchQueue(label: "bittrickle.network").async { ear.listen() }
    }

    deinit { close(stopWriter) }

    /// Interfaces that lost an address or their line since this was last asked, by number.
    func takeDisturbed() -> Set<UInt32> { ear.takeDisturbed() }

    private static func notices() -> Int32? {
        let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_NETLINK, type, RouteMessages.family)
        guard descriptor >= 0 else { return nil }
        let bound = RouteMessages.address.withUnsafeBytes { raw in
            raw.baseAddress.map { bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) }
        }
        guard bound == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

/// Reads the notices until it is stopped.
private final class Ear: Sendable {
    /// Of interfaces that are remembered: beyond, those that come are not.
    private static let bound = 256

    private let notices: Int32
    private let stopReader: Int32
    private let signal: AsyncStream<Void>.Continuation
    private let disturbed = Mutex<Set<UInt32>>([])

    init(notices: Int32, stopReader: Int32, signal: AsyncStream<Void>.Continuation) {
        self.notices = notices
        self.stopReader = stopReader
        self.signal = signal
    }

    func takeDisturbed() -> Set<UInt32> {
        disturbed.withLock { disturbed in
            defer { disturbed = [] }
            return disturbed
        }
    }

    func listen() {
        while true {
            var waited = [
                pollfd(fd: notices, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waited, 2, -1) >= 0 || errno == EINTR, waited[1].revents == 0 else { break }
            if waited[0].revents != 0 { read() }
        }
        signal.finish()
        close(notices)
        close(stopReader)
    }

    private func read() {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(notices, &bytes, bytes.count, 0)
            // What was lost as nobody read in time (ENOBUFS) is found by looking.
            guard count > 0 || (count < 0 && errno == ENOBUFS) else { break }
            let lost = bytes.prefix(max(0, count)).withUnsafeBytes(RouteMessages.disturbed)
            disturbed.withLock { if $0.count < Self.bound { $0.formUnion(lost) } }
        }
        signal.yield()
    }
}

/// What of rtnetlink's messages is read. Their headers come with no module of Glibc.
enum RouteMessages {
    /// NETLINK_ROUTE
    static let family: Int32 = 0
    private static let (newLink, deletedLink, deletedAddress): (UInt16, UInt16, UInt16) = (16, 17, 21)
    /// IFF_LOWER_UP: there is a line.
    private static let hasLine: UInt32 = 1 << 16
    /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE
    private static let groups: UInt32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400

    /// A `sockaddr_nl` that gets these groups: family, nothing, process (the system's choice), groups.
    static var address: [UInt8] {
        withUnsafeBytes(of: (UInt16(AF_NETLINK), UInt16(0), UInt32(0), groups)) { Array($0) }
    }

    /// Interfaces, by number, that lost an address or have no line: `nlmsghdr` is length, type, flags, sequence and sender (16 bytes); both `ifinfomsg` and
    /// `ifaddrmsg` have the interface behind 4 bytes, and the former then its flags.
    static func disturbed(in bytes: UnsafeRawBufferPointer) -> Set<UInt32> {
        var found: Set<UInt32> = []
        var position = 0
        while position + 28 <= bytes.count {
            let length = Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            guard length >= 16 else { break }
            let type = bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt16.self)
            if length >= 28 {
                let interface = bytes.loadUnaligned(fromByteOffset: position + 20, as: UInt32.self)
                let flags = bytes.loadUnaligned(fromByteOffset: position + 24, as: UInt32.self)
                let isLineGone = type == newLink && flags & hasLine == 0
                if isLineGone || type == deletedLink || type == deletedAddress { found.insert(interface) }
            }
            position += (length + 3) & ~3
        }
        return found
    }
}
