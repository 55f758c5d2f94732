import NIOCore
package import TestKit

/// A site's router that means harm to who asks it for a port, or knows no better. It speaks UPnP, and NAT-PMP as it should.
package struct RogueRouter: Sendable {
    package enum Manner: Hashable, Sendable {
        /// What it says of itself has no end, and comes as fast as it can.
        case endlessDescription
        case endlessHeaders
        /// It comes byte by byte.
        case drip
        /// So does what it answers to a command, after a description like others'.
        case dripAtMapping
        /// It does what it is asked for, and says that this is its address outside.
        case claim(String)
    }

    /// The commands that it was given, oldest first.
    package let commands = Seen<[String]>([])
    private let manner: Manner
    private let inside: String
    private let outside: [UInt8]
    private let search: LabSocket
    private let pages: LabSocket
    private let natPMP: LabSocket

    /// - Parameter site: whose router has no port mapping of its own.
    package init(_ manner: Manner, at site: String, of lab: Lab) throws {
        guard let network = lab.layout.routers[site]?.inner.ipv4 else {
            throw TestKitError.invalid("\(site) has no IPv4")
        }
        self.manner = manner
        inside = "\(network).1"
        outside = try lab.ipv4(of: site).split(separator: ".").compactMap { UInt8($0) }
        search = try lab.udp(site, port: 1_900)
        try search.join("239.255.255.250", at: inside)
        pages = try lab.listener(site)
        natPMP = try lab.udp(site, port: 5_351)
    }

    /// Does so during the body.
    package func serving<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve() }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    private struct Guest {
        let socket: LabSocket
        var request = ""
        var isAnswered = false
    }

    private func serve() async throws {
        var guests: [Guest] = []
        var turn = 0
        while !Task.isCancelled {
            while let datagram = try search.received() { answerSearch(datagram) }
            while let datagram = try natPMP.received() { answerNATPMP(datagram) }
            while let (socket, _) = try pages.accepted() { guests.append(Guest(socket: socket)) }
            for place in guests.indices { serve(&guests[place], turn) }
            turn += 1
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: UPnP

    private func answerSearch(_ datagram: LabSocket.Datagram) {
        let lines = datagram.text.split(whereSeparator: \.isNewline)
        guard let kind = lines.first(where: { $0.hasPrefix("ST:") })?.dropFirst(3), let port = try? pages.port else {
            return
        }
        let answer = [
            "HTTP/1.1 200 OK", "CACHE-CONTROL: max-age=120", "ST:\(kind)", "USN: uuid:1::\(kind)", "EXT:",
            "SERVER: rogue", "LOCATION: http://\(inside):\(port)/description", "", "",
        ]
        search.send(answer.joined(separator: "\r\n"), to: datagram.from)
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
    private static let flood = String(repeating: "<a>", count: 20_000)
    private static let fields = String(repeating: "Field: \(String(repeating: "b", count: 50))\r\n", count: 1_000)

    private func serve(_ guest: inout Guest, _ turn: Int) {
        guest.request += guest.socket.read()
        let request = guest.request
        let isCommand = request.hasPrefix("POST")
        guard request.contains(isCommand ? "</s:Body></s:Envelope>" : "\r\n\r\n") else { return }
        let isFirst = !guest.isAnswered
        guest.isAnswered = true
        if isCommand, isFirst { commands.change { $0.append(Self.command(request)) } }
        switch manner {
        case .endlessDescription: flood(guest.socket, isFirst ? Self.head + "\r\n" : "", Self.flood)
        case .endlessHeaders: flood(guest.socket, isFirst ? Self.head : "", Self.fields)
        case .drip: drip(guest.socket, isFirst, turn)
        case .dripAtMapping where isCommand && Self.command(request) == "AddPortMapping":
            drip(guest.socket, isFirst, turn)
        case .dripAtMapping, .claim: if isFirst { guest.socket.write(answer(isCommand ? request : nil)) }
        }
    }

    private func flood(_ socket: LabSocket, _ start: String, _ more: String) {
        socket.write(start)
        var left = 64
        while left > 0, socket.write(more) { left -= 1 }
    }

    private func drip(_ socket: LabSocket, _ isFirst: Bool, _ turn: Int) {
        if isFirst { socket.write(Self.head + "\r\n") }
        if turn.isMultiple(of: 100) { socket.write("<") }
    }

    private static func command(_ request: String) -> String {
        // SOAPAction: "urn:…:WANIPConnection:1#AddPortMapping"
        request.split(separator: "#").dropFirst().first.map { String($0.prefix(while: \.isLetter)) } ?? ""
    }

    /// - Parameter command: nil for the description.
    private func answer(_ command: String?) -> String {
        let body: String
        switch command.map(Self.command) {
        case nil: body = Self.description
        case "GetExternalIPAddress":
            let address = if case .claim(let claimed) = manner { claimed } else { "44.128.0.101" }
            body = "<NewExternalIPAddress>\(address)</NewExternalIPAddress>"
        default: body = "<done/>"
        }
        return Self.head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    }

    private static let description = """
        <?xml version="1.0"?><root><device>\(type("device:InternetGatewayDevice"))<deviceList><device>\(type("device:WANDevice"))\
        \(service("WANCommonInterfaceConfig"))<deviceList><device>\(type("device:WANConnectionDevice"))\
        \(service("WANIPConnection"))</device></deviceList></device></deviceList></device></root>
        """

    private static func type(_ name: String) -> String {
        "<deviceType>urn:schemas-upnp-org:\(name):1</deviceType>"
    }

    private static func service(_ name: String) -> String {
        "<serviceList><service><serviceType>urn:schemas-upnp-org:service:\(name):1</serviceType>"
            + "<controlURL>/\(name)</controlURL><eventSubURL>/e</eventSubURL><SCPDURL>/s</SCPDURL></service></serviceList>"
    }

    // MARK: NAT-PMP (RFC 6886 §3.2, §3.3)

    private func answerNATPMP(_ datagram: LabSocket.Datagram) {
        let request = datagram.bytes
        guard request.count >= 2, request[0] == 0 else { return }
        let head: [UInt8] = [0, request[1] | 0x80, 0, 0, 0, 0, 0, 9]
        if request[1] == 0 {
            natPMP.send(head + outside, to: datagram.from)
        } else if request.count == 12 {
            natPMP.send(head + request[4..<6] + request[4..<6] + request[8...], to: datagram.from)
        }
    }
}
