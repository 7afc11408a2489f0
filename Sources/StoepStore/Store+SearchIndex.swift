import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// The full-text index (`DESIGN` §9): which words stand in which record, and where. The words themselves stand once, in the
/// folded row: the FTS5 tables are contentless.
///
/// FTS5 slows down as a table grows, and keeps the words of what was deleted. So there are many tables, *shards*, that are
/// only ever added to: a record that changed gets a new document, and the earlier one counts no longer. A shard with a
/// record that was erased is emptied whole, in the transaction that folds the erasure, and its other records are indexed
/// anew. That costs the same however large the store is.
///
/// The index follows: folding only notes which records are behind. A search looks through those itself.
extension Store {
    /// The numbers of its documents begin at its own times this.
    static let shardStride: Int64 = 1 << 20
    /// Records that one transaction indexes.
    package static let searchPiece = 2000
    /// Raised when the same records are indexed otherwise.
    private static let searchRevision: UInt64 = 1
    private static let searchKey = "search"

    /// A daemon's coordinators look elsewhere, so it keeps no index.
    var isSearched: Bool { !isHub }

    static let searchTables = """
        -- The shards of the full-text index: how many documents each has been given since it was empty, and how many of
        -- these count no longer.
        CREATE TABLE search_shard(
            id INTEGER PRIMARY KEY, used INTEGER NOT NULL DEFAULT 0, stale INTEGER NOT NULL DEFAULT 0);
        -- A document is a record as it was indexed once; `live` where it still says that. Its time orders what is found.
        CREATE TABLE search_doc(
            doc INTEGER PRIMARY KEY, record INTEGER NOT NULL, time INTEGER NOT NULL, live INTEGER NOT NULL);
        CREATE INDEX search_doc_record ON search_doc(record);
        -- Records that changed since they were indexed.
        CREATE TABLE search_behind(record INTEGER PRIMARY KEY);

        """

    // MARK: Following

    /// Notes that a folded record says something else. Inside the transaction that folds it.
    func followInSearch(_ state: RecordState, before: RecordState, row: Int64) throws {
        guard isSearched else { return }
        if isSearched(before) {
            let docs = try db.query("SELECT doc FROM search_doc WHERE record = ? AND live = 1", [.integer(row)]) {
                $0.int64(0)
            }
            for doc in docs {
                try db.run("UPDATE search_doc SET live = 0 WHERE doc = ?", [.integer(doc)])
                try db.run(
                    "UPDATE search_shard SET stale = stale + 1 WHERE id = ?", [.integer(doc / Self.shardStride)])
            }
            if !isSearched(state) { try db.run("DELETE FROM search_behind WHERE record = ?", [.integer(row)]) }
        }
        if isSearched(state) { try db.run("INSERT OR IGNORE INTO search_behind(record) VALUES(?)", [.integer(row)]) }
    }

    /// Whether a record is listed, and of a collection in which words are looked for.
    func isSearched(_ state: RecordState) -> Bool {
        guard state.isListed, let collection = state.collection else { return false }
        return configuration.schema[collection]?.searchedFields.isEmpty == false
    }

    /// Whether any record is behind, or a shard should be made anew.
    package func isSearchBehind(by count: Int = 1) throws -> Bool {
        try read {
            try db.first("SELECT 1 FROM search_behind LIMIT 1 OFFSET ?", [.integer(Int64(count) - 1)]) { _ in true }
                != nil
        }
    }

    /// How many records are behind.
    package func searchBehindCount() throws -> Int {
        try read { Int(clamping: try db.first("SELECT count(*) FROM search_behind") { $0.int64(0) } ?? 0) }
    }

    /// Indexes a bounded part of what is behind, in a transaction of its own. Gives whether anything is left.
    package func indexSome(atMost limit: Int = searchPiece) throws -> Bool {
        guard isSearched, try isSearchBehind() else { return false }
        return try write(goesOn: try isSearchBehind(by: limit + 1)) {
            if try renewShard() { return true }
            return try indexInTransaction(atMost: limit) > 0 && isSearchBehind()
        }
    }

    /// Fills one shard, and begins no second: no table is made while the records are being read.
    /// - Returns: how many it looked at.
    @discardableResult
    func indexInTransaction(atMost limit: Int) throws -> Int {
        var shard = try openShard()
        var last: Int64?
        var count = 0
        // In this order: there is no index by which records could be asked whether they are behind.
        try db.forEach(
            """
            SELECT b.record, r.rid, r.content FROM search_behind b CROSS JOIN record r ON r.id = b.record
            ORDER BY b.record LIMIT ?
            """, [.integer(min(Int64(limit), Int64(configuration.shardDocuments) - shard.used))]
        ) { row in
            guard let id = RecordID(bytes: row.blob(1)) else { throw StoreError.damaged("stoep.db: record id") }
            last = row.int64(0)
            count += 1
            let state = try RecordState(id: id, decoding: row.blob(2))
            guard isSearched(state) else { return }
            try db.run(
                "INSERT INTO search_\(shard.id)(rowid, text) VALUES(?, ?)",
                [.integer(shard.used), .text(searchedText(state))])
            try db.run(
                "INSERT INTO search_doc(doc, record, time, live) VALUES(?, ?, ?, 1)",
                [.integer(shard.id * Self.shardStride + shard.used), .integer(row.int64(0)), .integer(searchTime(state))])
            shard.used += 1
        }
        try close(shard)
        if let last { try db.run("DELETE FROM search_behind WHERE record <= ?", [.integer(last)]) }
        return count
    }

    private typealias OpenShard = (id: Int64, used: Int64)

    /// The fullest shard that has room; a new one where none has.
    private func openShard() throws -> OpenShard {
        let open = try db.first(
            "SELECT id, used FROM search_shard WHERE used < ? ORDER BY used DESC, id LIMIT 1",
            [.integer(Int64(configuration.shardDocuments))]
        ) { (id: $0.int64(0), used: $0.int64(1)) }
        if let open { return open }
        let id = try db.first("SELECT max(id) + 1 FROM search_shard") { $0.int64(0) } ?? 0
        // A leaf of FTS5's own size would not fit a page with reserved bytes, and spill onto a second one.
        try db.execute(
            """
            CREATE VIRTUAL TABLE search_\(id) USING fts5(text, content='', columnsize=0, \(WordBreaker.definition));
            INSERT INTO search_\(id)(search_\(id), rank) VALUES('pgsz', 4000);
            """)
        try db.run("INSERT INTO search_shard(id) VALUES(?)", [.integer(id)])
        return (id, 0)
    }

    /// Counts what a shard was given.
    private func close(_ shard: OpenShard) throws {
        try db.run("UPDATE search_shard SET used = ? WHERE id = ?", [.integer(shard.used), .integer(shard.id)])
    }

    /// What is indexed of a record.
    func searchedText(_ state: RecordState) -> String {
        searchedTexts(state).map(\.text).joined(separator: " \(SearchQuery.separator) ")
    }

    /// What a record says, each text with its field; of a set or a list each member, of competing values each.
    func searchedTexts(_ state: RecordState) -> [(field: FieldDefinition, text: String)] {
        guard let definition = state.collection.flatMap({ configuration.schema[$0] }) else { return [] }
        return definition.searchedFields.flatMap { field -> [(field: FieldDefinition, text: String)] in
            let values: [Value]
            switch state[field.number] {
            case .text(let text): values = [.text(text)]
            case .register: values = state.values(field.number).map(\.value)
            case .set(let members): values = members.map(\.value)
            case .list(let items): values = items.flatMap { $0.distinctValues.map(\.value) }
            case .counter, nil: values = []
            }
            return values.compactMap { value in
                guard case .text(let text) = value, !text.isEmpty else { return nil }
                return (field, SearchQuery.searchable(text))
            }
        }
    }

    /// By what a record is ordered among those that are found, in milliseconds since 1970.
    func searchTime(_ state: RecordState) -> Int64 {
        if let field = state.collection.flatMap({ SearchedFields.times[$0] }),
            case .integer(let time)? = state.value(field)
        {
            return time
        }
        return Int64(clamping: state.creation?.time.milliseconds ?? 0)
    }

    /// A record by its row; nil where there is no such row any more.
    func state(ofRow row: Int64) throws -> RecordState? {
        let found = try db.first("SELECT rid, content FROM record WHERE id = ?", [.integer(row)]) {
            (id: $0.blob(0), content: $0.blob(1))
        }
        guard let found else { return nil }
        guard let id = RecordID(bytes: found.id) else { throw StoreError.damaged("stoep.db: record id") }
        return try RecordState(id: id, decoding: found.content)
    }

    // MARK: Forgetting

    /// Empties the shards in which a record was ever indexed; the others in them are behind then. Inside the transaction
    /// that erases it.
    /// - Returns: whether there were any: the words may still stand in the write-ahead log.
    func forgetInSearch(_ record: RecordID, in log: Int64) throws -> Bool {
        let found = try db.first(
            "SELECT id FROM record WHERE rid = ? AND log = ?", [.blob(record.bytes), .integer(log)]
        ) { $0.int64(0) }
        guard isSearched, let row = found else { return false }
        let shards = try db.query(
            "SELECT DISTINCT doc / ? FROM search_doc WHERE record = ?", [.integer(Self.shardStride), .integer(row)]
        ) { $0.int64(0) }
        try db.run("DELETE FROM search_doc WHERE record = ?", [.integer(row)])
        for shard in shards { try empty(shard) }
        try db.run("DELETE FROM search_behind WHERE record = ?", [.integer(row)])
        return !shards.isEmpty
    }

    /// The same for every record of a log.
    func forgetInSearch(log: Int64) throws {
        let shards = try db.query(
            "SELECT DISTINCT doc / ? FROM search_doc WHERE record IN (SELECT id FROM record WHERE log = ?)",
            [.integer(Self.shardStride), .integer(log)]
        ) { $0.int64(0) }
        for shard in shards { try empty(shard) }
        try db.run(
            "DELETE FROM search_behind WHERE record IN (SELECT id FROM record WHERE log = ?)", [.integer(log)])
    }

    private func empty(_ shard: Int64) throws {
        let first = shard * Self.shardStride
        let range: [SQLValue] = [.integer(first), .integer(first + Self.shardStride - 1)]
        try db.run(
            """
            INSERT OR IGNORE INTO search_behind(record)
            SELECT record FROM search_doc WHERE doc BETWEEN ? AND ? AND live = 1
            """, range)
        try db.run("DELETE FROM search_doc WHERE doc BETWEEN ? AND ?", range)
        try db.run("INSERT INTO search_\(shard)(search_\(shard)) VALUES('delete-all')")
        try db.run("UPDATE search_shard SET used = 0, stale = 0 WHERE id = ?", [.integer(shard)])
    }

    /// Empties one shard of which half counts no longer. Gives whether there was one.
    private func renewShard() throws -> Bool {
        let shard = try db.first(
            "SELECT id FROM search_shard WHERE used >= ?1 AND stale > ?1 / 2 LIMIT 1", [.integer(Int64(configuration.shardDocuments))]
        ) { $0.int64(0) }
        if let shard { try empty(shard) }
        return shard != nil
    }

    // MARK: From scratch

    /// Has everything indexed anew where another version, or none, made the index. Inside a transaction.
    func adoptSearch() throws {
        let ours = searchStamp
        guard isSearched, try meta(Self.searchKey) != ours else { return }
        try resetSearch()
        try setMeta(Self.searchKey, ours)
    }

    /// By what records are indexed. It is part of the stamp of the schema too, so that opening a store reads one row.
    var searchStamp: [UInt8] {
        var writer = CBORWriter()
        writer.unsigned(Self.searchRevision)
        for collection in configuration.schema.collections {
            writer.unsigned(UInt64(collection.number.rawValue))
            for field in collection.searchedFields { writer.unsigned(UInt64(field.number.rawValue)) }
        }
        return environment.cryptography.sha256(writer.bytes).bytes
    }

    func resetSearch() throws {
        for shard in try db.query("SELECT id FROM search_shard", [], { $0.int64(0) }) {
            try db.execute("DROP TABLE IF EXISTS search_\(shard)")
        }
        for table in ["search_shard", "search_doc", "search_behind"] { try db.run("DELETE FROM \(table)") }
        let numbers = configuration.schema.collections.filter { !$0.searchedFields.isEmpty }
            .map { String($0.number.rawValue) }.joined(separator: ",")
        try db.run(
            "INSERT INTO search_behind(record) SELECT id FROM record WHERE listed = 1 AND collection IN (\(numbers))")
    }

    /// Makes the whole index anew from the records, in pieces.
    package func rebuildSearch() throws {
        guard isSearched else { return }
        try write { try resetSearch() }
        while try indexSome() {}
    }
}
