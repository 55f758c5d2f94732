import Library

/// A file that leads a browser to an address which no other user may see: on a command line all could.
package enum BrowserFile {
    /// False where it cannot be written. Blocks.
    ///
    /// - Parameter address: of a page on this computer; it has no characters that mean something in HTML.
    package static func write(_ address: String, to path: String) -> Bool {
        let page = """
            <!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=\(address)"><title>BitTrickle</title>

            """
        do {
            try StateFile.write(Array(page.utf8), to: path)
            return true
        } catch { return false }
    }
}
