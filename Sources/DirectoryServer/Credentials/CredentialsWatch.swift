import Directory
import Logging
import Synchronization

/// Keeps the accounts as the credentials file has them: looks at the file twice a second, and reads it
/// when it has changed and been stable for a second, or when somebody demands it.
final class CredentialsWatch: Sendable {
    static let interval = Duration.milliseconds(500)

    private let reader: CredentialsReader
    private let directory: Directory
    private let clock: DirectoryClock
    private let log: Logger
    private let isDemanded = Mutex(false)
    private let stability: Mutex<FileStability>

    /// - Parameter stamp: of the file as it was read at the start.
    init(reader: CredentialsReader, stamp: FileStamp?, directory: Directory, clock: DirectoryClock, log: Logger) {
        self.reader = reader
        self.directory = directory
        self.clock = clock
        self.log = log
        stability = Mutex(FileStability(read: stamp, now: clock.monotonic()))
    }

    /// Has the file read at the next look, changed or not.
    func demand() { isDemanded.withLock { $0 = true } }

    /// Looks until it is cancelled.
    ///
    /// - Parameter apply: takes what came of a reading on.
    func run(_ pacing: any Clock<Duration>, _ apply: (CredentialsReload, [DirectoryNotice]) -> Void) async {
        while (try? await pacing.sleep(for: Self.interval)) != nil {
            let stamp = FileStamp(path: reader.path)
            let isDue = stability.withLock { $0.isDue(stamp, now: clock.monotonic()) }
            let isDemanded = isDemanded.withLock { isDemanded in
                defer { isDemanded = false }
                return isDemanded
            }
            if isDue || isDemanded { await reload(apply) }
        }
    }

    private func reload(_ apply: (CredentialsReload, [DirectoryNotice]) -> Void) async {
        do {
            let (file, stamp) = try await reader.read()
            // Whoever is writing it is not done: half a file would expel the other half's members.
            guard FileStamp(path: reader.path) == stamp else { return demand() }
            stability.withLock { $0.wasRead(stamp) }
            if let file { reader.report(file.problems, to: log) }
            let (result, notices) = await directory.reload(file)
            apply(result, notices)
        } catch {
            log.error(
                "The credentials file cannot be read: the accounts stay as they are",
                metadata: ["file": "\(reader.path)", "error": "\(error)"])
        }
    }
}
