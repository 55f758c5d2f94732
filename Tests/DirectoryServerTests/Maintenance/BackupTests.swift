import Directory
import DirectoryClient
import DirectoryServer
import Foundation
import GRDB
import Glibc
import TestKit
import Testing
import Wire

/// Backups are whole, of one moment, and go back.
struct BackupTests {
    private let fixture: ServerFixture
    private let data: String
    private let file: String

    init() throws {
        fixture = try ServerFixture()
        data = fixture.place.file("data")
        file = fixture.place.file("backup")
    }

    private func publish(_ names: [String], at port: UInt16) async throws {
        let client = try await connected(to: port)
        _ = try await client.signIn(try Device("hans").login("falcon*solo"))
        _ = try await client.publish(try names.map { try Sample.draft($0, 1) })
        await client.goodbye()
    }

    private func published(at port: UInt16, pin: NetworkPin) async throws -> [String] {
        let client = try await connected(to: port, pin: pin)
        _ = try await client.signIn(try Device("hans").login("falcon*solo"))
        let names = try await client.published().map(\.name.text)
        await client.goodbye()
        return names
    }

    @Test func aRunningServersBackupIsTheNetworkInAnotherFolder() async throws {
        let pin = try await fixture.running { server in
            try await publish(["a", "b"], at: server.port)
            let totals = try ServerBackup.make(of: data, to: file, replacing: false)
            #expect(totals == StoreTotals(members: 1, publications: 2))
            // The server goes on, and what comes now is not in it.
            try await publish(["c"], at: server.port)
            return server.pin
        }
        #expect(FileStamp(path: file)?.mode == 0o600)
        let other = fixture.place.file("other")
        #expect(try ServerRestore.put(file, into: other, replacing: false).faults.isEmpty)
        for name in ["network.key", "network.pem"] {
            #expect(
                try Data(contentsOf: URL(filePath: "\(other)/\(name)"))
                    == Data(contentsOf: URL(filePath: "\(data)/\(name)")))
            #expect(FileStamp(path: "\(other)/\(name)")?.mode == 0o600)
        }
        var configuration = fixture.configuration
        configuration.dataDirectory = other
        try await DirectoryServer.whileRunning(configuration) { server in
            #expect(server.pin == pin)
            let names = try await published(at: server.port, pin: pin)
            #expect(names == ["a", "b"])
        }
        // The key stands in its own file, and nowhere else.
        let database = try Data(contentsOf: URL(filePath: "\(other)/directory.sqlite"))
        #expect(!String(decoding: database, as: UTF8.self).contains("PRIVATE KEY"))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.place.path)
        #expect(!names.contains { $0.contains(".new") })
    }

    @Test func nothingIsReplacedUnasked() async throws {
        try await fixture.running { server in try await publish(["a"], at: server.port) }
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        #expect(throws: MaintenanceFailure.exists(path: file)) {
            try ServerBackup.make(of: data, to: file, replacing: false)
        }
        #expect(throws: MaintenanceFailure.inUse(path: "\(data)/network.key")) {
            try ServerRestore.put(file, into: data, replacing: false)
        }
        try await fixture.running { server in
            try await publish(["b"], at: server.port)
            #expect(throws: MaintenanceFailure.state(.locked(path: data))) {
                try ServerRestore.put(file, into: data, replacing: true)
            }
        }
        #expect(try ServerRestore.put(file, into: data, replacing: true).totals.publications == 1)
        try await fixture.running { server in
            let names = try await published(at: server.port, pin: server.pin)
            #expect(names == ["a"])
        }
        _ = try ServerBackup.make(of: data, to: file, replacing: true)
        #expect(try ServerRestore.look(at: file).finding.totals.publications == 1)
    }

    @Test func credentialsInTheFolderGoAlong() async throws {
        try await fixture.running { _ in }
        try Data("hans falcon*solo\n".utf8).write(to: URL(filePath: "\(data)/credentials.txt"))
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        let other = fixture.place.file("other")
        _ = try ServerRestore.put(file, into: other, replacing: false)
        #expect(try String(contentsOfFile: "\(other)/credentials.txt", encoding: .utf8) == "hans falcon*solo\n")
        #expect(FileStamp(path: "\(other)/credentials.txt")?.mode == 0o600)
    }

    /// Who restores is root as a rule, and who reads it then is not.
    @Test(.enabled(if: geteuid() == 0)) func whatRootPutsBackIsTheFoldersOwners() async throws {
        try await fixture.running { _ in }
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        let other = fixture.place.file("other")
        try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
        chown(other, 65_534, 65_534)
        _ = try ServerRestore.put(file, into: other, replacing: false)
        for name in ["network.key", "network.pem", "directory.sqlite", "lock"] {
            let owner = try FileManager.default.attributesOfItem(atPath: "\(other)/\(name)")[.ownerAccountID]
            #expect((owner as? NSNumber)?.intValue == 65_534, "\(name)")
        }
    }

    @Test func whatIsNoBackupIsNotPutBack() async throws {
        try await fixture.running { _ in }
        let other = fixture.place.file("other")
        #expect(throws: MaintenanceFailure.noBackup(path: "\(data)/directory.sqlite")) {
            try ServerRestore.put("\(data)/directory.sqlite", into: other, replacing: false)
        }
        try Data(String(repeating: "no database ", count: 100).utf8).write(to: URL(filePath: file))
        #expect(throws: MaintenanceFailure.noBackup(path: file)) {
            try ServerRestore.put(file, into: other, replacing: false)
        }
        #expect(throws: MaintenanceFailure.noBackup(path: data)) { try ServerRestore.look(at: data) }
        for missing in ["\(file)x", "\(other)/x"] {
            #expect(throws: MaintenanceFailure.noFile(path: missing)) {
                try ServerRestore.put(missing, into: other, replacing: false)
            }
        }
        #expect(throws: MaintenanceFailure.noState(folder: other)) {
            try ServerBackup.make(of: other, to: file, replacing: true)
        }
        #expect(access(other, F_OK) != 0)
    }

    @Test func aBackupThatWasCutOffIsDamaged() async throws {
        try await fixture.running { server in try await publish(["a"], at: server.port) }
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        let bytes = try Data(contentsOf: URL(filePath: file))
        try bytes.prefix(30_000).write(to: URL(filePath: file))
        let other = fixture.place.file("other")
        #expect(throws: MaintenanceFailure.damaged(path: file)) {
            try ServerRestore.put(file, into: other, replacing: false)
        }
        #expect(access(other, F_OK) != 0)
    }

    /// A byte wrong anywhere is found, or was in no page that counts; nothing is put in place of what is there.
    @Test func aDamagedBackupIsNotPutBack() async throws {
        try await fixture.running { server in try await publish((0..<300).map { "name \($0)" }, at: server.port) }
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        var bytes = try Data(contentsOf: URL(filePath: file))
        for index in 8_192..<(bytes.count / 2) { bytes[index] = bytes[index] &+ 1 }
        try bytes.write(to: URL(filePath: file))
        #expect(throws: MaintenanceFailure.self) { try ServerRestore.put(file, into: data, replacing: true) }
        #expect(try ServerCheck.look(at: data).faults.isEmpty)
    }

    @Test func anotherKeysCertificateIsRefused() async throws {
        try await fixture.running { _ in }
        _ = try ServerBackup.make(of: data, to: file, replacing: false)
        let queue = try DatabaseQueue(path: file)
        try await queue.write { db in
            try db.execute(sql: "UPDATE state_file SET bytes = x'00' WHERE name = 'network.pem'")
        }
        try queue.close()
        #expect(
            throws: MaintenanceFailure.faulty(
                path: file, faults: ["network.pem does not hold the network's certificate."])
        ) { try ServerRestore.put(file, into: data, replacing: true) }
    }

    @Test func withoutTheKeyThereIsNoBackup() async throws {
        try await fixture.running { _ in }
        unlink("\(data)/network.key")
        #expect(throws: MaintenanceFailure.state(.keyMissing(path: "\(data)/network.key"))) {
            try ServerBackup.make(of: data, to: file, replacing: false)
        }
        #expect(access(file, F_OK) != 0)
    }
}
