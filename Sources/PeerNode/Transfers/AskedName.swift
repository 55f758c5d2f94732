import Content
import Library
import Wire

/// What a name stands for among transfers, as somebody asks for it: with what chooses an owner or a root, at its top or behind its
/// path.
package struct AskedName: Sendable {
    private struct Reading {
        /// What the name at the top may be.
        let tops: Set<String>
        let path: [String]
    }

    private let readings: [Reading]

    package init(_ text: String) {
        let asked = NameQuery.splitPath(text)
        readings = [asked, NameQuery.choosingAtTop(asked.name, asked.path)].compactMap(\.self).map { name, path in
            Reading(tops: Set(NameQuery.readings(of: name).map(\.name.text)), path: path)
        }
    }

    /// - Parameter name: Of a transfer.
    package func means(_ name: String) -> Bool {
        let parts = name.pathParts
        return readings.contains { reading in
            parts.first.map(reading.tops.contains) == true && parts.dropFirst().elementsEqual(reading.path)
        }
    }

    /// Whether the transfer is of something in the folder that the name stands for.
    package func isAbove(_ name: String) -> Bool {
        let parts = name.pathParts
        return readings.contains { reading in
            parts.first.map(reading.tops.contains) == true && parts.count > reading.path.count + 1
                && parts.dropFirst().starts(with: reading.path)
        }
    }

    /// For a file of a folder that others share: what the folder that the name stands for is called, and where the file is in it. Nil
    /// for any other.
    func way(to record: TransferRecord) -> (folder: String, path: [String])? {
        guard record.content.kind == .file, isAbove(record.text),
            let reading = readings.first(where: { record.path.starts(with: $0.path) })
        else { return nil }
        return (reading.path.last ?? record.name.text, Array(record.path.dropFirst(reading.path.count)))
    }
}
