extension DirectoryClient {
    /// The server at which the present session is: of a network with several it may be another one than was given. Nil
    /// before the first session.
    package var currentServer: ServerAddress? {
        current.flatMap { paths[$0.path] }.map { $0.address.map { ServerAddress($0) } ?? server }
    }
}
