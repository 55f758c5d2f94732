package import Directory
import GRDB
package import Wire

/// Groups of members. They are kept by names, as members of the credentials file need not be in the store.
extension DirectorySQLite {
    package func groups() async throws(DirectoryStoreError) -> [GroupEntry] {
        try await read { db in
            let sql = """
                SELECT member_group.name AS name, count(group_member.name) AS members
                FROM member_group LEFT JOIN group_member ON group_member.member_group = member_group.id
                GROUP BY member_group.id ORDER BY member_group.name
                """
            return try Row.fetchAll(db, sql: sql).map {
                GroupEntry(name: try $0.userName("name"), memberCount: $0["members"])
            }
        }
    }

    package func addGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool {
        try await writer.write { db in
            guard try Self.account(of: name, db) == nil else { return false }
            try db.execute(
                sql: "INSERT INTO member_group (name) VALUES (?) ON CONFLICT (name) DO NOTHING", arguments: [name.text])
            return true
        }
    }

    package func removeGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool {
        try await writer.write { db in
            try db.execute(sql: "DELETE FROM member_group WHERE name = ?", arguments: [name.text])
            guard db.changesCount > 0 else { return false }
            // Another group of the name is to inherit nothing.
            try db.execute(sql: "DELETE FROM reader WHERE name = ?", arguments: [name.text])
            return true
        }
    }

    package func changeGroup(_ name: UserName, add: [UserName], remove: [UserName], limit: Int64)
        async throws(DirectoryStoreError) -> GroupChanging
    {
        try await writer.write { db in
            guard let group = try Self.group(name, db) else { return .noSuchGroup }
            let names = "SELECT name FROM group_member WHERE member_group = ?"
            let former = try Set(Row.fetchAll(db, sql: names, arguments: [group]).map { try $0.userName("name") })
            guard former.subtracting(remove).union(add).count <= limit else { return .tooManyMembers }
            let deletion = try db.cachedStatement(sql: "DELETE FROM group_member WHERE member_group = ? AND name = ?")
            for member in remove { try deletion.execute(arguments: [group, member.text]) }
            let insertion = try db.cachedStatement(
                sql: "INSERT INTO group_member (member_group, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
            for member in add {
                // So that the name never becomes another one's, also of who never signed in.
                try Self.note(Sighting(user: member, time: 0), db)
                try insertion.execute(arguments: [group, member.text])
            }
            return .changed
        }
    }

    package func members(ofGroup name: UserName) async throws(DirectoryStoreError) -> [UserName]? {
        try await read { db in
            guard let group = try Self.group(name, db) else { return nil }
            let sql = "SELECT name FROM group_member WHERE member_group = ? ORDER BY name"
            return try Row.fetchAll(db, sql: sql, arguments: [group]).map { try $0.userName("name") }
        }
    }

    package func groups(of member: UserName) async throws(DirectoryStoreError) -> [UserName] {
        try await read { db in try Self.groups(of: member, db) }
    }

    static func groups(of member: UserName, _ db: Database) throws -> [UserName] {
        let sql = """
            SELECT member_group.name AS name FROM group_member
            JOIN member_group ON member_group.id = group_member.member_group
            WHERE group_member.name = ? ORDER BY member_group.name
            """
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [member.text]).map { try $0.userName("name") }
    }

    static func group(_ name: UserName, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM member_group WHERE name = ?"), arguments: [name.text])
    }
}
