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

    /// The first block and those that follow it in the queue as in the content, up to a number.
    mutating func takeRun(upTo limit: Int) -> [BlockIndex] {
        var run: [BlockIndex] = []
        while head < blocks.count, run.count < limit {
            let block = blocks[head]
            guard waiting[block] != nil else {
                head += 1
                continue
            }
            if let last = run.last, block.value != last.value + 1 { break }
            _ = takeOne(block)
            run.append(block)
            head += 1
        }
        if count == 0 { clear() }
        if head > 4_096, head * 2 > blocks.count {
            blocks.removeFirst(head)
            head = 0
        }
        return run
    }

    /// All that waits, in order; the queue is empty afterwards.
    mutating func takeAll() -> [BlockIndex] {
        var all: [BlockIndex] = []
        while count > 0 { all += takeRun(upTo: count) }
        return all
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
