package import Content
internal import Glibc
internal import Synchronization

/// The folder that a download of a folder fills: `.bittrickle-<hash>.part` in the folder of the target, with one record
/// of its verified pieces beside it (`.have`, see ``PartialRecord``). The target's name appears only when the whole is
/// on the disk.
///
/// Invariant: a piece stands in the record only if its bytes were written before; a bit is never taken back but when
/// the disk fails, or by ``recheck(_:_:hashes:flag:)``. The record is locked while this lives, so that two programs cannot
/// write here.
///
/// All calls block, and may come from several threads at once.
package final class PartialFolder: Sendable {
    /// In bytes: from here on a file is kept open.
    private static let large: Int64 = 64 << 10
    private static let keptCount = 32

    package let part: FolderPart
    /// Where the target will be.
    package let folderPath: String
    /// The pieces that an earlier download left verified.
    package let resumed: [PieceIndex]

    private let outer: Descriptor
    let tree: OpenFolder
    let record: VerifiedPieces
    private let left: LeftFiles
    private let kept = Mutex<[Int: Descriptor]>([:])
    private let proofs: Mutex<FileProofs>

    var geometry: Geometry { part.layout.geometry }
    private var dataName: String { HiddenNames.part(part.key) }

    /// Where the files are until then.
    package var path: String { "\(folderPath)/\(dataName)" }

    /// Where the files of a part of a folder are that is fetched to there.
    package static func path(of folder: ContentID, at path: [String], in folderPath: String) -> String {
        "\(folderPath)/\(HiddenNames.part(key(folder, path)))"
    }

    static func key(_ folder: ContentID, _ path: [String]) -> Hash256 {
        FolderPart.key(of: folder, at: path.map { Array($0.utf8) })
    }

    /// Opens or makes the partial folder of a part of a folder.
    ///
    /// Throws ``FileFailure``: ``FileFailure/Reason/inUse`` where another download of it runs here,
    /// ``FileFailure/Reason/diskFull`` where what is missing does not fit.
    ///
    /// - Parameters:
    ///   - threads: where bytes are brought to the disk, while the download goes on.
    ///   - syncInterval: how often that is begun at most.
    ///   - bootID: what tells this run of the system from others; see ``PartialRecord``.
    package init(
        of part: FolderPart, in folderPath: String, threads: IOThreads, syncInterval: Duration = .seconds(10),
        bootID: [UInt8]? = BootID.current()
    ) throws(FileFailure) {
        let outer = try Descriptor(folder: folderPath)
        let recordFile = try outer.openLocked(HiddenNames.record(part.key))
        let name = HiddenNames.part(part.key)
        var record = PartialRecord(content: part.layout.id, geometry: part.layout.geometry, bootID: bootID)
        var synced = record
        var left: LeftFiles?
        if try outer.isFolder(name) {
            let stored = try recordFile.prefix(
                record.maximumLength + LeftFiles.maximumLength(of: part.layout))
            record.merge(stored)
            synced.merge(stored, [.synced])
            left = LeftFiles(decoding: stored.dropFirst(record.stampOffset), of: part.layout.id)
        }
        if record.count == 0 {
            // The record first: bits must never meet bytes that they do not speak of.
            try recordFile.resize(to: 0)
            try outer.removeTree(name)
            _ = try retried("\(folderPath)/\(name)") { mkdirat(outer.number, name, 0o777) }
        }
        let tree = OpenFolder(try Descriptor(folder: name, in: outer))
        let wanted = part.pieces
        let missing = wanted.filter { !record.contains($0) }
            .reduce(Int64(0)) { $0 + Int64(part.layout.geometry.length(of: $1)) }
        do throws(FileFailure) { try tree.root.requireFree(missing) } catch {
            if record.count == 0 { try outer.removePartial(part.key) }
            throw error
        }
        self.part = part
        self.folderPath = folderPath
        self.outer = outer
        self.tree = tree
        resumed = record.pieces
        self.left = left ?? LeftFiles()
        proofs = Mutex(FileProofs(doubtful: Set(resumed.map(part.layout.geometry.file(of:)))))
        self.record = VerifiedPieces(
            record, synced: synced, in: recordFile, threads: threads, syncInterval: syncInterval
        ) { () throws(FileFailure) in try tree.root.syncFileSystem() }
    }

    // MARK: Bytes

    /// Writes bytes one after the other from `offset` on, which must lie within the content. Makes files and folders as they
    /// come.
    package func write(_ bytes: [UnsafeRawBufferPointer], at offset: Int64) throws(FileFailure) {
        var rest = ScatteredBytes(bytes)
        for run in geometry.parts(offset: offset, length: bytes.reduce(0) { $0 + $1.count }) {
            let file = try open(run.file)
            let before = try file.stamp()
            proofs.withLock { $0.beginWriting(run.file, before) }
            try file.write(rest.take(run.length), at: run.offset)
            let after = try file.stamp()
            proofs.withLock { $0.endWriting(run.file, after) }
        }
    }

    /// Reads bytes that were written before, from `offset` on.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileFailure) {
        var rest = buffer
        for run in geometry.parts(offset: offset, length: buffer.count) {
            let file = try existing(run.file)
            let count = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: rest[..<run.length]), at: run.offset)
            guard count == run.length else { throw FileFailure(.changed, path: file.path) }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[run.length...])
        }
    }

    /// Not made where it is missing: it may have been given its name a moment ago.
    private func existing(_ number: Int) throws(FileFailure) -> Descriptor {
        if let known = kept.withLock({ $0[number] }) { return known }
        return try tree.openForReading(part.place(of: number))
    }

    /// The file is opened anew when it is needed.
    func close(_ number: Int) { kept.withLock { $0[number] = nil } }

    private func open(_ number: Int) throws(FileFailure) -> Descriptor {
        if let known = kept.withLock({ $0[number] }) { return known }
        let file = try tree.openForWriting(part.place(of: number))
        guard part.layout.content(of: number).size >= Self.large else { return file }
        kept.withLock { kept in
            if kept.count >= Self.keptCount, let any = kept.keys.first { kept[any] = nil }
            kept[number] = file
        }
        return file
    }

    /// Puts what lies here already in the place of a file, and looks whether it is that. Nil where it is not. Shares
    /// the bytes where the file system can.
    ///
    /// - Parameter source: A file that had this stamp and content when it was hashed.
    package func copy(
        _ number: Int, from source: String, stamp: FileStamp, flag: CancellationFlag
    ) throws -> PieceLayer? {
        let file = try tree.openForWriting(part.place(of: number))
        let layer = try file.takeCopy(
            of: source, stamp: stamp, content: part.layout.content(of: number), pieceLength: geometry.pieceLength,
            flag: flag)
        if let layer { proved(number, as: try file.stamp(), layer) }
        return layer
    }

    /// All that is recorded of a file is right, as long as it has this stamp.
    func proved(_ number: Int, as stamp: FileStamp, _ layer: PieceLayer?) {
        proofs.withLock { $0.proved(number, stamp, layer) }
    }

    // MARK: Verified

    /// Notes that these pieces are verified; all their writes must have returned. From here on a program that
    /// is killed finds them again, and one whose computer fails does so some seconds later.
    package func recordVerified(_ pieces: some Sequence<PieceIndex>) throws(FileFailure) { try record.add(pieces) }

    // MARK: Ends

    /// Gives the whole its name in the folder, where nothing may stand yet, with all of it on the disk, and removes the
    /// record. Throws ``FileFailure``: ``FileFailure/Reason/exists`` where the name is taken,
    /// ``FileFailure/Reason/changed`` where files were touched, see ``touched()``.
    ///
    /// - Returns: The files' stamps, in their order.
    package func finish(as name: String) throws(FileFailure) -> [FileStamp] {
        kept.withLock { $0 = [:] }
        // Of what was put in the place of an inner folder meanwhile nothing is known.
        tree.lookAnew()
        guard try record.holds(part.pieces) else { throw FileFailure(.incomplete, path: path) }
        for file in part.files where part.layout.content(of: file).size == 0 {
            try tree.openForWriting(part.place(of: file)).resize(to: 0)
        }
        var stamps = try stamps()
        try tree.root.syncFileSystem()
        if part.isFile {
            let inner = part.place(of: part.files.lowerBound)
            try tree.root.renameNew(String(decoding: inner.last ?? [], as: UTF8.self), to: name, in: outer)
            stamps = [try outer.stamp(of: name)]
        } else {
            guard try outer.holds(tree.root, as: dataName) else { throw FileFailure(.changed, path: path) }
            try outer.renameNew(dataName, to: name, in: outer)
        }
        try outer.sync()
        try outer.removePartial(part.key)
        return stamps
    }

    /// Files that are not as this program wrote or proved them last: another one was at work there. To be called when all is
    /// recorded.
    package func touched() -> [Int] {
        tree.lookAnew()
        return part.files.filter { file in
            guard part.layout.content(of: file).size > 0 else { return false }
            let stamp = try? tree.stamp(of: part.place(of: file))
            return proofs.withLock { $0.isTouched(file, stamp) }
        }
    }

    /// Throws where two files are one, which is so where names differ in what the file system does not tell apart.
    private func stamps() throws(FileFailure) -> [FileStamp] {
        let proofs = proofs.withLock { $0 }
        var stamps: [FileStamp] = []
        stamps.reserveCapacity(part.files.count)
        for file in part.files {
            let stamp = try tree.stamp(of: part.place(of: file))
            guard stamp.size == part.layout.content(of: file).size else { throw FileFailure(.changed, path: path) }
            stamps.append(stamp)
        }
        guard Set(stamps.map(\.inode)).count == stamps.count else { throw FileFailure(.exists, path: path) }
        guard !zip(part.files, stamps).contains(where: { $0.1.size > 0 && proofs.isTouched($0.0, $0.1) }) else {
            throw FileFailure(.changed, path: path)
        }
        return stamps
    }

    /// Leaves what there is to the next download of it, which believes what of it is proven and still as this program left
    /// it. Nothing may be written any more.
    ///
    /// - Parameter hashes: As far as they are known.
    package func release(hashes: PieceHashes) {
        let proofs = proofs.withLock { $0 }
        var left = LeftFiles()
        tree.lookAnew()
        for file in Set(record.pieces.map(geometry.file(of:))) where part.files.contains(file) {
            guard let stamp = proofs.stamp(of: file), stamp.size <= part.layout.content(of: file).size,
                (try? tree.stamp(of: part.place(of: file))) == stamp
            else { continue }
            let isSmall = geometry.pieces(ofFiles: file..<file + 1).count <= 1
            left.insert(file, stamp, isSmall ? nil : hashes.layer(ofFile: file) ?? proofs.layers[file])
        }
        record.release(left.encoded(of: part.layout.id))
    }

    /// What is known of a file that is as an earlier download left it, which had proven what the record says of it.
    package struct Left: Hashable, Sendable {
        /// Nil where it was not known.
        package let layer: PieceLayer?
    }

    /// Nil where any program may have written into the file since, or nobody has proven it.
    package func asLeft(_ number: Int) -> Left? {
        guard let stamp = try? tree.stamp(of: part.place(of: number)), let file = left.file(number, stamp) else {
            return nil
        }
        let content = part.layout.content(of: number)
        let layer =
            PieceLayer(ofSmall: content, pieceLength: geometry.pieceLength)
            ?? (try? PieceLayer(decoding: file.layer, of: content, pieceLength: geometry.pieceLength))
        proved(number, as: stamp, layer)
        return Left(layer: layer)
    }

    /// Gives up: removes the partial folder and its record, but no folder that somebody put in its place.
    package func discard() throws(FileFailure) {
        guard try outer.holds(tree.root, as: dataName) else { return try outer.remove(HiddenNames.record(part.key)) }
        try outer.removePartial(part.key)
    }

    /// Throws ``FileFailure/Reason/nameTooLong`` where a folder cannot hold a file of the part, or the target, and
    /// ``FileFailure/Reason/pathTooLong`` where programs could not name one that lies there: to be asked before anything is fetched.
    package static func checkNames(of part: FolderPart, as name: String, in folderPath: String) throws(FileFailure) {
        try PartialFile.checkName(name, in: folderPath)
        let longest = part.files.lazy.flatMap { part.place(of: $0) }.max { $0.count < $1.count } ?? []
        try PartialFile.checkName(String(decoding: longest, as: UTF8.self), in: folderPath)
        let inner = part.files.lazy.map { FileTreeEntry.byteCount(of: part.place(of: $0)) }.max() ?? 0
        let outer = max(name.utf8.count, HiddenNames.part(part.key).utf8.count)
        guard folderPath.utf8.count + outer + inner + 2 <= FileTreeEntry.maximumPathByteCount else {
            throw FileFailure(.pathTooLong, path: "\(folderPath)/\(name)")
        }
    }
}
