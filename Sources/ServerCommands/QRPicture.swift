import Glibc
import Terminal
import Wire

/// An invitation as a picture for a telephone.
enum QRPicture {
    /// None where nobody looks at a terminal, or it is too narrow.
    static func lines(of link: InviteLink) -> [String] {
        guard TerminalDevice.outputIsTerminal, TerminalDevice.canRewrite, let code = QRCode(link.description),
            code.columns <= TerminalDevice.columns(of: STDOUT_FILENO)
        else { return [] }
        return code.lines
    }
}
