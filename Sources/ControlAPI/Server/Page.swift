import HTTPTypes
import Hummingbird
import NIOCore

/// The page's files, which are part of the program.
enum Page {
    private static let files: [String: [UInt8]] = [
        "above.css": PackageResources.above_css,
        "admin.js": PackageResources.admin_js,
        "api.js": PackageResources.api_js,
        "asks.js": PackageResources.asks_js,
        "audience.js": PackageResources.audience_js,
        "base.css": PackageResources.base_css,
        "cautions.js": PackageResources.cautions_js,
        "config.js": PackageResources.config_js,
        "dom.js": PackageResources.dom_js,
        "drops.js": PackageResources.drops_js,
        "examination.js": PackageResources.examination_js,
        "filter.js": PackageResources.filter_js,
        "format.js": PackageResources.format_js,
        "frame.css": PackageResources.frame_css,
        "graph.js": PackageResources.graph_js,
        "groups.js": PackageResources.groups_js,
        "icon.svg": PackageResources.icon_svg,
        "icons.js": PackageResources.icons_js,
        "index.html": PackageResources.index_html,
        "keeping.js": PackageResources.keeping_js,
        "library.js": PackageResources.library_js,
        "listing.js": PackageResources.listing_js,
        "live.js": PackageResources.live_js,
        "main.js": PackageResources.main_js,
        "members.js": PackageResources.members_js,
        "narrow.css": PackageResources.narrow_css,
        "network.js": PackageResources.network_js,
        "parts.css": PackageResources.parts_css,
        "pieces.js": PackageResources.pieces_js,
        "player.js": PackageResources.player_js,
        "qr.js": PackageResources.qr_js,
        "rates.js": PackageResources.rates_js,
        "records.js": PackageResources.records_js,
        "roving.js": PackageResources.roving_js,
        "search.js": PackageResources.search_js,
        "sections.css": PackageResources.sections_css,
        "settings.js": PackageResources.settings_js,
        "shares.js": PackageResources.shares_js,
        "strings.js": PackageResources.strings_js,
        "talk.js": PackageResources.talk_js,
        "transfer-details.js": PackageResources.transfer_details_js,
        "transfer.js": PackageResources.transfer_js,
        "transfers.js": PackageResources.transfers_js,
    ]

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
    ]

    /// Whether this is the page, or one of its files: they hold nothing of the member's.
    static func isFile(_ path: String) -> Bool { path == "/" || files[String(path.dropFirst())] != nil }

    static func register(on router: Router<Routes.Context>) {
        for name in files.keys { router.get(RouterPath(name)) { _, _ in answer(name) } }
        router.get("/") { _, _ in answer("index.html") }
    }

    /// Not kept by the browser: the next program may have another page.
    private static func answer(_ name: String) -> Response {
        let type = name.split(separator: ".").last.flatMap { types[String($0)] } ?? "application/octet-stream"
        return Response(
            status: .ok, headers: [.contentType: type, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: files[name] ?? [])))
    }
}
