import Directory

/// Why the database cannot be opened, as a part of a sentence.
enum DatabaseText {
    static func of(_ error: DirectoryStoreError) -> String {
        switch error {
        case .foreign: "it is no database of this program"
        case .corrupt(let detail): "it is damaged (\(detail))"
        case .newerSchema: "a newer version of this program wrote it"
        case .locked: "another program has it open"
        case .full: "the disk is full"
        case .failed(let detail): detail
        }
    }
}
