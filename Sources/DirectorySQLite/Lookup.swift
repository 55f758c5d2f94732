import Content
import Foundation
package import GRDB

/// By which publications are found by name and by content: a key of eight bytes for each, in three tables of which each is
/// longer than the one before (``LookupSchema``).
///
/// Keys are random all over: in one long table each new one would have a page read, and written twice, for itself alone. So they
/// come into the shortest, which goes into the next one as a whole, and that one piece by piece into the last
/// (``LookupLevels``), always in the order of keys: what comes onto one page is written together. (O'Neil and others, The
/// log-structured merge-tree, 1996.) Whoever finds a row by its key compares the row: another one may have the same.
package enum Lookup {
    /// Of a row of `publication`: it has the name `:name`.
    static let isNamed = """
        publication.id IN (SELECT id FROM lookup WHERE key = name_key(:name)) AND publication.name = :name
        """

    /// Of a row of `publication`: it has the content of `:root` and `:size`.
    static let hasContent = """
        publication.id IN (SELECT id FROM lookup WHERE key = substr(:root, 1, 8)) AND root = :root AND size = :size
        """

    /// `name_key(name)`: eight bytes of its SHA-256, as by those nobody can have many names stand under one key.
    package static var nameKey: DatabaseFunction {
        DatabaseFunction("name_key", argumentCount: 1, pure: true) { values in
            String.fromDatabaseValue(values[0]).map { Data(Hash256(hashing: $0.utf8).bytes.prefix(8)) }
        }
    }
}
