/// What a member may do beside what every member may. The numbers stand in the directory's store and cross the wire.
package enum Role: Int64, Hashable, Sendable, CaseIterable {
    case member = 0
    /// Administers the network, from his client too.
    case admin = 1

    /// As it is typed and shown.
    package var name: String {
        switch self {
        case .member: "member"
        case .admin: "admin"
        }
    }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}
