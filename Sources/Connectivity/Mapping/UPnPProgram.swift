import Glibc
import Synchronization
import Wire

/// This program once more, as the one that speaks UPnP with a router: in a process of its own, which may crash, and has little to use up. miniupnpc
/// reads as much as a gateway sends, for as long as it does.
package enum UPnPProgram {
    /// Its first word, by which it knows what it is, and by which others see it. Linux shows 15 letters.
    static let name = "bittrickle-upnp"

    private static let offer = Atomic(false)

    /// Whether this program becomes the other one when it is started so.
    static var isOffered: Bool { offer.load(ordering: .relaxed) }

    /// What a `main` calls before anything else: it does not return where this process was started to speak with a router.
    package static func becomeIfMeant() {
        guard CommandLine.arguments.first == name else { return offer.store(true, ordering: .relaxed) }
        exit(carryOut() ? EXIT_SUCCESS : EXIT_FAILURE)
    }

    /// Reads an errand from standard input to its end, and says on standard output what came of it.
    private static func carryOut() -> Bool {
        guard Containment(as: name) != nil else { return false }
        var bytes: [UInt8] = []
        while UPnPChild.readMore(STDIN_FILENO, into: &bytes, longest: UPnPErrand.longest) {}
        guard let errand = UPnPErrand(bytes) else { return false }
        let gateway = UPnPGateway(for: errand)
        guard say(UPnPReport.announcement(of: gateway?.control)) else { return false }
        return gateway.map { say(UPnPReport.conclusion($0.carryOut(errand))) } ?? true
    }

    private static func say(_ bytes: [UInt8]) -> Bool { write(STDOUT_FILENO, bytes, bytes.count) == bytes.count }
}
