/// Why it is asked whether a path is meant before it is published or shared: others would be given by mistake what is in it.
package enum PathCaution: String, Codable, Hashable, Sendable {
    /// It is one's home folder, which has keys, histories and letters in it.
    case home
    /// It holds the home folder.
    case aroundHome

    /// Nil where nothing speaks against it.
    ///
    /// - Parameter home: One's home folder; without an absolute one nothing is known to be in it.
    package init?(_ place: RealPath, home: String?) {
        guard let home, home.hasPrefix("/") else { return nil }
        let own = RealPath(home)
        guard place.holds(own) else { return nil }
        self = own.holds(place) ? .home : .aroundHome
    }
}
