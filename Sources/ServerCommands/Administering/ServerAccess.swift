import ArgumentParser
import DirectoryServer
import FoundationEssentials
import Terminal
import Wire

/// A command that asks the server that runs here.
protocol AdministrativeCommand: WordCommand {}

/// Which server is asked, and how its answers are told.
struct ServerAccess: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The server's state folder (default: BITTRICKLE_DATA, else bittrickle-data).", valueName: "dir"))
    var folder: String?

    var data: String { folder ?? EnvironmentVariables.all["BITTRICKLE_DATA"] ?? ServerSettings.standardData }

    @Flag(help: "Print JSON, one object a line.")
    var json = false

    private var client: AdminClient { AdminClient(dataDirectory: data) }

    /// - Throws: ``ServerRefusal``, also where the server refuses.
    @discardableResult
    func change(_ change: AdministrativeChange) async throws -> AdminAnswer {
        let answer: AdminAnswer
        do throws(AdminClient.Failure) {
            answer = try await client.ask(.change(change))
        } catch {
            throw ServerRefusal(ServerMessages.message(for: error, data: data))
        }
        if case .refused(let refusal) = answer {
            throw ServerRefusal(ServerMessages.message(for: refusal, to: change))
        }
        return answer
    }

    /// All entries of a list.
    func list<Entry>(
        _ list: AdministrativeList, _ entries: (AdminPart) -> [Entry]?
    ) async throws -> [Entry] {
        let parts: [AdminAnswer]
        do throws(AdminClient.Failure) {
            parts = try await client.parts(of: list)
        } catch {
            throw ServerRefusal(ServerMessages.message(for: error, data: data))
        }
        return try parts.flatMap { part in
            switch part {
            case .part(let part, _): if let entries = entries(part) { return entries }
            case .refused(let refusal): throw ServerRefusal(ServerMessages.message(for: refusal))
            default: break
            }
            throw ServerRefusal(ServerMessages.message(for: .misbehaved, data: data))
        }
    }

    /// - Parameter row: What the table says of an entry, a text a column.
    func show<Entry: Encodable>(
        _ entries: [Entry], _ columns: [String], none: String, row: (Entry) -> [String]
    ) throws {
        if json {
            for entry in entries { print(try JSONLine.of(entry)) }
        } else if entries.isEmpty {
            print(none)
        } else {
            for line in Table.lines(columns, entries.map(row)) { print(line) }
        }
    }

    /// What was done, for people.
    func tell(_ text: String) { if !json { print(text) } }
}

/// What a command says in place of doing what it was asked.
package struct ServerRefusal: Error {
    package let message: ServerMessage
    init(_ message: ServerMessage) { self.message = message }
}

enum JSONLine {
    static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
