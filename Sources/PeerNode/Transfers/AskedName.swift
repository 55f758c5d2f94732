import Content
package import Library
import Wire

/// What a name stands for among transfers, as somebody asks for it: with what chooses an owner or a root, at its top or behind its
/// path.
package struct AskedName: Sendable {
    private struct Reading {
        /// What the name at the top may be, and whose, or which content.
        let tops: [NameQuery]
        let path: [String]

        /// Whether the parts of a name lead to it, or into it; of whomever, unless that is said.
        func isBelow(_ parts: [String], _ isMeant: (NameQuery.Choice) -> Bool = { _ in true }) -> Bool {
            tops.contains { $0.name.text == parts.first && isMeant($0.choice) } && parts.dropFirst().starts(with: path)
        }
    }

    private let readings: [Reading]

    package init(_ text: String) {
        let asked = NameQuery.splitPath(text)
        readings = [asked, NameQuery.choosingAtTop(asked.name, asked.path)].compactMap(\.self).map { name, path in
            Reading(tops: NameQuery.readings(of: name), path: path)
        }
    }

    /// As far as its name says, of which others have some, too.
    ///
    /// - Parameter name: Of a transfer.
    package func means(_ name: String) -> Bool {
        let parts = name.pathParts
        return readings.contains { $0.isBelow(parts) && parts.count == $0.path.count + 1 }
    }

    /// Whether the transfer is of something in the folder that the name stands for, as far as its name says.
    package func isAbove(_ name: String) -> Bool {
        let parts = name.pathParts
        return readings.contains { $0.isBelow(parts) && parts.count > $0.path.count + 1 }
    }

    package func means(_ record: TransferRecord) -> Bool {
        readings.contains { $0.path == record.path && $0.tops.contains { $0.means(record) } }
    }

    /// For a file of a folder that others share: what the folder that the name stands for is called, and where the file is in it. Nil
    /// for any other.
    package func way(to record: TransferRecord) -> (folder: String, path: [String])? {
        let reading = readings.first { reading in
            record.path.count > reading.path.count && record.path.starts(with: reading.path)
                && reading.tops.contains { $0.means(record) }
        }
        guard let reading, record.content.kind == .file else { return nil }
        return (reading.path.last ?? record.name.text, Array(record.path.dropFirst(reading.path.count)))
    }

    /// Where what the get is of lies in the folder that the name stands for: nowhere else, where the way is empty. Nil where it is not
    /// in it.
    func way(to get: FolderGet) -> [String]? {
        let parts = get.name.pathParts
        return readings.first { $0.isBelow(parts) { [.any, .owner(get.owner)].contains($0) } }
            .map { Array(parts.dropFirst($0.path.count + 1)) }
    }

    /// Where in the folder of the get that lies which the name stands for, of which something has not come yet. Nil where it is
    /// not in it, or is all of it.
    func part(of get: FolderGet) -> [String]? {
        let parts = get.name.pathParts
        return readings.lazy.compactMap { reading -> [String]? in
            guard reading.path.count >= parts.count, reading.path.starts(with: parts.dropFirst()),
                reading.tops.contains(where: {
                    $0.name.text == parts.first && [.any, .owner(get.owner)].contains($0.choice)
                })
            else { return nil }
            return Array(reading.path.dropFirst(parts.count - 1))
        }.first { get.lacks($0) }
    }
}

extension NameQuery {
    /// Whether it is fetched from whom, and is what, the name chooses; of what an earlier version began nobody knows whose it is.
    fileprivate func means(_ record: TransferRecord) -> Bool {
        guard name == record.name else { return false }
        return switch choice {
        case .any: true
        case .owner(let owner): record.owner == nil || record.owner?.text == owner
        case .root(let prefix): record.content.root.hex.hasPrefix(prefix)
        }
    }
}
