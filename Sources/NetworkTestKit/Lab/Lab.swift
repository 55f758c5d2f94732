import Glibc
import Synchronization
package import TestKit

/// A network of its own, made of namespaces of this machine: the internet, and sites behind routers of all kinds, with real
/// programs in it. It is gone with the value, which its programs and sockets hold.
package final class Lab: Sendable {
    struct State {
        var plugs: [String: Plug]
        var nextNumbers: [String: Int]
    }

    /// In it each host has a home.
    package let directory: TemporaryDirectory
    let layout: LabLayout
    let state: Mutex<State>
    private let namespaces: [String]
    private let mappers = Mutex<[RealProcess]>([])

    private static let count = Mutex(0)

    package static func start(_ plan: LabPlan) async throws -> Lab {
        _ = leftovers
        let lab = try Lab(plan)
        try await lab.run(lab.layout.script)
        for router in lab.layout.routers.values where router.mapsPorts {
            let mapper = try await MappingRouter.start(on: router, in: lab.directory.path)
            lab.mappers.withLock { $0.append(mapper) }
        }
        return lab
    }

    /// Two members `a` and `b`, each behind a router of his own, and `server` on the internet.
    package static func pair(
        _ one: NATKind, _ other: NATKind, families: Families = .ipv4
    ) async throws -> Lab {
        try await start(.pair(one, other, families: families))
    }

    private init(_ plan: LabPlan) throws {
        directory = try TemporaryDirectory()
        let number = Self.count.withLock { count in
            count += 1
            return count
        }
        layout = try LabLayout(plan, prefix: "bt\(getpid())-\(number)-")
        namespaces = layout.namespaces
        state = Mutex(State(plugs: layout.hosts, nextNumbers: layout.nextNumbers))
    }

    deinit { Namespaces.remove(namespaces) }

    private static let leftovers: Void = removeLeftovers()

    /// Removes what test programs left that did not come to their end. The first laboratory of a program does.
    package static func removeLeftovers() { Namespaces.removeLeftovers() }

    /// Runs a script to its end, in no namespace.
    func run(_ script: String) async throws {
        let shell = try await RealProcess.start(
            "/bin/sh", ["-e"], in: directory.path, environment: LabPrograms.environment)
        try await shell.type(script)
        try await shell.endInput()
        let ending = try await shell.waitForEnd(within: .seconds(60))
        guard ending == .exited(0) else {
            throw TestKitError.invalid("a script of the laboratory: \(try await shell.errors.expectEnd())")
        }
    }

    // MARK: Who is where

    /// Of a host, or of a site's router towards the internet.
    func plug(of name: String) throws -> Plug {
        if let plug = state.withLock({ $0.plugs[name] }) ?? layout.routers[name]?.outer { return plug }
        throw TestKitError.invalid("nobody in the laboratory is called \(name)")
    }

    /// The addresses that a host has now, or the router of a site towards the internet: IPv4, then IPv6.
    package func addresses(of name: String) throws -> [String] { try plug(of: name).addresses }

    package func ipv4(of name: String) throws -> String {
        guard let address = try plug(of: name).ipv4 else { throw TestKitError.invalid("\(name) has no IPv4 address") }
        return address
    }

    package func ipv6(of name: String) throws -> String {
        guard let address = try plug(of: name).ipv6 else { throw TestKitError.invalid("\(name) has no IPv6 address") }
        return address
    }

    /// Where a host's files are.
    package func home(of host: String) throws -> String {
        let home = directory.file("home-\(try plug(of: host).namespace)")
        if access(home, F_OK) != 0, mkdir(home, 0o700) != 0 {
            throw TestKitError.system(call: "mkdir \(home)", code: errno)
        }
        return home
    }

    // MARK: Programs

    /// Starts a program at a host, in its home where no other folder is named. For the environment see ``RealProcess``.
    package func start(
        _ host: String, _ program: String, _ arguments: [String] = [], in folder: String? = nil,
        mode: RealProcess.Mode = .pipes, environment: [String: String]? = nil
    ) async throws -> RealProcess {
        // It becomes the program: same process id.
        try await RealProcess.start(
            LabPrograms.ip, ["netns", "exec", plug(of: host).namespace, program] + arguments,
            in: folder ?? home(of: host), mode: mode, environment: environment, keeping: self)
    }

    /// What a program says that ends by itself.
    package func output(_ host: String, _ program: String, _ arguments: [String] = []) async throws -> String {
        let process = try await start(host, program, arguments)
        try await process.endInput()
        guard try await process.waitForEnd() == .exited(0) else {
            throw TestKitError.invalid("\(program) at \(host): \(try await process.errors.expectEnd())")
        }
        return try await process.output.expectEnd()
    }
}
