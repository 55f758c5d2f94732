import Glibc
import Terminal

/// Lines from a pipe or a file: no prompts, nothing edited.
package actor PipedInput: LineInput {
    package nonisolated let isInteractive = false
    private nonisolated let waker = Waker()
    private nonisolated let executor = ThreadExecutor(label: "input")
    private var lines: DescriptorLines

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(descriptor: Int32 = STDIN_FILENO) { lines = DescriptorLines(descriptor: descriptor) }

    package func question(_ prompt: String) async -> LineRead { await next() }
    package func secret(_ prompt: String) async -> LineRead { await next() }
    package func command(_ prompt: String) async -> LineRead { await next() }
    package nonisolated func interrupt() { waker.wake() }

    private func next() async -> LineRead {
        await withTaskCancellationHandler {
            LineRead(lines.next(waker: waker))
        } onCancel: {
            waker.wake()
        }
    }
}

extension LineRead {
    init(_ read: DescriptorLines.Read) {
        switch read {
        case .line(let text): self = .line(text)
        case .end: self = .end
        case .woken: self = .interrupted
        case .tooLong: self = .tooLong
        }
    }
}
