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
    ///   - homes: Those of all; blocks for a moment, to ask the system for them.
    package init?(_ place: RealPath, home: String?, homes: @autoclosure () -> HomeFolders = .ofSystem) {
        if let home, home.hasPrefix("/"), let caution = Self(place, own: RealPath(home)) {
            self = caution
            return
        }
        if let caution = homes().caution(place) {
            self = caution
            return
        }
        let settings = RealPath("/etc")
        guard settings.holds(place) || place.holds(settings) else { return nil }
        self = settings.holds(place) ? .settings : .aroundSettings
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
