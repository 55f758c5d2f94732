import Content
import Wire

extension PieceSet {
    /// What a link begins with. Without BEP 6, nothing is said of nothing.
    func announcement(of geometry: Geometry, to abilities: PeerAbilities) -> [PeerMessage] {
        switch self {
        case .all where abilities.fast: [.haveAll]
        case .none where abilities.fast: [.haveNone]
        case .none: []
        case .all, .some: [.bitfield(bitfield(geometry))]
        }
    }
}
