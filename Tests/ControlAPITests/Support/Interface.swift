import AsyncHTTPClient
import ControlAPI
import Crypto
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NodeControl
import TestKit
import Testing

/// A scripted node behind both doors of its interface.
struct Interface: Sendable {
    let node: ScriptedNode
    let remote: RemoteNode
    let web: WebAccess
    let http: HTTPClient
    let socket: String

    static func with(
        _ script: ScriptedNode.Script = .init(), _ body: @Sendable (Interface) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let node = ScriptedNode(script)
        let server = ControlServer(
            node: node,
            configuration: ControlServer.Configuration(version: "1.2.3", home: "/home/me", downloads: "/downloads") {
                $0 == "a" ? ["10"] : nil
            },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let web = WebAccess()
        let ready = Seen(0)
        let socket = directory.file("node.sock")
        let http = HTTPClient(eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton))
        let interface = Interface(
            node: node, remote: RemoteNode(socket: socket, workingFolder: "/here"), web: web, http: http,
            socket: socket)
        let result: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.serve(socket: socket, web: web) { ready.change { $0 += 1 } } }
                group.addTask { try await server.serve(web: web, port: 0) { ready.change { $0 += 1 } } }
                await ready.wait(until: { $0 == 2 })
                try await body(interface)
                group.cancelAll()
            }
            result = .success(())
        } catch is CancellationError {
            result = .success(())
        } catch { result = .failure(error) }
        await interface.remote.leave()
        try await http.shutdown()
        try result.get()
    }

    var port: Int { web.port ?? 0 }
    var token: String { web.url.flatMap { $0.split(separator: "=").last.map(String.init) } ?? "" }

    /// As the page makes it.
    func key(of path: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Array(path.utf8), using: SymmetricKey(data: Array(token.utf8)))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func expect(
        _ status: Int, _ path: String, _ method: String = "GET", headers: [String: String] = [:], body: String? = nil,
        token: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await ask(path, method, headers: headers, body: body, token: token)
        #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
    }

    func file(
        _ path: String, range: String?
    ) async throws -> (status: Int, headers: [String: String], bytes: [UInt8]) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let range { request.headers.add(name: "Range", value: range) }
        let response = try await http.execute(request, timeout: .seconds(20))
        let bytes = Array(try await response.body.collect(upTo: 10_000_000).readableBytesView)
        let pairs = response.headers.map { ($0.name.lowercased(), $0.value) }
        return (Int(response.status.code), Dictionary(pairs) { $1 }, bytes)
    }

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let text: String
    }

    /// Over TCP, with the token where nothing else is said.
    func ask(
        _ path: String, _ method: String = "GET", headers: [String: String] = [:], body: String? = nil,
        token: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let token = token ?? self.token
        if !token.isEmpty { request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(20))
        let text = String(buffer: try await response.body.collect(upTo: 10_000_000))
        let pairs = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), headers: Dictionary(pairs) { $1 }, text: text)
    }
}
