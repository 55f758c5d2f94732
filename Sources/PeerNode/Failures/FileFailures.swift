import Content
import Glibc
import Library
import NodeControl

extension FileFailure {
    /// Of a file that is to be read.
    var whileReading: NodeFailure {
        switch reason {
        case .missing, .notAFolder: .noSuchFile(path: path)
        case .isFolder: .isDirectory(path: path)
        case .notAFile: .notRegularFile(path: path)
        case .changed: .changedWhileReading(path: path)
        case .noBytes: .folderUnpublishable(path: path, fault: .empty)
        case .tooManyFiles: .folderUnpublishable(path: path, fault: .tooMuch)
        case .tooDeep, .pathTooLong: .folderUnpublishable(path: path, fault: .tooDeep)
        case .ownState: .folderUnpublishable(path: path, fault: .ownState)
        case .serverState: .folderUnpublishable(path: path, fault: .serverState)
        case .ownFile: .folderUnpublishable(path: path, fault: .ownFile)
        case .serverKey: .folderUnpublishable(path: path, fault: .serverKey)
        case .identityKey: .folderUnpublishable(path: path, fault: .identityKey)
        default: .unreadable(path: path, reason: sentence)
        }
    }

    /// Of a file that is to be written; `target` is the name that its user knows.
    func whileWriting(_ target: String) -> NodeFailure {
        switch reason {
        case .diskFull: .diskFull(path: target)
        case .exists: .targetExists(path: target)
        case .inUse: .downloadInProgress(path: target)
        case .nameTooLong: .nameTooLong(name: target, bytes: target.utf8.count)
        case .changed: .partialSpoiled(path: target)
        // What is in the way is mostly where the partial file is to be, not the target.
        case .isLink, .isFolder, .notAFile: .unwritable(path: path, reason: sentence)
        default: .unwritable(path: target, reason: sentence)
        }
    }

    /// What happened, as part of a sentence.
    var sentence: String {
        switch reason {
        case .missing: "there is no such file or folder"
        case .isFolder: "it is a folder"
        case .notAFile: "it is no regular file"
        case .isLink: "it is a symbolic link"
        case .notAFolder: "a part of the path is no folder"
        case .permissionDenied: "permission denied"
        case .nameTooLong: "the name is too long"
        case .pathTooLong:
            "a path in it would be longer than the system takes (\(FileTreeEntry.maximumPathByteCount) bytes)"
        case .diskFull: "no space is left"
        case .readOnly: "the file system is read-only"
        case .tooLarge: "it is too large for the file system"
        case .exists: "it exists"
        case .inUse: "another program is using it"
        case .tooManyOpenFiles: "too many files are open"
        case .changed: "it changed"
        case .tooManyFiles: "there is too much in it for one publication"
        case .tooDeep: "folders in it are nested too deep"
        case .noBytes: "there is nothing in it to fetch"
        case .ownState: "it is where this program keeps its key"
        case .serverState: "it is where a server keeps its key"
        case .ownFile: "it is where this program keeps its key"
        case .serverKey: "it is the key of a network"
        case .identityKey: "it is the key of an identity"
        case .incomplete: "it is not whole"
        case .broken: "the device failed"
        case .system(let code): String(cString: strerror(code))
        }
    }
}

extension NodeFailure {
    /// Of anything that may be thrown while a file is looked at or hashed.
    init(reading error: any Error) {
        self =
            switch error {
            case let failure as NodeFailure: failure
            case let failure as FileFailure: failure.whileReading
            case let failure as RecordFailure: NodeFailure(failure)
            case is CancellationError: .cancelled
            default: .internalError(detail: "\(error)")
            }
    }

    /// Of anything that may be thrown while what outlasts the program is opened, read or written.
    init(ofState error: any Error) {
        self =
            switch error {
            case let failure as NodeFailure: failure
            case let failure as FileFailure: .stateUnusable(path: failure.path, reason: failure.sentence)
            case let failure as RecordFailure: NodeFailure(failure)
            case is CancellationError: .cancelled
            default: .internalError(detail: "\(error)")
            }
    }

    private init(_ failure: RecordFailure) {
        switch failure {
        case .damaged(let path): self = .recordDamaged(path: path)
        case .unusable(let failure): self = .stateUnusable(path: failure.path, reason: failure.sentence)
        }
    }

    /// Of anything that may be thrown while files are made for other programs.
    init(making error: any Error, at path: String) {
        self =
            switch error {
            case let failure as NodeFailure: failure
            case let failure as FileFailure where failure.reason == .exists: .alreadyExists(path: failure.path)
            case let failure as FileFailure: .notWritten(path: failure.path, reason: failure.sentence)
            case let failure as RecordFailure: NodeFailure(failure)
            case is CancellationError: .cancelled
            default: .internalError(detail: "\(path): \(error)")
            }
    }

    /// Of anything that may be thrown while a file is written.
    init(writing error: any Error, to target: String) {
        self =
            switch error {
            case let failure as NodeFailure: failure
            case let failure as FileFailure: failure.whileWriting(target)
            case is CancellationError: .cancelled
            default: .internalError(detail: "\(error)")
            }
    }
}

extension RecordFailure {
    /// What happened, as part of a sentence.
    var sentence: String {
        switch self {
        case .damaged: "the record of what is published from here is damaged"
        case .unusable(let failure): "the record of what is published from here cannot be used: \(failure.sentence)"
        }
    }
}
