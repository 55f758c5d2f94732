import CEditline
import Glibc

/// libedit, with a person at it: one line at a time, with history and completion, and with remarks shown above
/// the line while it is typed.
///
/// libedit is not made for threads: all calls come from the one thread of its owner (``TerminalInput``). What
/// others may call is ``Desk``.
final class EditedLine {
    private let editor: OpaquePointer
    private let history: OpaquePointer?
    private let desk: Desk
    private var keys = KeyReader()
    /// Where libedit may point at it.
    private let prompt: UnsafeMutablePointer<CChar>?

    /// Nil where libedit cannot work with this terminal.
    init?(desk: Desk, onStandardError: Bool, history lines: [String]) {
        guard let editor = editline_new("bittrickle", onStandardError ? 1 : 0) else { return nil }
        self.editor = editor
        self.desk = desk
        prompt = strdup(desk.prompt)
        history = editline_history_new(editor, Int32(HistoryFile.most))
        editline_set_client(editor, Unmanaged.passUnretained(self).toOpaque())
        editline_set_emacs_keys(editor)
        editline_set_prompt(editor) { editor in editor.flatMap { EditedLine.client(of: $0) }?.prompt }
        editline_set_getc(editor) { editor, key in
            guard let editor, let scalar = EditedLine.client(of: editor)?.nextKey() else { return 0 }
            key?.pointee = wchar_t(bitPattern: scalar)
            return 1
        }
        editline_add_function(editor, "bittrickle-complete", "Complete the word") { editor, _ in
            guard let editor, let client = EditedLine.client(of: editor) else { return UInt8(CC_NORM) }
            return client.desk.complete(editor)
        }
        editline_add_function(editor, "bittrickle-delete-or-end", "Delete a character, or end the input") { editor, _ in
            guard let editor, let line = el_wline(editor)?.pointee else { return UInt8(CC_EOF) }
            if line.lastchar == line.buffer { return UInt8(CC_EOF) }
            guard line.cursor < line.lastchar else { return UInt8(CC_ERROR) }
            el_cursor(editor, 1)
            el_deletestr(editor, 1)
            return UInt8(CC_REFRESH)
        }
        for (key, command) in Self.keys { editline_bind(editor, key, command) }
        el_source(editor, nil)
        for line in lines { remember(line) }
    }

    deinit {
        if let history { history_end(history) }
        el_end(editor)
        free(prompt)
    }

    /// Blocks until a line is whole; nil at the end of the input, and when the desk was told to interrupt.
    func read() -> String? {
        var count: Int32 = 0
        editline_prepare(editor)
        keys.begin()
        guard let bytes = el_gets(editor, &count), count > 0 else { return nil }
        var line = String(cString: bytes)
        while line.last == "\n" || line.last == "\r" || line.last == "\r\n" { line.removeLast() }
        return line
    }

    private func nextKey() -> UInt32? { desk.nextKey(editor, from: &keys) }

    func remember(_ line: String) {
        if let history { editline_history_enter(history, line) }
    }

    private static let keys = [
        ("^I", "bittrickle-complete"), ("^D", "bittrickle-delete-or-end"), ("^R", "em-inc-search-prev"),
        ("^W", "ed-delete-prev-word"), ("\\e[1~", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"),
        ("\\e[7~", "ed-move-to-beg"), ("\\e[8~", "ed-move-to-end"), ("\\e[H", "ed-move-to-beg"),
        ("\\e[F", "ed-move-to-end"), ("\\e[3~", "ed-delete-next-char"), ("\\e[1;5C", "em-next-word"),
        ("\\e[1;5D", "ed-prev-word"), ("\\e[5C", "em-next-word"), ("\\e[5D", "ed-prev-word"),
    ]

    private static func client(of editor: OpaquePointer) -> EditedLine? {
        editline_client(editor).map { Unmanaged<EditedLine>.fromOpaque($0).takeUnretainedValue() }
    }
}
