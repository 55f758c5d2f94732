internal import Content

/// How a file was when this program last wrote into it or proved it, so that what another program makes of it shows. Within
/// a tick of the kernel's clock it does not.
struct FileWatch {
    /// Nil before the first write.
    private(set) var stamp: FileStamp?
    /// Another program wrote into it between two writes of ours.
    private(set) var isSpoiled = false
    private var writing = 0

    init(_ stamp: FileStamp? = nil) { self.stamp = stamp }

    /// - Parameter now: Before the write.
    mutating func begin(_ now: FileStamp) {
        // While several threads write, or one has written since it was looked at, nothing can be told.
        if writing == 0, let stamp, now.inode != stamp.inode || now.changed > stamp.changed { isSpoiled = true }
        writing += 1
    }

    mutating func end(_ now: FileStamp) {
        writing = max(0, writing - 1)
        // The latest counts.
        if let stamp, stamp.inode == now.inode, stamp.changed > now.changed { return }
        stamp = now
    }
}

/// What a download knows of the files of its partial folder.
struct FileProofs {
    /// Files of which an earlier download left something that was not proven since.
    private var doubtful: Set<Int>
    private var watches: [Int: FileWatch] = [:]
    /// Of files of several pieces, as far as they were learnt by reading.
    private(set) var layers: [Int: PieceLayer] = [:]

    init(doubtful: Set<Int>) { self.doubtful = doubtful }

    /// As which all that is recorded of the file is right; nil where that is not known.
    func stamp(of file: Int) -> FileStamp? {
        guard !doubtful.contains(file), let watch = watches[file], !watch.isSpoiled else { return nil }
        return watch.stamp
    }

    /// Whether another program was at work in the file.
    func isTouched(_ file: Int, _ now: FileStamp?) -> Bool {
        watches[file].map { $0.isSpoiled || $0.stamp != now } ?? false
    }

    mutating func proved(_ file: Int, _ stamp: FileStamp, _ layer: PieceLayer?) {
        doubtful.remove(file)
        watches[file] = FileWatch(stamp)
        if let layer, layer.hashes.count > 1 { layers[file] = layer }
    }

    mutating func beginWriting(_ file: Int, _ now: FileStamp) { watches[file, default: FileWatch()].begin(now) }
    mutating func endWriting(_ file: Int, _ now: FileStamp) { watches[file]?.end(now) }
}
