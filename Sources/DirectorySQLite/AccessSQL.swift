import Directory
import GRDB
import Wire

/// Who may see a row of `publication`: by what stands outermost above it.
///
/// Each takes `:me`, `:reader` and `:now`, see ``arguments(_:_:)``.
enum AccessSQL {
    /// Of `outermost`, for its owner and those whom he named, by name or by a group of theirs.
    private static let isReader = """
        (outermost.owner = :me OR EXISTS (
            SELECT 1 FROM reader WHERE reader.publication = outermost.id AND (expires = 0 OR expires > :now)
                AND (reader.name = :reader AND NOT EXISTS (SELECT 1 FROM member_group WHERE name = :reader) OR reader.name IN (
                    SELECT member_group.name FROM group_member
                    JOIN member_group ON member_group.id = group_member.member_group
                    WHERE group_member.name = :reader))))
        """

    private static let above =
        "FROM publication AS outermost WHERE outermost.id = coalesce(publication.top, publication.id)"

    /// Of what is locked, only what stands at the top is seen.
    static let isVisible = """
        EXISTS (SELECT 1 \(above) AND (
            outermost.visibility = 0 OR outermost.visibility = 2 AND publication.top IS NULL OR \(isReader)))
        """

    /// It is for some, and he is one of them.
    static let isGranted = "EXISTS (SELECT 1 \(above) AND outermost.visibility <> 0 AND \(isReader))"

    static let isRestricted = "EXISTS (SELECT 1 \(above) AND outermost.visibility <> 0)"

    /// A column `access` for a visible row, as ``Access`` has it.
    static let access = """
        (SELECT CASE WHEN outermost.visibility = 0 THEN 0 WHEN \(isReader) THEN 1 ELSE 2 END \(above)) AS access
        """

    /// - Parameter viewer: Nil is for who may see what is for everybody, and nothing else: no name is empty.
    static func arguments(_ viewer: Viewer?, _ db: Database) throws -> StatementArguments {
        let me = try viewer.flatMap { try DirectorySQLite.account(of: $0.user, db) }
        return ["me": me ?? 0, "reader": viewer?.user.text ?? "", "now": viewer?.now ?? 0]
    }
}

extension Row {
    func access() throws -> Access {
        guard let access = Access(rawValue: self["access"]) else { throw ColumnFault.corrupt("visibility") }
        return access
    }
}
