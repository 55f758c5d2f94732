import Content

/// Blocks that a peer asked for and that were not read yet, in the order of asking.
struct RequestQueue {
    private var blocks: [BlockIndex] = []
    /// Where the first one stands that was not taken.
    private var head = 0
    /// How often each stands in the queue and was not cancelled.
    private var waiting: [BlockIndex: Int] = [:]
    private(set) var count = 0

    mutating func append(_ block: BlockIndex) {
        blocks.append(block)
        waiting[block, default: 0] += 1
        count += 1
    }

    /// False where the block does not wait.
    mutating func cancel(_ block: BlockIndex) -> Bool {
        guard takeOne(block) else { return false }
        // Its place is passed over later; a queue of nothing but such places is emptied.
        if count == 0 { clear() }
        return true
    }

    /// The first block and those that follow it in the queue as in the content, up to a number and a size; one at least,
    /// where one waits.
    ///
    /// - Parameter size: In bytes.
    mutating func takeRun(upTo limit: Int, size: Int, of geometry: Geometry) -> [BlockIndex] {
        var run: [BlockIndex] = []
        var length = 0
        while run.count < limit, let block = first() {
            length += geometry.length(of: block)
            if let last = run.last, block.value != last.value + 1 || length > size { break }
            takeFirst()
            run.append(block)
        }
        return run
    }

    /// All that waits, in order; the queue is empty afterwards.
    mutating func takeAll() -> [BlockIndex] {
        var all: [BlockIndex] = []
        while let block = first() {
            takeFirst()
            all.append(block)
        }
        return all
    }

    /// The next one, past those that were cancelled.
    private mutating func first() -> BlockIndex? {
        while head < blocks.count {
            if waiting[blocks[head]] != nil { return blocks[head] }
            head += 1
        }
        return nil
    }

    private mutating func takeFirst() {
        _ = takeOne(blocks[head])
        head += 1
        if count == 0 { clear() }
        if head > 4_096, head * 2 > blocks.count {
            blocks.removeFirst(head)
            head = 0
        }
    }

    private mutating func takeOne(_ block: BlockIndex) -> Bool {
        guard let times = waiting[block] else { return false }
        waiting[block] = times > 1 ? times - 1 : nil
        count -= 1
        return true
    }

    private mutating func clear() {
        blocks.removeAll(keepingCapacity: true)
        head = 0
    }
}
