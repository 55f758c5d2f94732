/// Who is there, at any server whose lease holds.
enum PresenceSQL {
    /// Of a publication's id.
    static func isServed(_ id: String) -> String {
        """
        EXISTS (SELECT 1 FROM served JOIN server ON server.id = served.server
            WHERE served.publication = \(id) AND server.expires > now())
        """
    }

    /// Of rows of `account` and `device`.
    static let isThere = """
        EXISTS (SELECT 1 FROM online JOIN server ON server.id = online.server
            WHERE online.name = account.name AND online.device = device.device AND server.expires > now())
        """

    /// Of a row of `publication`: it can be had.
    static let isActive = "\(isServed("coalesce(publication.top, publication.id)")) AND \(Removal.isKept)"
}
