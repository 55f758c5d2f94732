import Directory
import Wire

/// Who may see a row of `publication`: by what stands outermost above it.
///
/// Each takes `:reader` and `:now`, see ``parameters(_:)``.
enum AccessSQL {
    /// The account of whoever asks; 0 where the store knows none.
    static let me = "coalesce((SELECT id FROM account WHERE name = :reader), 0)"

    /// Of `outermost`, for its owner and those whom he named, by name or by a group of theirs.
    private static let isReader = """
        (outermost.owner = \(me) OR EXISTS (
            SELECT 1 FROM reader WHERE reader.publication = outermost.id AND (expires = 0 OR expires > :now)
                AND (reader.name = :reader AND NOT EXISTS (SELECT 1 FROM member_group WHERE name = :reader)
                    OR reader.name IN (
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

    /// For a visible row, as ``Access`` has it.
    static let access = """
        (SELECT CASE WHEN outermost.visibility = 0 THEN 0 WHEN \(isReader) THEN 1 ELSE 2 END \(above))
        """

    /// - Parameter viewer: Nil is for who may see what is for everybody, and nothing else: no name is empty.
    static func parameters(_ viewer: Viewer?) -> [String: PostgresValue] {
        ["reader": .text(viewer?.user.text ?? ""), "now": .int(viewer?.now ?? 0)]
    }

    static func parameters(
        _ viewer: Viewer?, _ others: [String: PostgresValue]
    ) -> [String: PostgresValue] {
        parameters(viewer).merging(others) { $1 }
    }
}
