/// Every place where a stranger's bytes come in, by the name that `Scripts/fuzz` and the folders of
/// `Fuzz/corpus` have for it.
///
/// An entry takes any bytes whatever. It may refuse them; it must not trap, and what it takes must hold
/// to what its decoder promises.
package enum FuzzEntry: String, CaseIterable, Sendable {
    case bencoding
    case messages
    case hello
    case opening
    case sealed
    case helloAnswers = "hello-answers"
    case openAnswers = "open-answers"
    case hints
    case streamFrames = "stream-frames"
    case peerFrames = "peer-frames"
    case peerHandshake = "peer-handshake"
    case extensionHandshake = "extension-handshake"
    case metadataMessage = "metadata-message"
    case tickets
    case relayTickets = "relay-tickets"
    case relayHello = "relay-hello"
    case metainfo
    case folders
    case credentials
    case links
    case tracker
    case multicast
    case pcp
    case upnpReports = "upnp-reports"
    case connectAnswers = "connect-answers"
    case socksAnswers = "socks-answers"
    case knocks

    package func run(_ bytes: [UInt8]) {
        switch self {
        case .bencoding: takeBencoding(bytes)
        case .messages: takeMessage(bytes)
        case .hello: Strangers.takeHello(bytes)
        case .opening: Strangers.takeOpening(bytes)
        case .sealed: Strangers.takeSealed(bytes)
        case .helloAnswers: Strangers.takeHelloAnswer(bytes)
        case .openAnswers: Strangers.takeOpenAnswer(bytes)
        case .hints: Strangers.takeHint(bytes)
        case .streamFrames: takeStreamFrames(bytes)
        case .peerFrames: takePeerFrames(bytes)
        case .peerHandshake: takePeerHandshake(bytes)
        case .extensionHandshake: takeExtensionHandshake(bytes)
        case .metadataMessage: takeMetadataMessage(bytes)
        case .tickets: takeTicket(bytes)
        case .relayTickets: takeRelayTicket(bytes)
        case .relayHello: takeRelayHello(bytes)
        case .metainfo: takeMetainfo(bytes)
        case .folders: takeFolder(bytes)
        case .credentials: takeCredentials(bytes)
        case .links: takeLink(bytes)
        case .tracker: takeTracked(bytes)
        case .multicast: takeMulticast(bytes)
        case .pcp: takePCPAnswer(bytes)
        case .upnpReports: takeUPnPReport(bytes)
        case .connectAnswers: takeConnectAnswer(bytes)
        case .socksAnswers: takeSOCKSAnswers(bytes)
        case .knocks: takeKnock(bytes)
        }
    }
}
