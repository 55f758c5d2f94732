/// Why it is asked whether a path is meant before it is published or shared: others would be given by mistake what is in it.
package enum PathCaution: String, Codable, Hashable, Sendable {
    /// It is one's home folder, which has keys, histories and letters in it.
    case home
    /// It holds the home folder.
    case aroundHome
    /// It is hidden in the home folder, as what programs keep for themselves there is: keys, passwords, histories.
    case hiddenInHome
    /// The same of the home folder of somebody else who has an account on this computer; or of several.
    case homeOfOther
    case aroundHomes
    case hiddenInHomeOfOther
    /// It is the folder of this computer's settings, with keys of its services and passwords in it, or lies in that.
    case settings
    /// It holds the folder of the settings.
    case aroundSettings

    /// Nil where nothing speaks against it.
    ///
    /// - Parameters:
    ///   - home: One's home folder; without an absolute one nothing is known to be in it.
    ///   - list: Has those of all; it is waited for a moment for it.
    package static func of(_ place: RealPath, home: String?, _ list: HomeList = .ofSystem) async -> PathCaution? {
        if let home, home.hasPrefix("/"), let caution = Self(place, own: RealPath(home)) { return caution }
        if let caution = await list.homes.caution(place) { return caution }
        let settings = RealPath("/etc")
        if settings.holds(place) { return .settings }
        return place.holds(settings) ? .aroundSettings : nil
    }

    private init?(_ place: RealPath, own: RealPath) {
        if own.way(to: place) == [] {
            self = .home
        } else if place.holds(own) {
            self = .aroundHome
        } else if own.way(to: place)?.first?.hasPrefix(".") == true {
            self = .hiddenInHome
        } else {
            return nil
        }
    }
}
