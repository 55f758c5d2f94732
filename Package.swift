// swift-tools-version: 6.2

import PackageDescription

/// One set of rules for every target: language mode 6, the upcoming features that make imports and
/// isolation explicit, and no warning left standing.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let hdrHistogram = product(name: "Histogram", package: "hdrhistogram-swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioTestUtils = product(name: "NIOTestUtils", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let yams = product(name: "Yams", package: "Yams")
}

/// A target of the product: its row of Docs/architecture.md, which Scripts/arrows checks.
func part(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies + [.logging], resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestKit", .logging], resources: resources, swiftSettings: settings)
}

/// What Scripts/version says, where it was asked before a build.
let version = Context.environment["BITTRICKLE_VERSION", default: ""]

let package = Package(
    name: "bittrickle",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "bittrickle", targets: ["bittrickle"]),
        .executable(name: "bittrickle-server", targets: ["bittrickle-server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.1"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        // Wire asks the BoringSSL in it, which is no product: a new one is tried before it is taken.
        .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Of DirectoryLoad alone.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // Without its traits, which bring the whole of Foundation.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CDatagrams"),
        .systemLibrary(name: "CEditline", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CFiles"),
        .target(name: "CHashing"),
        .systemLibrary(name: "CHeap"),
        .systemLibrary(name: "CInotify"),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CNamespaces"),
        .systemLibrary(
            name: "CMiniUPnPc", pkgConfig: "miniupnpc", providers: [.apt(["libminiupnpc-dev"]), .brew(["miniupnpc"])]),
        .systemLibrary(name: "CNATPMP", providers: [.apt(["libnatpmp-dev"]), .brew(["libnatpmp"])]),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CQRencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "CVersion",
            cSettings: version.isEmpty ? [] : [.define("BITTRICKLE_VERSION", to: "\"\(version)\"")]),

        part("Content", ["CHashing", .crypto]),
        part("Wire", ["Content", .nioCore, .crypto]),

        part("Directory", ["Wire", .crypto, .cryptoExtras]),
        part("DirectorySQLite", ["Directory", .grdb]),
        part("Prometheus", [.coreMetrics]),
        part("Relay", ["Wire", .crypto, .nioCore, .nioPosix]),
        part("DirectoryPostgres", ["Directory", "CLibPQ", .nioCore, .nioPosix]),
        part(
            "DirectoryServer",
            [
                "DirectorySQLite", "DirectoryPostgres", "Directory", "Prometheus", "Relay", "CFiles", .coreMetrics,
                .nioCore, .nioPosix, .nioHTTP1, .x509, .asn1, .serviceLifecycle,
            ]),
        part(
            "ServerCommands",
            [
                "DirectoryServer", "DirectoryPostgres", "Terminal", "CVersion", .argumentParser, .serviceLifecycle,
                .unixSignals, .yams,
            ]),

        part("Proxies", ["Wire", .nioCore, .nioPosix]),
        part("DirectoryClient", ["Proxies", "Wire", .nioCore, .nioPosix]),
        part(
            "Connectivity",
            ["Proxies", "Wire", "CMiniUPnPc", "CNATPMP", "CSpawn", .crypto, .nioCore, .nioPosix, .nioSSL, .x509]),
        part("Transfer", ["Wire", .nioCore]),
        part("Library", ["Content", "Wire", "CFiles", "CInotify", .grdb]),
        part("NodeControl", ["Content"]),
        part(
            "PeerNode",
            [
                "Transfer", "Library", "Connectivity", "DirectoryClient", "Proxies", "NodeControl", .crypto, .nioCore,
                .nioPosix,
            ]),
        part(
            "ControlAPI",
            [
                "NodeControl", .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .hummingbirdCore, .nioCore,
                .nioPosix, .nioHTTP1,
            ],
            // In the program: there is nothing to install beside it, and nothing to be exchanged.
            resources: [.embedInCode("Page")]),
        part("Terminal", ["CHeap", "CQRencode", .nioCore]),
        part(
            "Commands",
            [
                "Terminal", "PeerNode", "Proxies", "NodeControl", "ControlAPI", "Wire", "CEditline", "CSpawn",
                "CVersion",
                .argumentParser,
            ]),

        .executableTarget(name: "bittrickle", dependencies: ["Commands"], swiftSettings: settings),
        .executableTarget(name: "bittrickle-server", dependencies: ["ServerCommands"], swiftSettings: settings),

        part("FuzzEntries", ["Content", "Wire", "Directory", .nioCore, .crypto]),
        part("TestKit", ["Content", "Wire", "Directory", "Transfer", "NodeControl", .nioCore]),
        part("NetworkTestKit", ["TestKit", "Wire", "Content", "CNamespaces", .crypto, .nioCore, .nioPosix]),
        .executableTarget(
            name: "MapperProbe", dependencies: ["Connectivity", "Wire", .logging, .nioCore, .nioPosix],
            swiftSettings: settings),
        .executableTarget(
            name: "SimulationBench", dependencies: ["TestKit", "Transfer"], swiftSettings: settings),
        .executableTarget(
            name: "CatalogueBench",
            dependencies: ["DirectorySQLite", "DirectoryPostgres", "Directory", "Wire", "Content"],
            swiftSettings: settings),
        .executableTarget(
            name: "ShareBench", dependencies: ["PeerNode", "NodeControl", "Wire", .logging], swiftSettings: settings),
        .executableTarget(
            name: "DirectoryLoad",
            dependencies: [
                "DirectoryServer", "DirectorySQLite", "Directory", "Terminal", "Wire", "Content", "CDatagrams", .crypto,
                .logging, .hdrHistogram,
            ],
            swiftSettings: settings),

        tests("ContentTests", ["Content"], resources: [.copy("Vectors")]),
        tests("WireTests", ["Wire", .nioEmbedded, .nioTestUtils]),
        tests("FuzzTests", ["FuzzEntries"]),
        tests("PrometheusTests", ["Prometheus", .coreMetrics]),
        tests("RelayTests", ["Relay", "Wire", "NetworkTestKit", .crypto, .nioCore]),
        tests("DirectoryTests", ["Directory", "DirectorySQLite", .grdb]),
        tests("DirectoryPostgresTests", ["DirectoryPostgres", "DirectorySQLite", "Directory", "NetworkTestKit"]),
        tests(
            "DirectoryServerTests",
            [
                "DirectoryServer", "DirectorySQLite", "DirectoryPostgres", "DirectoryClient", "Connectivity",
                "NetworkTestKit", "Prometheus", "Relay",
                .grdb, .nioCore, .nioPosix,
            ]),
        tests(
            "DirectoryClientTests",
            [
                "DirectoryClient", "DirectoryServer", "Directory", "Proxies", "Wire", "Content", "NetworkTestKit",
                .nioCore,
                .nioPosix, .crypto,
            ]),
        tests("ProxiesTests", ["Proxies", "Wire", "NetworkTestKit", .nioCore, .nioPosix]),
        tests("NetworkTestKitTests", ["NetworkTestKit", .nioCore, .nioPosix]),
        tests(
            "NetworkLabTests",
            ["NetworkTestKit", "Directory", "DirectoryServer", .asn1, .crypto, .nioCore, .x509]),
        tests(
            "ConnectivityTests",
            ["Connectivity", "Proxies", "Relay", "NetworkTestKit", .crypto, .nioCore, .nioPosix, .nioSSL, .x509]),
        tests("TransferTests", ["Transfer"]),
        tests("LibraryTests", ["Library", .grdb]),
        tests("PeerNodeTests", ["PeerNode", "DirectoryServer", "NetworkTestKit", .crypto, .grdb, .nioPosix]),
        tests(
            "ControlAPITests",
            ["ControlAPI", "NodeControl", .asyncHTTPClient, .crypto, .nioCore, .nioPosix, .nioHTTP1]),
        tests("TerminalTests", ["Terminal"]),
        tests(
            "CommandsTests",
            ["Commands", "ServerCommands", "NodeControl", "PeerNode", "Proxies", "Terminal", "Wire", "NetworkTestKit"],
            resources: [.copy("Golden")]),
        tests(
            "EndToEndTests",
            [
                "NetworkTestKit", "Wire", "Content", "DirectoryClient", "Connectivity", "Library", .crypto, .nioSSL,
                .x509,
            ],
            resources: [.copy("Interop")]),
    ]
)

// For Scripts/fuzz only: what decodes a stranger's bytes, watched by libFuzzer and the address sanitizer.
if Context.environment["BITTRICKLE_FUZZ"] != nil {
    let sanitizers = ["-sanitize=fuzzer,address"]
    package.targets.append(
        .executableTarget(
            name: "FuzzDriver", dependencies: ["FuzzEntries"], path: "Fuzz/Driver", swiftSettings: settings,
            linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])]))
    for target in package.targets
    where ["Content", "Wire", "Directory", "FuzzEntries", "FuzzDriver"].contains(target.name) {
        target.swiftSettings = settings + [.unsafeFlags(sanitizers + ["-parse-as-library"])]
    }
}
