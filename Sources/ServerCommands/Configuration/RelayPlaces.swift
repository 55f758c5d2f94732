import ArgumentParser
import DirectoryServer
import Wire

/// Relays on other machines, as members reach them: `relay.example.org:12001,192.0.2.7:12001`.
struct RelayPlaces: Hashable, Sendable, ExpressibleByArgument {
    /// A member tries one; more than a few are of no use.
    static let limit = 8

    let places: [HostPort]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        // A port alone would be one of each member's own machine.
        let places = parts.compactMap { $0.contains(":") ? try? HostPort(parsing: $0) : nil }
        guard (1...Self.limit).contains(parts.count), places.count == parts.count, Set(places).count == places.count
        else { return nil }
        self.places = places
    }
}

extension ListenAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
