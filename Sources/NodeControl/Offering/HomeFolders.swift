import Glibc
import Synchronization

/// The home folders of this computer's users, whoever runs the program: one who is root may give away everybody's.
package struct HomeFolders: Hashable, Sendable {
    /// Where people's homes lie, also those of users whom the system does not list; each has a folder of his name there.
    private static let together = RealPath("/home")
    /// Accounts of people begin here (login.defs(5), `UID_MIN`); those of services have places for their homes that are given away,
    /// such as /var/www.
    private static let firstOfPeople: uid_t = 1_000
    private static let nobody: uid_t = 65_534
    /// Nothing private is in these, whoever has them for his home.
    private static let ofPrograms = ["/usr", "/bin", "/sbin", "/dev", "/proc", "/nonexistent"].map { RealPath($0) }

    private let homes: Set<RealPath>

    /// - Parameter homes: What the users' accounts say; absolute. That of root is one of them in any case.
    package init(_ homes: [String]) {
        let places = (homes + ["/root"]).filter { $0.hasPrefix("/") }.map { RealPath($0) }
        self.homes = Set(places).filter { home in
            home != RealPath("/") && !Self.ofPrograms.contains { $0.holds(home) }
        }
    }

    // The system has one place in its list for all of a program.
    private static let turn = Mutex(())

    /// As the system lists them (getpwent(3)). Blocks as long as that takes, see ``HomeList``.
    static var ofSystem: HomeFolders {
        turn.withLock { _ in
            var homes: [String] = []
            setpwent()
            defer { endpwent() }
            while let account = getpwent() {
                let user = account.pointee.pw_uid
                guard user >= firstOfPeople, user != nobody else { continue }
                homes.append(String(cString: account.pointee.pw_dir))
            }
            return HomeFolders(homes)
        }
    }

    /// What there is to be said of a place, as of one's own home folder; nil for nothing.
    func caution(_ place: RealPath) -> PathCaution? {
        if homes.contains(place) { return .homeOfOther }
        if place.holds(Self.together) || homes.contains(where: { place.holds($0) }) { return .aroundHomes }
        var ways = homes.compactMap { $0.way(to: place) }
        if let way = Self.together.way(to: place) {
            if way.count == 1 { return .homeOfOther }
            ways.append(Array(way.dropFirst()))
        }
        return ways.contains { $0.first?.hasPrefix(".") == true } ? .hiddenInHomeOfOther : nil
    }
}
