import Directory
import DirectoryServer
import Glibc
import Logging
import Terminal

/// The server that ships, with what its command does not offer: as many openings a second as a network of a million needs to
/// come together in minutes.
struct Serving {
    let folder: String
    let loops: Int
    let openings: Int
    let heartbeatRate: Int
    let isTracker: Bool

    func run() async throws {
        HeapPolicy.apply(busyThreads: loops)
        var settings = DirectorySettings.standard
        settings.heartbeatRate = heartbeatRate
        var limits = SessionLimits(settings: settings)
        limits.openingRate = openings
        limits.openingBurst = max(100, openings / 10)
        limits.trackerQuestionRate = max(limits.trackerQuestionRate, openings)
        let configuration = ServerConfiguration(
            dataDirectory: "\(folder)/state", credentialsPath: "\(folder)/credentials.txt", host: "127.0.0.1",
            settings: settings, bittorrentTracker: isTracker, loops: loops, sessionLimits: limits,
            log: ServerLog(
                events: Logger(label: "load") { label in
                    var handler = StreamLogHandler.standardError(label: label)
                    handler.logLevel = .warning
                    return handler
                }))
        let server = try await DirectoryServer(configuration)
        HeapPolicy.giveBack()
        async let _ = HeapPolicy.keepGivingBack()
        say("port \(server.port)")
        try await server.run()
    }
}

/// At once: whoever started this waits for the line.
func say(_ text: String, on descriptor: Int32 = STDOUT_FILENO) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}
