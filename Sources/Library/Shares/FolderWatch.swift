internal import CInotify
internal import Glibc
internal import Synchronization

/// Says in which folders something changed (inotify).
///
/// A folder is known by the row that it has, and keeps being watched wherever it is moved to. What is not fetched in time is
/// forgotten: then everything has to be looked at.
package final class FolderWatch: Sendable {
    /// Folders with changes that are noted one by one.
    private static let limit = 4_096

    private struct State {
        var folders: [Int32: Int64] = [:]
        var watches: [Int64: Int32] = [:]
        var changed: Set<Int64> = []
        var isOverflown = false
        /// The system gives no more watches.
        var isExhausted = false
        var isStarted = false
    }

    /// A value when there is something new.
    package let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let queue: Int32
    private let (stopReader, stopWriter): (Int32, Int32)
    private let state = Mutex(State())

    /// Throws ``FileFailure`` where the system gives none.
    package init() throws(FileFailure) {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let queue = try retried("inotify") { inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            let code = errno
            Glibc.close(queue)
            throw FileFailure(errno: code, path: "inotify")
        }
        self.queue = queue
        (stopReader, stopWriter) = (ends[0], ends[1])
    }

    deinit {
        for descriptor in [queue, stopReader, stopWriter] { Glibc.close(descriptor) }
    }

    /// Some folders are not watched, as the system gives no more watches (`fs.inotify.max_user_watches`).
    package var isExhausted: Bool { state.withLock { $0.isExhausted } }

    /// What changed since this was last asked; nil where that is not known.
    package func take() -> Set<Int64>? {
        state.withLock { state in
            defer { (state.changed, state.isOverflown) = ([], false) }
            return state.isOverflown ? nil : state.changed
        }
    }

    private static let changes = UInt32(
        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB)

    /// - Parameter isOutermost: Nobody else says when it is moved itself.
    func add(_ folder: Int64, _ descriptor: Descriptor, isOutermost: Bool) {
        let itself = isOutermost ? UInt32(IN_DELETE_SELF | IN_MOVE_SELF) : 0
        let mask = Self.changes | itself | UInt32(IN_ONLYDIR)
        // By the descriptor: what is watched is what is read.
        let watch = inotify_add_watch(queue, "/proc/self/fd/\(descriptor.number)", mask)
        let code = errno
        state.withLock { state in
            guard watch >= 0 else {
                if code == ENOSPC || code == ENOMEM { state.isExhausted = true }
                return
            }
            if let former = state.watches[folder], former != watch { state.folders[former] = nil }
            if let former = state.folders[watch], former != folder { state.watches[former] = nil }
            state.folders[watch] = folder
            state.watches[folder] = watch
        }
    }

    func forget(_ folders: [Int64]) {
        let watches = state.withLock { state in
            folders.compactMap { folder -> Int32? in
                guard let watch = state.watches.removeValue(forKey: folder) else { return nil }
                state.folders[watch] = nil
                return watch
            }
        }
        for watch in watches { inotify_rm_watch(queue, watch) }
    }

    /// Begins to read, until ``stop()``: on a thread of its own, as it waits for most of the time, and the threads that work
    /// shares are few.
    package func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { return }
        let watch = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<FolderWatch>.fromOpaque(raw).takeRetainedValue().run()
                return nil
            }, watch.toOpaque())
        guard code == 0 else {
            watch.release()
            // Then everything is looked at now and then.
            return state.withLock { $0.isExhausted = true }
        }
        pthread_detach(thread)
    }

    private func run() {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            var waited = [
                pollfd(fd: queue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waited, 2, -1) >= 0 || errno == EINTR, waited[1].revents == 0 else { return signal.finish() }
            let count = read(queue, buffer.baseAddress, buffer.count)
            guard count > 0 else { continue }
            if take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { signal.yield() }
        }
    }

    package func stop() {
        var byte: UInt8 = 0
        _ = write(stopWriter, &byte, 1)
    }

    /// - Returns: Whether something changed.
    private func take(_ events: UnsafeRawBufferPointer) -> Bool {
        let size = MemoryLayout<inotify_event>.size
        return state.withLock { state in
            var position = 0
            var isNews = false
            while position + size <= events.count {
                let event = events.loadUnaligned(fromByteOffset: position, as: inotify_event.self)
                position += size + Int(event.len)
                isNews = Self.take(event.wd, event.mask, &state) || isNews
            }
            return isNews
        }
    }

    private static func take(_ watch: Int32, _ mask: UInt32, _ state: inout State) -> Bool {
        if mask & UInt32(IN_Q_OVERFLOW | IN_UNMOUNT) != 0 { state.isOverflown = true }
        if mask & UInt32(IN_IGNORED) != 0 {
            if let folder = state.folders.removeValue(forKey: watch) { state.watches[folder] = nil }
            return state.isOverflown
        }
        if let folder = state.folders[watch], !state.isOverflown {
            if state.changed.count < limit { state.changed.insert(folder) } else { state.isOverflown = true }
        }
        return true
    }
}
