extension Moment {
    /// Reads a year, a month or a day (`2026`, `2026-11`, `2026-11-21`), or from one through another
    /// (`2026-11-01..2026-11-21`, `2026-11..`, `..2025`), in local time. Nil where it is none of these, or ends before
    /// it begins.
    /// - Returns: half-open, in milliseconds since 1970.
    package static func period(_ text: String) -> Range<Int64>? {
        guard let dots = dots(in: text) else { return span(text) }
        let (first, last) = (String(text.utf8.prefix(dots)) ?? "", String(text.utf8.dropFirst(dots + 2)) ?? "")
        guard !first.isEmpty || !last.isEmpty else { return nil }
        let start = first.isEmpty ? Int64.min : span(first)?.lowerBound
        let end = last.isEmpty ? Int64.max : span(last)?.upperBound
        guard let start, let end, start < end else { return nil }
        return start..<end
    }

    private static func dots(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        return bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: ".") && bytes[$0 + 1] == UInt8(ascii: ".") }
    }

    /// One year, month or day.
    private static func span(_ text: String) -> Range<Int64>? {
        guard text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }) else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let last: (year: Int, month: Int, day: Int)
        switch (text.utf8.count, parts.count) {
        case (4, 1): last = (parts[0] + 1, 1, 1)
        case (7, 2): last = parts[1] == 12 ? (parts[0] + 1, 1, 1) : (parts[0], parts[1] + 1, 1)
        case (10, 3): last = civil(daysSince1970: days(year: parts[0], month: parts[1], day: parts[2]) + 1)
        default: return nil
        }
        let whole = text + String("-01-01".prefix(10 - text.utf8.count))
        // The first moment of each day: a day with a change of the clock is no 24 hours long.
        guard years.contains(last.year) || last.year == years.upperBound + 1, let start = parse(whole, now: 0) else {
            return nil
        }
        let end = parse(date(last.year, last.month, last.day), now: 0) ?? start + 366 * 86_400_000
        return start < end ? start..<end : nil
    }
}
