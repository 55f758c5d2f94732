import Content

extension UserName: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let name = field.string.flatMap({ UserName(wire: $0) }) else { throw MalformedField() }
        self = name
    }

    var field: Bencode { .string(bytes) }
}

extension FileName: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let name = field.string.flatMap({ FileName(wire: $0) }) else { throw MalformedField() }
        self = name
    }

    var field: Bencode { .string(bytes) }
}

/// A folder's name has a slash behind it, which no name has in it.
extension FoundName: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let bytes = field.string else { throw MalformedField() }
        let isFolder = bytes.last == UInt8(ascii: "/")
        guard let name = FileName(wire: isFolder ? bytes.dropLast() : bytes) else { throw MalformedField() }
        self.init(name, isFolder: isFolder)
    }

    var field: Bencode { .string(name.bytes + (isFolder ? [UInt8(ascii: "/")] : [])) }
}

extension PublicationID: DirectoryField {
    static let byteCount = 8

    init(field: Bencode) throws(MalformedField) {
        guard let value = field.integer, value > 0 else { throw MalformedField() }
        self.init(rawValue: value)
    }

    init?(compact: [UInt8]) {
        var reader = FixedLayoutReader(compact)
        guard let value = reader.integer(Int64.self), value > 0, reader.isAtEnd else { return nil }
        self.init(rawValue: value)
    }

    var field: Bencode { .integer(rawValue) }
    var compact: [UInt8] { bigEndianBytes(rawValue) }
}

/// 40 bytes: the root, then the kind in one byte and the size in seven.
extension ContentID: DirectoryField {
    static let compactByteCount = Hash256.byteCount + 8

    init(field: Bencode) throws(MalformedField) {
        guard let content = field.string.flatMap({ ContentID(compact: $0) }) else { throw MalformedField() }
        self = content
    }

    init?(compact: [UInt8]) {
        var reader = FixedLayoutReader(compact)
        guard let root = reader.take(Hash256.byteCount).flatMap({ Hash256($0) }), let size = reader.integer(Int64.self),
            reader.isAtEnd
        else { return nil }
        self.init(root: root, sizeAndKind: size)
    }

    var compact: [UInt8] { root.bytes + bigEndianBytes(sizeAndKind) }
    var field: Bencode { .string(compact) }
}

extension TruncatedInfoHash: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let hash = field.string.flatMap({ TruncatedInfoHash($0) }) else { throw MalformedField() }
        self = hash
    }

    var field: Bencode { .string(bytes) }
}

/// The address's 4 or 16 bytes, then the port's 2 (BEP 5, BEP 32), and a 1 where a router maps it.
extension Endpoint: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let bytes = field.string, [6, 7, 18, 19].contains(bytes.count) else { throw MalformedField() }
        let isMapped = !bytes.count.isMultiple(of: 2)
        guard !isMapped || bytes.last == 1 else { throw MalformedField() }
        let plain = isMapped ? bytes.dropLast() : bytes[...]
        var reader = FixedLayoutReader(Array(plain), from: plain.count - 2)
        guard let port = reader.integer(UInt16.self),
            let endpoint = Endpoint(address: Array(plain.dropLast(2)), port: port, isMapped: isMapped)
        else { throw MalformedField() }
        self = endpoint
    }

    var field: Bencode { .string(address + bigEndianBytes(port) + (isMapped ? [1] : [])) }
}

extension DeviceID: DirectoryField {
    init(field: Bencode) throws(MalformedField) {
        guard let device = field.string.flatMap({ DeviceID($0) }) else { throw MalformedField() }
        self = device
    }

    var field: Bencode { .string(bytes) }
}
