import Library

/// The threads on which a node waits for disks, apart by purpose, so that none of them starves another.
struct NodeThreads: Sendable {
    let hasher = FileHasher()
    /// What others have hashed by asking for it: what the member publishes does not wait behind it.
    let demanded = FileHasher(threads: IOThreads(limit: 1, label: "hashing on demand"))
    /// What others wait for in folders that are shared, and what is hashed there when there is time.
    let wanted = FileHasher(threads: IOThreads(limit: 1, label: "hashing what is wanted"))
    let idle = FileHasher(threads: IOThreads(limit: 1, label: "hashing what is shared"), isIdle: true)
    /// Looking at folders that are shared.
    let sharing = IOThreads(limit: 1, label: "sharing")
    /// Opening, looking at and naming files.
    let files = IOThreads(limit: 4, label: "files")
    /// Looking at what may hang: no more of them than this do, however often one looks.
    let examining = IOThreads(limit: 4, label: "examining")
    /// Small files that are changed one after the other.
    let keeping = IOThreads(limit: 1, label: "keeping")
    let reading = IOThreads(limit: 4, label: "reading")
    /// Answers to hash requests: each may take a read of 16 MiB, and blocks must not wait behind it.
    let hashing = IOThreads(limit: 1, label: "hashing")
    let syncing = IOThreads(limit: 2, label: "syncing")
}
