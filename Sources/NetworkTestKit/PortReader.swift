import FoundationEssentials
import Glibc
import TestKit

/// Which local ports a process has, from `/proc`: so programs can be started on port 0, whatever they print.
package struct PortReader: Sendable {
    package enum Transport: String, Sendable {
        case tcp
        case udp

        /// How the kernel calls a TCP socket that listens, and a UDP one that takes datagrams from everybody. To resolve
        /// an address, the C library connects sockets for a moment: those are nobody's ports.
        fileprivate var openState: Substring {
            switch self {
            case .tcp: "0A"
            case .udp: "07"
            }
        }
    }

    package let processID: Int32

    package init(processID: Int32) { self.processID = processID }

    /// The port of the first socket of that kind that is open to others, waited for until the limit.
    package func first(_ transport: Transport, within limit: Duration = .seconds(10)) async throws -> Int {
        let deadline = ContinuousClock.now + limit
        while true {
            if let port = all(transport).first { return port }
            guard ContinuousClock.now < deadline else {
                throw TestKitError.timedOut("process \(processID) has no \(transport.rawValue) port")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// In ascending order.
    package func all(_ transport: Transport) -> [Int] {
        let mine = socketInodes
        var ports: Set<Int> = []
        for table in [transport.rawValue, "\(transport.rawValue)6"] {
            let lines = ProcessTable.read("/proc/\(processID)/net/\(table)").split(separator: "\n").dropFirst()
            for line in lines {
                // sl local_address rem_address st … inode (the tenth)
                let fields = line.split(separator: " ", omittingEmptySubsequences: true)
                guard fields.count > 9, mine.contains(String(fields[9])), fields[3] == transport.openState,
                    let port = fields[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }), port > 0
                else { continue }
                ports.insert(port)
            }
        }
        return ports.sorted()
    }

    private var socketInodes: Set<String> {
        let folder = "/proc/\(processID)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Set(
            names.compactMap { name in
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"),
                    target.hasPrefix("socket:[")
                else { return nil }
                return String(target.dropFirst(8).dropLast())
            })
    }
}

/// What Linux says about a process.
enum ProcessTable {
    /// A number of `/proc/PID/status`.
    static func status(of process: Int32, field: String) -> Int? {
        for line in read("/proc/\(process)/status").split(separator: "\n") where line.hasPrefix("\(field):") {
            return line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }

    /// Empty where there is no such file. (Files of `/proc` have no size, so they are read to their end.)
    static func read(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
