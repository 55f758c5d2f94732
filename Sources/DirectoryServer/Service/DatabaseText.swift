package import Directory

/// What is wrong with the database, as a part of a sentence: "it …".
package enum DatabaseText {
    package static func of(_ error: DirectoryStoreError) -> String {
        switch error {
        case .foreign: "it is no database of this program"
        case .corrupt(let detail): "it is damaged (\(detail))"
        case .newerSchema: "a newer version of this program wrote it"
        case .locked: "another program has it open"
        case .full: "the disk is full"
        case .forbidden: "it, its folder or a file beside it may not be written"
        case .away(let detail): "it does not answer (\(detail))"
        case .failed(let detail): detail
        }
    }
}
