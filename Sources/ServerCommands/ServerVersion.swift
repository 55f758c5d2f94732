import CVersion

/// What `--version` says.
package enum ServerVersion {
    package static let current = String(cString: bittrickle_version())
}
