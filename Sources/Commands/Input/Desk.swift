import CEditline
import Glibc
import Synchronization
import Terminal

/// What reaches the one who types while libedit waits for his next key: remarks to show, a window that changed,
/// Ctrl-C. Anyone may leave something here; it is dealt with on the editor's thread.
final class Desk: PromptHolder, Sendable {
    private struct State {
        var remarks: [String] = []
        var isInterrupted = false
        var isResized = false
        var isResumed = false
    }

    /// Remarks kept while nobody shows them; the oldest go first.
    private static let mostRemarks = 100

    let prompt: String
    private let outputDescriptor: Int32
    private let sources: @Sendable () -> Completion.Sources
    let waker = Waker()
    private let state = Mutex(State())

    init(prompt: String, outputDescriptor: Int32, sources: @escaping @Sendable () -> Completion.Sources) {
        self.prompt = prompt
        self.outputDescriptor = outputDescriptor
        self.sources = sources
    }

    func interpose(_ text: String) {
        state.withLock { state in
            if state.remarks.count >= Self.mostRemarks { state.remarks.removeFirst() }
            state.remarks.append(text)
        }
        waker.wake()
    }

    func interrupt() { leave { $0.isInterrupted = true } }
    func resize() { leave { $0.isResized = true } }
    /// The program was stopped and goes on.
    func resume() { leave { $0.isResumed = true } }

    /// What was left and not shown.
    func takeRemarks() -> String {
        state.withLock { state in
            defer { state.remarks = [] }
            return state.remarks.joined()
        }
    }

    /// Whether the line was interrupted; asked once.
    func takeInterruption() -> Bool {
        state.withLock { state in
            defer { state.isInterrupted = false }
            return state.isInterrupted
        }
    }

    func takeResumption() -> Bool {
        state.withLock { state in
            defer { state.isResumed = false }
            return state.isResumed
        }
    }

    private func leave(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        waker.wake()
    }
}

/// What the editor's thread calls.
extension Desk {
    /// Blocks for the next key as a Unicode scalar, dealing with what is left here meanwhile; nil to end the line.
    func nextKey(_ editor: OpaquePointer, from keys: inout KeyReader) -> UInt32? {
        while true {
            if keys.hasPending() || waker.wait(for: STDIN_FILENO) == .readable { return keys.next() }
            let left = state.withLock { state in
                defer {
                    state.remarks = []
                    state.isResized = false
                    state.isResumed = false
                }
                return state
            }
            if left.isResized { el_resize(editor) }
            if !left.remarks.isEmpty { show(left.remarks.joined(), above: editor) }
            if left.isResumed { editline_redraw(editor) }
            if left.isInterrupted { return nil }
        }
    }

    func complete(_ editor: OpaquePointer) -> UInt8 {
        guard let line = el_line(editor)?.pointee else { return UInt8(CC_NORM) }
        let bytes = UnsafeRawBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
        let completion = Completion(of: String(decoding: bytes, as: UTF8.self), from: sources())
        if !completion.inserted.isEmpty {
            // Its return value says whether there was room.
            return el_insertstr(editor, completion.inserted) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
        }
        guard !completion.candidates.isEmpty else { return UInt8(CC_ERROR) }
        let columns = TerminalDevice.columns(of: outputDescriptor)
        let place = place(editor, columns: columns)
        write(String(repeating: "\n", count: place.end - place.cursor + 1))
        write(CandidateTable.rows(completion.candidates, columns: columns).map { $0 + "\n" }.joined())
        editline_redraw(editor)
        return UInt8(CC_NORM)
    }

    private func show(_ text: String, above editor: OpaquePointer) {
        let row = place(editor, columns: TerminalDevice.columns(of: outputDescriptor)).cursor
        write((row > 0 ? "\u{1B}[\(row)A" : "") + "\r\u{1B}[J" + text)
        editline_redraw(editor)
    }

    /// Rows of the window, counted from the prompt's, in which the cursor and the end of the line are.
    private func place(_ editor: OpaquePointer, columns: Int) -> (cursor: Int, end: Int) {
        guard let line = el_wline(editor)?.pointee, columns > 0 else { return (0, 0) }
        var column = DisplayWidth.columns(of: prompt)
        var cursor = column
        for index in 0..<(line.lastchar - line.buffer) {
            if line.buffer + index == line.cursor { cursor = column }
            let scalar = Unicode.Scalar(UInt32(bitPattern: line.buffer[index]))
            // Control characters are shown as two: ^A.
            column += scalar.map { $0.value < 0x20 ? 2 : DisplayWidth.columns(of: $0) } ?? 1
        }
        if line.cursor == line.lastchar { cursor = column }
        return (cursor / columns, column / columns)
    }

    private func write(_ text: String) {
        DescriptorSink(descriptor: outputDescriptor).write(text)
    }
}
