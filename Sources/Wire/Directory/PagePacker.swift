import Content

/// Cuts a list into the pages that a window asks for, each as full as a datagram allows.
///
/// The caller reads the list from behind `window.after` and adds item by item until ``add(_:key:)`` says
/// that no more are wanted.
package struct PagePacker<Item: Hashable & Sendable> {
    private let window: PageWindow
    private let wrap: (Page<Item>) -> DirectoryAnswer
    /// In bytes: a message with an empty page, of this kind.
    private let emptyByteCount: Int
    private let measure: (Item) -> Int
    private var finished: [Page<Item>] = []
    private var open: Page<Item>
    private var openByteCount: Int
    private var isFull = false

    /// - Parameter wrap: the answer that holds such a page, for example `DirectoryAnswer.peers`.
    package init(_ window: PageWindow, _ wrap: @escaping (Page<Item>) -> DirectoryAnswer) {
        self.window = window
        self.wrap = wrap
        let number = PageWindow.limit - 1
        func byteCount(_ items: [Item]) -> Int {
            let page = Page(number: number, after: [], last: [], isFinal: true, isSortedInParts: true, items: items)
            return DirectoryMessage.answer(TransactionID(rawValue: 0), wrap(page)).encoded.count
        }
        let emptyByteCount = byteCount([]) + Self.listFrame
        self.emptyByteCount = emptyByteCount
        measure = { byteCount([$0]) - emptyByteCount }
        open = Page(number: 0, after: window.after, last: window.after, isFinal: false, items: [])
        openByteCount = emptyByteCount + Self.cursorFrame + window.after.count
    }

    /// `1:i`, `l`, `e`: an empty list is left out.
    private static var listFrame: Int { 5 }
    /// A cursor's key and length.
    private static var cursorFrame: Int { 7 }

    /// Adds the next item; `key` is what a later window continues behind.
    ///
    /// - Returns: false where the window is full: the item was not taken, and the reading can stop.
    package mutating func add(_ item: Item, key: [UInt8]) -> Bool {
        guard !isFull else { return false }
        let byteCount = measure(item)
        let limit = DirectoryMessage.maximumPlaintext - Self.cursorFrame - key.count
        if !open.items.isEmpty, openByteCount + byteCount > limit { startPage() }
        guard open.number < PageWindow.limit, window.wanted >> UInt32(open.number) != 0 else {
            isFull = true
            return false
        }
        open.items.append(item)
        open.last = key
        openByteCount += byteCount
        return true
    }

    /// The wanted pages.
    ///
    /// - Parameters:
    ///   - isEnd: the list holds nothing behind the last item added. No matter once an item was refused.
    ///   - isSortedInParts: see ``Page/isSortedInParts``.
    package consuming func answers(isEnd: Bool, isSortedInParts: Bool = false) -> [DirectoryAnswer] {
        if !isFull, isEnd || !open.items.isEmpty {
            open.isFinal = isEnd
            finished.append(open)
        }
        return finished.filter { window.wanted >> UInt32($0.number) & 1 == 1 }.map { page in
            var page = page
            page.isSortedInParts = isSortedInParts
            return wrap(page)
        }
    }

    private mutating func startPage() {
        finished.append(open)
        open = Page(number: open.number + 1, after: open.last, last: open.last, isFinal: false, items: [])
        openByteCount = emptyByteCount + Self.cursorFrame + open.after.count
    }
}
