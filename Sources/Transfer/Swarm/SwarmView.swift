package import Content
package import Wire

/// Which pieces are here, and which each peer has said to have: for somebody who watches.
package struct SwarmView: Sendable {
    package struct Peer: Sendable {
        package let member: UserName
        /// A bitfield, as BEP 3 has it.
        package let pieces: [UInt8]
    }

    package let geometry: Geometry
    /// A bitfield likewise.
    package let held: [UInt8]
    package let peers: [Peer]
}

extension Swarm {
    package var view: SwarmView {
        SwarmView(
            geometry: geometry, held: held.bitfield(geometry),
            peers: members.map { SwarmView.Peer(member: $0.member, pieces: $0.pieces.bitfield(geometry)) })
    }
}
