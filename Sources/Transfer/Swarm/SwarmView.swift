package import Content
package import Wire

/// Which pieces are here, and which each peer has said to have: for somebody who watches.
package struct SwarmView: Sendable {
    package struct Peer: Sendable {
        package let member: UserName
        package let path: LinkPath
        /// A bitfield, as BEP 3 has it.
        package let pieces: [UInt8]
    }

    package let geometry: Geometry
    /// A bitfield likewise.
    package let held: [UInt8]
    package let peers: [Peer]
    /// Of what is fetched, nothing can be hoped for from those who are linked.
    package let isHopeless: Bool
}

extension Swarm {
    package func view(at now: Duration) -> SwarmView {
        SwarmView(
            geometry: geometry, held: held.bitfield(geometry),
            peers: peers.values.map {
                SwarmView.Peer(member: $0.member, path: $0.path, pieces: $0.upload.theirs.bitfield(geometry))
            }, isHopeless: download?.isHopeless(at: now) ?? false)
    }
}
