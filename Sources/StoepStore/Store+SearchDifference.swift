import StoepMerge
import StoepModel
import StoepSQLite

/// Holding the index against the records.
extension Store {
    /// The first thing in which the full-text index differs from what the records come to, in words that quote none of
    /// them; nil where it says the same. Reads all of both, every shard in a snapshot of its own: for a checkup.
    package func searchDifference() throws -> String? {
        guard isSearched else { return nil }
        if let difference = try read({ try differenceOfDocuments() }) { return difference }
        for shard in try read({ try db.query("SELECT id FROM search_shard ORDER BY id", [], { $0.int64(0) }) }) {
            if let difference = try readingWords(of: shard, { try difference(of: shard) }) { return difference }
        }
        return nil
    }

    /// Reads with the words of a shard as a table in memory, which no snapshot could make; nil where the shard is gone.
    private func readingWords<T>(of shard: Int64, _ body: () throws -> T?) throws -> T? {
        try Self.translating {
            try db.execute(
                "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab('main', 'search_\(shard)', 'instance')")
            defer { try? db.execute("DROP TABLE temp.search_words") }
            return try read {
                let isThere = try db.first("SELECT 1 FROM search_shard WHERE id = ?", [.integer(shard)]) { _ in true }
                return isThere == true ? try body() : nil
            }
        }
    }

    /// Whether every record stands in the index as often as it should, and is counted so.
    private func differenceOfDocuments() throws -> String? {
        var expected: Set<Int64> = []
        try db.forEach("SELECT id FROM record WHERE listed = 1") { row in
            let id = row.int64(0)
            if let state = try state(ofRow: id), isSearched(state) { expected.insert(id) }
        }
        let live = try db.query("SELECT record FROM search_doc WHERE live = 1") { $0.int64(0) }
        let behind = Set(try db.query("SELECT record FROM search_behind") { $0.int64(0) })
        if Set(live).count != live.count { return "a record is indexed twice" }
        if let row = Set(live).union(behind).subtracting(expected).min() { return "row \(row) should not be found" }
        if let row = behind.intersection(live).min() { return "row \(row) is indexed, and behind" }
        if let row = expected.subtracting(live).subtracting(behind).min() { return "row \(row) is not indexed" }
        let miscounted = try db.first(
            """
            SELECT id FROM search_shard WHERE stale != (
                SELECT count(*) FROM search_doc WHERE live = 0 AND doc / ?1 = search_shard.id)
            OR used <= (SELECT coalesce(max(doc % ?1), -1) FROM search_doc WHERE doc / ?1 = search_shard.id)
            """, [.integer(Self.shardStride)]
        ) { $0.int64(0) }
        return miscounted.map { "shard \($0) is miscounted" }
    }

    /// Whether a shard has exactly the words of its documents, in their places.
    private func difference(of shard: Int64) throws -> String? {
        let first = shard * Self.shardStride
        let docs = try db.query(
            "SELECT doc, record, live FROM search_doc WHERE doc BETWEEN ? AND ?",
            [.integer(first), .integer(first + Self.shardStride - 1)]
        ) { (doc: $0.int64(0), record: $0.int64(1), isLive: $0.int64(2) == 1) }
        var indexed: [Int64: UInt64] = [:]
        try db.forEach("SELECT doc, offset, term FROM temp.search_words") { row in
            let mark = row.withUnsafeBlob(2) { Self.mark(of: $0, at: row.int64(1)) }
            indexed[first + row.int64(0), default: 0] &+= mark
        }
        let known = Set(docs.map(\.doc))
        if let doc = indexed.keys.filter({ !known.contains($0) }).min() { return "document \(doc) is nobody's" }
        let breaker = try db.wordBreaker()
        for doc in docs where doc.isLive {
            guard let state = try state(ofRow: doc.record) else { return "document \(doc.doc) has no record" }
            let words = try breaker.words(of: searchedText(state))
            let expected = words.enumerated().reduce(UInt64(0)) { sum, word in
                sum &+ word.element.term.withUnsafeBytes { Self.mark(of: $0, at: Int64(word.offset)) }
            }
            if indexed[doc.doc, default: 0] != expected { return "document \(doc.doc) has other words than its record" }
        }
        return nil
    }

    /// A word in its place as a number (FNV-1a), so that all of a document's can be added up in any order.
    private static func mark(of term: UnsafeRawBufferPointer, at place: Int64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in term { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for shift in stride(from: 0, to: 64, by: 8) {
            hash = (hash ^ (UInt64(bitPattern: place) >> UInt64(shift) & 0xff)) &* 0x100_0000_01b3
        }
        return hash
    }
}
