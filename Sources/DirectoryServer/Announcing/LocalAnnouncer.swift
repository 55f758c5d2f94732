import Glibc
import Logging
import NIOCore
import Wire

/// Keeps a server announced on the links of this machine, which come and go. It is a convenience: whatever fails is said
/// once, and nothing else comes of it.
struct LocalAnnouncer: Sendable {
    /// Between two looks at the interfaces.
    private static let pause = Duration.seconds(15)
    /// Bridges of containers and the like can be many.
    private static let placeLimit = 64

    let announcement: LocalAnnouncement
    let service: LocalService
    let loop: any EventLoop
    let log: Logger

    init(_ announcement: LocalAnnouncement, pin: NetworkPin, port: UInt16, loop: any EventLoop, log: Logger) {
        self.announcement = announcement
        service = LocalService(name: announcement.name, pin: pin, port: port)
        self.loop = loop
        self.log = log
    }

    /// Until it is cancelled; then it says so.
    func run(_ pacing: any Clock<Duration>) async {
        var open: [AnnouncingPlace: any Channel] = [:]
        var isFirst = true
        var isSaid = false
        repeat {
            let wanted = AnnouncingPlace.all(of: announcement.interfaces()).prefix(Self.placeLimit)
            for (place, channel) in open where !wanted.contains(place) || !channel.isActive {
                try? await channel.close()
                open[place] = nil
            }
            var failure = "no interface that reaches others by multicast"
            for place in wanted where open[place] == nil {
                do {
                    open[place] = try await AnnouncingSocket.open(
                        place, port: announcement.port, service: service, on: loop)
                } catch {
                    failure = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
                }
            }
            if open.isEmpty, isFirst {
                log.notice("Not announced on the local network", metadata: ["reason": "\(failure)"])
            } else if !open.isEmpty, !isSaid {
                isSaid = true
                let names = Set(open.keys.map(\.interface.name)).sorted().joined(separator: ",")
                log.notice(
                    "Announced on the local network", metadata: ["name": "\(service.name)", "interfaces": "\(names)"])
            }
            isFirst = false
        } while (try? await pacing.sleep(for: Self.pause)) != nil
        for channel in open.values { try? await channel.close() }
    }
}
