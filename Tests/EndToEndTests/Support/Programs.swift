import NetworkTestKit

enum Programs {
    static var client: String { get throws { try BuiltPrograms.path("bittrickle") } }
    static var server: String { get throws { try BuiltPrograms.path("bittrickle-server") } }
}
