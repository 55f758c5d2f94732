package import Directory
package import Wire

/// Groups of members. They are kept by names, as members of the credentials file need not be in the store.
extension DirectoryPostgres {
    package func groups() async throws(DirectoryStoreError) -> [GroupEntry] {
        try await read { db in
            let sql = """
                SELECT member_group.name AS name, count(group_member.name) AS members
                FROM member_group LEFT JOIN group_member ON group_member.member_group = member_group.id
                GROUP BY member_group.id ORDER BY member_group.name
                """
            return try db.run(sql).map { GroupEntry(name: try $0.userName("name"), memberCount: try $0.int("members")) }
        }
    }

    package func addGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool {
        try await write { db in
            try Accounts.lockNames(db)
            guard try Accounts.find(name, db) == nil else { return false }
            let count = try db.run(
                "INSERT INTO member_group (name) VALUES (:name) ON CONFLICT (name) DO NOTHING", ["name": .user(name)]
            ).affected
            // Who published for a group of the name while it was removed may have left a row.
            if count > 0 { _ = try db.run("DELETE FROM reader WHERE name = :name", ["name": .user(name)]) }
            return true
        }
    }

    package func removeGroup(_ name: UserName) async throws(DirectoryStoreError) -> Bool {
        try await write { db in
            try Accounts.lockNames(db)
            let parameters: [String: PostgresValue] = ["name": .user(name)]
            guard try db.run("DELETE FROM member_group WHERE name = :name", parameters).affected > 0 else {
                return false
            }
            // Another group of the name is to inherit nothing.
            _ = try db.run("DELETE FROM reader WHERE name = :name", parameters)
            return true
        }
    }

    package func changeGroup(_ name: UserName, add: [UserName], remove: [UserName], limit: Int64)
        async throws(DirectoryStoreError) -> GroupChanging
    {
        try await write { db in
            try Accounts.lockNames(db)
            guard let group = try Groups.find(name, db) else { return .noSuchGroup }
            let former = try Set(Groups.members(of: group, db))
            guard former.subtracting(remove).union(add).count <= limit else { return .tooManyMembers }
            for member in remove {
                _ = try db.run(
                    "DELETE FROM group_member WHERE member_group = :group AND name = :name",
                    ["group": .int(group), "name": .user(member)])
            }
            for member in add.sorted() {
                // So that the name never becomes another one's, also of who never signed in.
                try Accounts.note(Sighting(user: member, time: 0), db)
                _ = try db.run(
                    "INSERT INTO group_member (member_group, name) VALUES (:group, :name) ON CONFLICT DO NOTHING",
                    ["group": .int(group), "name": .user(member)])
            }
            return .changed
        }
    }

    package func members(ofGroup name: UserName) async throws(DirectoryStoreError) -> [UserName]? {
        try await read { db in try Groups.find(name, db).map { try Groups.members(of: $0, db) } }
    }

    package func groups(of member: UserName) async throws(DirectoryStoreError) -> [UserName] {
        try await read { db in
            let sql = """
                SELECT member_group.name AS name FROM group_member
                JOIN member_group ON member_group.id = group_member.member_group
                WHERE group_member.name = :name ORDER BY member_group.name
                """
            return try db.run(sql, ["name": .user(member)]).map { try $0.userName("name") }
        }
    }
}

/// What is done with groups within a transaction.
enum Groups {
    static func find(_ name: UserName, _ db: PostgresConnection) throws -> Int64? {
        try db.run("SELECT id FROM member_group WHERE name = :name", ["name": .user(name)]).first?.int("id")
    }

    static func members(of group: Int64, _ db: PostgresConnection) throws -> [UserName] {
        try db.run(
            "SELECT name FROM group_member WHERE member_group = :group ORDER BY name", ["group": .int(group)]
        ).map { try $0.userName("name") }
    }
}
