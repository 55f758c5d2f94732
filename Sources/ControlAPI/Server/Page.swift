import Hummingbird

/// The page's files, which are part of the program.
enum Page {
    static func register(on router: Router<Routes.Context>) {}
}
