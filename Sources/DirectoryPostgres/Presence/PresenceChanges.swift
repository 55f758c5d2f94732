import Directory
import Wire

/// What became of presence since it was last written: of each device and publication, the last that was told.
struct PresenceChanges: Sendable {
    /// Nil where it left.
    private var devices: [PresentPlace: PresentDevice?] = [:]
    private var served: [PublicationID: Bool] = [:]
    private var isEverything = false

    /// All is to be written anew.
    static let everything: PresenceChanges = {
        var changes = PresenceChanges()
        changes.isEverything = true
        return changes
    }()

    /// Beyond them, it is simpler to write all.
    private static let limit = 200_000

    var isEmpty: Bool { devices.isEmpty && served.isEmpty && !isEverything }

    mutating func enter(_ device: PresentDevice) {
        guard !isEverything else { return }
        devices[PresentPlace(user: device.user, device: device.id)] = .some(device)
        bound()
    }

    mutating func leave(_ user: UserName, _ device: DeviceID) {
        guard !isEverything else { return }
        devices[PresentPlace(user: user, device: device)] = .some(nil)
        bound()
    }

    mutating func serve(_ publications: [PublicationID], _ isServed: Bool) {
        guard !isEverything else { return }
        for publication in publications { served[publication] = isServed }
        bound()
    }

    private mutating func bound() {
        if devices.count + served.count > Self.limit { self = .everything }
    }

    /// - Parameter everything: what there is, where all is to be written.
    func write(
        for server: Int64, _ everything: () -> (devices: [PresentDevice], served: [PublicationID]),
        _ db: PostgresConnection
    ) throws {
        // Presence lost in a crash is written anew.
        _ = try db.run("SET LOCAL synchronous_commit = off")
        let id: [String: PostgresValue] = ["server": .int(server)]
        if isEverything {
            for table in ["online", "served"] { _ = try db.run("DELETE FROM \(table) WHERE server = :server", id) }
            let (devices, served) = everything()
            try insert(devices, server, db)
            try insert(served, server, db)
            return
        }
        for places in Portions(Array(devices.keys)) {
            _ = try db.run(
                """
                DELETE FROM online USING unnest(:names, :devices) AS gone (name, device)
                WHERE online.server = :server AND online.name = gone.name AND online.device = gone.device
                """,
                [
                    "server": .int(server), "names": .texts(places.map(\.user.text)),
                    "devices": .allBytes(places.map(\.device.bytes)),
                ])
        }
        try insert(devices.values.compactMap(\.self), server, db)
        let gone = served.filter { !$0.value }.map(\.key)
        if !gone.isEmpty {
            _ = try db.run(
                "DELETE FROM served WHERE server = :server AND publication = ANY(:ids)",
                ["server": .int(server), "ids": .ids(gone)])
        }
        try insert(served.filter(\.value).map(\.key), server, db)
    }

    private func insert(_ devices: [PresentDevice], _ server: Int64, _ db: PostgresConnection) throws {
        for portion in Portions(devices) {
            _ = try db.run(
                """
                INSERT INTO online (server, name, device, label, endpoints, reflexive)
                SELECT :server, * FROM unnest(:names, :devices, :labels, :endpoints, :reflexive)
                """,
                [
                    "server": .int(server), "names": .texts(portion.map(\.user.text)),
                    "devices": .allBytes(portion.map(\.id.bytes)),
                    "labels": .texts(portion.map { $0.place.replacing("\0", with: "") }),
                    "endpoints": .allBytes(portion.map { EndpointBytes.encode($0.endpoints) }),
                    "reflexive": .allBytes(portion.map { EndpointBytes.encode($0.reflexive) }),
                ])
        }
    }

    private func insert(_ publications: [PublicationID], _ server: Int64, _ db: PostgresConnection) throws {
        for portion in Portions(publications) {
            _ = try db.run(
                """
                INSERT INTO served (server, publication) SELECT :server, unnest(:ids)
                ON CONFLICT (publication, server) DO NOTHING
                """, ["server": .int(server), "ids": .ids(portion)])
        }
    }
}

/// Some of many, as many as go in one statement.
struct Portions<Element>: Sequence, IteratorProtocol {
    private static var size: Int { 5_000 }

    private var rest: ArraySlice<Element>

    init(_ all: [Element]) { rest = all[...] }

    mutating func next() -> ArraySlice<Element>? {
        guard !rest.isEmpty else { return nil }
        defer { rest = rest.dropFirst(Self.size) }
        return rest.prefix(Self.size)
    }
}

/// Of a device that is there.
struct PresentPlace: Hashable, Sendable {
    let user: UserName
    let device: DeviceID
}

/// Endpoints as a column has them: one after the other, each an address of 4 or 16 bytes behind its length, whose highest bit says
/// that a router maps it, and the port.
enum EndpointBytes {
    private static let mapped: UInt8 = 0x80

    static func encode(_ endpoints: [Endpoint]) -> [UInt8] {
        endpoints.flatMap { endpoint in
            [UInt8(endpoint.address.count) | (endpoint.isMapped ? mapped : 0)] + endpoint.address + [
                UInt8(endpoint.port >> 8), UInt8(endpoint.port & 0xFF),
            ]
        }
    }

    /// Nil for what this program never wrote.
    static func decode(_ bytes: [UInt8]) -> [Endpoint]? {
        var endpoints: [Endpoint] = []
        var rest = bytes[...]
        while let count = rest.popFirst() {
            let length = Int(count & ~mapped)
            guard rest.count >= length + 2 else { return nil }
            let address = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            let port = UInt16(rest[rest.startIndex]) << 8 | UInt16(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard let endpoint = Endpoint(address: address, port: port, isMapped: count & mapped != 0) else {
                return nil
            }
            endpoints.append(endpoint)
        }
        return endpoints
    }
}
