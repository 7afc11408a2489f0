import StoepModel
import StoepSQLite

/// What is searched for: words and phrases that all have to be found, in one record, in whichever of its fields.
package struct SearchQuery {
    /// Words that stand one behind the other, in one text.
    struct Phrase {
        let terms: [[UInt8]]
        /// Whether the last one only begins so.
        let isPrefix: Bool
        /// As it was typed: the index breaks it into the same terms.
        let source: String
    }

    /// Not empty.
    let phrases: [Phrase]

    /// Stands between the texts of one record in the index, as a word of its own, so that no phrase reaches from one to
    /// the next. A private character, which is taken out of every text.
    static let separator: Unicode.Scalar = "\u{E000}"

    /// A text as it is indexed and looked for, with every byte in its place.
    static func searchable(_ text: String) -> String {
        // The first byte of three.
        guard text.utf8.contains(0xee), text.unicodeScalars.contains(separator) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == separator { clean.append(contentsOf: "   ".unicodeScalars) } else { clean.append(scalar) }
        }
        return String(clean)
    }

    /// Reads what a person typed: each argument is a word, or a phrase where it has blanks, as a shell leaves of what was
    /// put in quotes; quotes that are still there enclose phrases. A `*` behind a word takes all that begins so.
    /// - Returns: nil where there is no word in it.
    init?(_ arguments: [String], _ breaker: WordBreaker) throws {
        phrases = try arguments.flatMap { Self.parts(of: $0) }.compactMap { try Phrase($0, breaker) }
        if phrases.isEmpty { return nil }
    }

    /// What stands between quotes, and what does not.
    private static func parts(of argument: String) -> [String] {
        let quotes: Set<Unicode.Scalar> = ["\"", "“", "”", "„"]
        guard argument.unicodeScalars.contains(where: quotes.contains) else { return [argument] }
        let pieces = argument.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: quotes.contains)
            .map { String($0) }
        var parts: [String] = []
        for (place, piece) in pieces.enumerated() {
            guard place.isMultiple(of: 2) else {
                parts.append(piece)
                continue
            }
            var words = piece.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
            // A star right behind the quote that closes a phrase is the phrase's.
            if place > 0, piece.unicodeScalars.first == "*", let phrase = parts.popLast() {
                parts.append(phrase + "*")
                words[0].removeFirst()
            }
            parts += words
        }
        return parts
    }

    /// As FTS5 reads it: nothing of what was typed is an operator there.
    var expression: String {
        phrases.map { phrase in
            let quoted = phrase.source.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            return "\"\(quoted)\"\(phrase.isPrefix ? " *" : "")"
        }.joined(separator: " AND ")
    }

    /// Where the phrases stand in the texts of a record, a list of ranges a text; nil where one of them is in none.
    func ranges(in texts: [[WordBreaker.Word]]) -> [[Range<Int>]]? {
        var all = texts.map { _ in [Range<Int>]() }
        for phrase in phrases {
            let found = texts.map { phrase.ranges(in: $0) }
            guard found.contains(where: { !$0.isEmpty }) else { return nil }
            for place in all.indices { all[place] += found[place] }
        }
        return all.map(Self.merged)
    }

    /// Ascending, none touching the next.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

extension SearchQuery.Phrase {
    fileprivate init?(_ typed: String, _ breaker: WordBreaker) throws {
        var source = SearchQuery.searchable(typed)
        let isPrefix = source.unicodeScalars.last == "*"
        while source.unicodeScalars.last == "*" { source.unicodeScalars.removeLast() }
        // FTS5 would read no further.
        source.unicodeScalars.removeAll { $0 == "\0" }
        let terms = try breaker.words(of: source).map(\.term)
        if terms.isEmpty { return nil }
        self.init(terms: terms, isPrefix: isPrefix, source: source)
    }

    /// Where it stands among the words of a text.
    func ranges(in words: [WordBreaker.Word]) -> [Range<Int>] {
        guard words.count >= terms.count else { return [] }
        return (0...words.count - terms.count).compactMap { start in
            for (place, term) in terms.enumerated() {
                let word = words[start + place].term
                let isLast = place == terms.count - 1
                guard isPrefix && isLast ? word.starts(with: term) : word == term else { return nil }
            }
            return words[start].range.lowerBound..<words[start + terms.count - 1].range.upperBound
        }
    }
}
