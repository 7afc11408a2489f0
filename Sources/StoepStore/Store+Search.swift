import StoepMerge
import StoepModel
import StoepSQLite

/// Where to look, and for how much.
package struct SearchScope {
    /// Only in these.
    package var logs: [LogID]
    /// Only what took place in the area with this code.
    package var area: String?
    /// Only what took place in this time, in milliseconds since 1970.
    package var period: Range<Int64>?
    /// At most so many, from 1 on.
    package var limit: Int

    package init(logs: [LogID], area: String? = nil, period: Range<Int64>? = nil, limit: Int) {
        self.logs = logs
        self.area = area
        self.period = period
        self.limit = max(1, limit)
    }
}

/// A record in which everything was found that was searched for.
package struct SearchFound {
    /// A text in which some of it stands.
    package struct Place {
        package let field: FieldDefinition
        package let text: String
        /// In bytes of the text's UTF-8, ascending, none touching the next. Not empty.
        package let ranges: [Range<Int>]
    }

    package let state: RecordState
    package let log: LogID
    /// In milliseconds since 1970.
    package let time: Int64
    /// In the order of the collection's searched fields. Not empty.
    package let places: [Place]
}

extension Store {
    /// What was typed, as a query; nil where there is no word in it.
    package func searchQuery(_ typed: [String]) throws -> SearchQuery? {
        try Self.translating { try SearchQuery(typed, db.wordBreaker()) }
    }

    /// The listed records in which all of a query is found, the newest first. What was committed before this is seen,
    /// indexed or not. Inside a read.
    /// - Returns: at most `scope.limit` of them, and whether there are more.
    package func search(_ query: SearchQuery, in scope: SearchScope) throws -> (found: [SearchFound], hasMore: Bool) {
        let breaker = try db.wordBreaker()
        let filter = try SearchFilter(scope, self)
        var candidates = try indexed(query, filter, atMost: scope.limit + 1)
        // The tables are asked in this order: few are behind, and few documents have the words.
        let behind = "SELECT r.id FROM search_behind b CROSS JOIN record r ON r.id = b.record WHERE \(filter.record)"
        try db.forEach(behind, filter.arguments) { row in
            let id = row.int64(0)
            guard let state = try state(ofRow: id), case let time = searchTime(state),
                scope.period?.contains(time) ?? true, try places(of: query, in: state, breaker) != nil
            else { return }
            candidates.append(Candidate(row: id, time: time))
        }
        candidates.sort()
        let found = try candidates.prefix(scope.limit).compactMap { candidate -> SearchFound? in
            guard let state = try state(ofRow: candidate.row), let log = try log(of: state.id),
                let places = try places(of: query, in: state, breaker)
            else { return nil }
            return SearchFound(state: state, log: log, time: candidate.time, places: places)
        }
        return (found, candidates.count > scope.limit)
    }

    private func indexed(_ query: SearchQuery, _ filter: SearchFilter, atMost limit: Int) throws -> [Candidate] {
        var candidates: [Candidate] = []
        for shard in try db.query("SELECT id FROM search_shard WHERE used > 0", [], { $0.int64(0) }) {
            candidates += try db.query(
                """
                SELECT d.record, d.time FROM search_\(shard) s CROSS JOIN search_doc d ON d.doc = s.rowid + ?
                WHERE s.text MATCH ? AND d.live = 1 \(filter.document) ORDER BY d.time DESC, d.record LIMIT ?
                """,
                [.integer(shard * Self.shardStride), .text(query.expression)] + filter.arguments
                    + [.integer(Int64(limit))]
            ) { Candidate(row: $0.int64(0), time: $0.int64(1)) }
        }
        return candidates
    }

    /// Where a query is found in a record; nil where not all of it is.
    private func places(
        of query: SearchQuery, in state: RecordState, _ breaker: WordBreaker
    ) throws(SQLiteError) -> [SearchFound.Place]? {
        guard state.isListed else { return nil }
        let texts = searchedTexts(state)
        guard let ranges = query.ranges(in: try texts.map { text throws(SQLiteError) in try breaker.words(of: text.text) }) else { return nil }
        return zip(texts, ranges).compactMap { text, ranges in
            ranges.isEmpty ? nil : SearchFound.Place(field: text.field, text: text.text, ranges: ranges)
        }
    }
}

/// A record that is found, by its row.
private struct Candidate: Comparable {
    let row: Int64
    let time: Int64

    /// The newest first; what took place at the same time in the order of its rows.
    static func < (a: Self, b: Self) -> Bool { a.time == b.time ? a.row < b.row : a.time > b.time }
}
