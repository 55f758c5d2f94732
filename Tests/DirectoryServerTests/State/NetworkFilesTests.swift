import DirectoryServer
import FoundationEssentials
import Glibc
import TestKit
import Testing
import Wire

struct NetworkFilesTests {
    private let place: TemporaryDirectory
    private let directory: StateDirectory

    init() throws {
        place = try TemporaryDirectory()
        directory = try StateDirectory(path: place.file("data"))
    }

    @Test func makesKeyAndCertificateOnce() throws {
        let first = try NetworkFiles.load(directory)
        let second = try NetworkFiles.load(directory)
        #expect(first.key.pin == second.key.pin)
        #expect(first.key.certificatePEM == second.key.certificatePEM)
        #expect(try mode(directory.keyPath) == 0o600)
        #expect(try mode(directory.databasePath) == 0o600)
        #expect(first.warnings.isEmpty)
    }

    @Test func keepsTheCertificateByteForByte() throws {
        let pem = try NetworkFiles.load(directory).key.certificatePEM
        let kept = "\n# the certificate of our network\n" + pem
        try write(kept, directory.certificatePath)
        #expect(try NetworkFiles.load(directory).key.certificatePEM == kept)
    }

    @Test func tightensAKeyThatOthersCanReadAndSaysSo() throws {
        _ = try NetworkFiles.load(directory)
        #expect(chmod(directory.keyPath, 0o644) == 0)
        #expect(try NetworkFiles.load(directory).warnings == [.tightened(path: directory.keyPath, mode: 0o644)])
        #expect(try mode(directory.keyPath) == 0o600)
    }

    @Test func goesOnWhereAFirstStartWasKilled() throws {
        // Between the key and the certificate, and in the middle of writing either.
        let pin = try NetworkFiles.load(directory).key.pin
        for name in ["network.pem", "directory.sqlite"] { #expect(unlink("\(directory.path)/\(name)") == 0) }
        for name in [".network.key.new", ".network.pem.new"] { try write("half", "\(directory.path)/\(name)") }
        #expect(try NetworkFiles.load(directory).key.pin == pin)
    }

    @Test(arguments: [0, 1, 511])
    func takesAnEmptiedDatabaseForNoNewOne(size: Int) throws {
        let pin = try NetworkFiles.load(directory).key.pin
        let log = "\(directory.databasePath)-wal"
        try write("what was written last", log)
        #expect(truncate(directory.databasePath, size) == 0)
        #expect(throws: StartFailure.databaseEmptied(path: directory.databasePath)) {
            try NetworkFiles.load(directory)
        }
        #expect(try String(contentsOfFile: log) == "what was written last", "nothing was touched")
        // The operator's decision, not ours. The log is not the new one's.
        #expect(unlink(directory.databasePath) == 0)
        #expect(try NetworkFiles.load(directory).key.pin == pin)
        #expect(access(log, F_OK) != 0)
    }

    @Test func makesTheDatabaseWhollyOrNotAtAll() throws {
        let half = "\(directory.databasePath).new"
        for suffix in ["", "-wal", "-shm"] { try write("of a start that was killed", half + suffix) }
        _ = try NetworkFiles.load(directory)
        for suffix in ["", "-wal", "-shm"] { #expect(access(half + suffix, F_OK) != 0) }
        #expect(try StateFile.size(directory.databasePath) ?? 0 >= 4_096)
    }

    @Test(arguments: ["network.key", "network.pem"])
    func refusesToReplaceWhatWasLost(name: String) throws {
        _ = try NetworkFiles.load(directory)
        let path = "\(directory.path)/\(name)"
        #expect(unlink(path) == 0)
        #expect(throws: StartFailure.keyMissing(path: path)) { try NetworkFiles.load(directory) }
    }

    @Test func refusesACertificateWithoutItsKey() throws {
        _ = try NetworkFiles.load(directory)
        for name in ["network.key", "directory.sqlite"] { #expect(unlink("\(directory.path)/\(name)") == 0) }
        #expect(throws: StartFailure.keyMissing(path: directory.keyPath)) { try NetworkFiles.load(directory) }
    }

    @Test func refusesWhatIsNoKeyOrCertificate() throws {
        _ = try NetworkFiles.load(directory)
        let key = try String(contentsOfFile: directory.keyPath)
        try write("no key", directory.keyPath)
        #expect(throws: StartFailure.keyUnreadable(path: directory.keyPath)) { try NetworkFiles.load(directory) }
        try write(key, directory.keyPath)
        try write("no certificate", directory.certificatePath)
        #expect(throws: StartFailure.certificateUnreadable(path: directory.certificatePath)) {
            try NetworkFiles.load(directory)
        }
    }

    @Test func refusesTheCertificateOfAnotherNetwork() throws {
        _ = try NetworkFiles.load(directory)
        let other = try StateDirectory(path: place.file("other"))
        let foreign = try NetworkFiles.load(other).key.certificatePEM
        try write(foreign, directory.certificatePath)
        #expect(
            throws: StartFailure.keyMismatch(
                keyPath: directory.keyPath, certificatePath: directory.certificatePath)
        ) { try NetworkFiles.load(directory) }
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}

extension String {
    fileprivate init(contentsOfFile path: String) throws {
        self.init(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
