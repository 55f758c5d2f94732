internal import Content

/// What a download knows of the files of its partial folder: as which each was last written or proven, so that what another
/// program makes of it shows.
struct FileProofs {
    /// Files of which an earlier download left something that was not proven since.
    private var doubtful: Set<Int>
    private var stamps: [Int: FileStamp] = [:]
    /// Of files of several pieces, as far as they were learnt by reading.
    private(set) var layers: [Int: PieceLayer] = [:]

    init(doubtful: Set<Int>) { self.doubtful = doubtful }

    /// Nil where not all that is recorded of the file is proven.
    func stamp(of file: Int) -> FileStamp? { doubtful.contains(file) ? nil : stamps[file] }

    mutating func proved(_ file: Int, _ stamp: FileStamp, _ layer: PieceLayer?) {
        doubtful.remove(file)
        stamps[file] = stamp
        if let layer, layer.hashes.count > 1 { layers[file] = layer }
    }

    /// Several threads write: the latest stamp counts.
    mutating func wrote(_ file: Int, _ stamp: FileStamp) {
        if let known = stamps[file], known.inode == stamp.inode, known.changed > stamp.changed { return }
        stamps[file] = stamp
    }
}
