package import NodeControl

/// A node over HTTP.
package protocol Served: NodeControl {}
