package import Wire

/// How a router is asked for a mapping.
package enum MappingProtocol: String, Hashable, Sendable, CaseIterable {
    /// RFC 6887.
    case pcp = "PCP"
    /// RFC 6886.
    case natPMP = "NAT-PMP"
    /// WANIPConnection of the UPnP Forum's Internet Gateway Device.
    case upnp = "UPnP"
}

/// A port of the router that leads to the port on which this peer listens.
package struct MappedPort: Hashable, Sendable {
    /// Where others dial.
    package let external: Endpoint
    package let by: MappingProtocol
    /// When the router forgets it, unless it is renewed, as it will be before.
    package let expires: ContinuousClock.Instant

    /// False where another router stands before this one: the mapping is there, and leads nobody here from the internet.
    package var isPublic: Bool { external.isPublic }
}

/// How it stands with the mapping.
package enum MappingState: Hashable, Sendable {
    /// There is no way out of this network, as far as the system knows.
    case noRouter
    case looking
    case mapped(MappedPort)
    /// Nobody would do it; it is tried again later.
    case unmapped([MappingProtocol: MappingFailure])
    /// It ended, and what was mapped is removed.
    case ended
}

/// Why a router did not map, or not in this way.
package enum MappingFailure: Error, Hashable, Sendable {
    /// Nothing came back in time.
    case silent
    /// The router does not speak it.
    case notSpoken
    /// The external port is another computer's.
    case portTaken
    /// In words.
    case refused(String)
}
