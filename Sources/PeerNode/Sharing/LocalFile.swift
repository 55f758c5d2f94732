import Library

/// A published file as this device knows it, as against what faces are told of it.
typealias LocalFile = PublishedFile
