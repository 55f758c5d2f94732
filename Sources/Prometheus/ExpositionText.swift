/// Prometheus' text format, version 0.0.4, as it is written.
struct ExpositionText {
    private(set) var text = ""

    mutating func begin(_ description: MetricDescription) {
        if !description.help.isEmpty {
            text += "# HELP \(description.name) \(Self.escaped(description.help, quotes: false))\n"
        }
        text += "# TYPE \(description.name) \(description.kind.rawValue)\n"
    }

    /// - Parameter labels: As ``labels(_:)`` makes them.
    mutating func add(_ name: String, _ labels: String, _ sample: Sample) {
        let own = sample.label.map { Self.labels([$0]) } ?? ""
        let all = labels.isEmpty || own.isEmpty ? labels + own : "\(labels),\(own)"
        text += "\(name)\(sample.suffix)\(all.isEmpty ? "" : "{\(all)}") \(NumberText.of(sample.value))\n"
    }

    /// What stands between the braces, in the order of the names.
    static func labels(_ dimensions: [(name: String, value: String)]) -> String {
        dimensions.map { (MetricName.label($0.name), $0.value) }.sorted { $0.0 < $1.0 }
            .map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",")
    }

    /// Values escape the quote too, sentences do not.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Numbers as Go reads them.
enum NumberText {
    static func of(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole ones without a fraction, as far as a double has them exactly.
        return Int64(exactly: value).flatMap { abs($0) < 1 << 53 ? String($0) : nil } ?? value.description
    }
}

/// What Prometheus takes for a name: others' characters become underscores.
enum MetricName {
    static func metric(_ text: String) -> String { name(text, colon: true) }
    static func label(_ text: String) -> String { name(text, colon: false) }

    private static func name(_ text: String, colon: Bool) -> String {
        let name = String(text.unicodeScalars.map { isFit($0, colon: colon) ? Character($0) : "_" })
        return name.first.map { $0.isNumber } == false ? name : "_\(name)"
    }

    private static func isFit(_ scalar: Unicode.Scalar, colon: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        case ":": colon
        default: false
        }
    }
}
