import HTTPTypes

/// What a browser is told of a file: media that it plays or shows, and bytes to be saved for all else.
enum MediaType {
    /// Nothing in which scripts could be: no HTML, no SVG, no PDF.
    private static let types = [
        "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mkv": "video/x-matroska",
        "mov": "video/quicktime",
        "ogv": "video/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg",
        "opus": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    ]

    static func headers(of name: String) -> HTTPFields {
        let type = name.split(separator: ".").last.flatMap { types[$0.lowercased()] }
        var headers: HTTPFields = [
            .contentType: type ?? "application/octet-stream", .acceptRanges: "bytes", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'; media-src 'self'; sandbox",
        ]
        if type == nil { headers[.contentDisposition] = "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))" }
        return headers
    }
}
