extension String {
    /// What stands between the slashes of a path, without what is empty. By bytes, as the file system has it: to Unicode a
    /// slash and a mark that joins it are one character.
    package var pathParts: [String] { utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) } }
}
