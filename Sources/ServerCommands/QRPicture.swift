import Glibc
import Terminal
package import Wire

/// An invitation as a picture for a telephone, above what a person reads: so it is not the link that scrolls away.
package struct QRPicture {
    private let code: QRCode
    private let text: String
    /// Behind the text, on standard error.
    private let remark: String
    /// Of the window.
    private let columns: Int
    private let rows: Int

    /// Nil for what is too long for one.
    package init?(of link: InviteLink, above text: String, with remark: String = "", columns: Int, rows: Int) {
        guard let code = QRCode(link.description) else { return nil }
        self.code = code
        self.text = text
        self.remark = remark
        self.columns = columns
        self.rows = rows
    }

    /// Nil where nobody looks at a terminal, too.
    init?(of link: InviteLink, above text: String, with remark: String = "") {
        guard TerminalDevice.outputIsTerminal, TerminalDevice.canRewrite else { return nil }
        self.init(
            of: link, above: text, with: remark, columns: TerminalDevice.columns(of: STDOUT_FILENO),
            rows: TerminalDevice.rows(of: STDOUT_FILENO))
    }

    /// Lines of the window that it takes, with the text, and the prompt behind that.
    private var neededRows: Int {
        let below = (text + remark).split(separator: "\n", omittingEmptySubsequences: false)
        return code.lines.count + below.map { max(1, ($0.count + columns - 1) / columns) }.reduce(0, +)
    }

    /// With the text. Nil where not all of it is to be seen at once: half a picture is none.
    package var page: String? {
        guard code.columns <= columns, neededRows <= rows else { return nil }
        return code.lines.map { $0 + "\n" }.joined() + text
    }

    /// What is said in place of a picture that does not fit; nil where it does.
    package var windowNeeded: String? {
        guard page == nil else { return nil }
        return "A QR code of it takes a window of \(max(columns, code.columns)) columns and \(neededRows) lines."
    }
}
