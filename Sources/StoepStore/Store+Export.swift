import StoepMerge
import StoepModel
import StoepSQLite

/// Every record of a collection, one after the other: what is held at once does not grow with how many there are.
extension Store {
    /// Up to so many the order of the ids is made in memory. Beyond that it is that of an index: then all records are
    /// gone by, of whichever collection, and nothing is held.
    package static let sortedRecords = 10_000

    /// The records of a collection that are listed, each with the log that it stands in, by id: so that two who hold the
    /// same go through them in the same order. Inside a read.
    package func forEachRecord(
        of collection: CollectionNumber, sortingUpTo most: Int = Store.sortedRecords,
        _ body: (RecordState, LogID) throws -> Void
    ) throws {
        guard let definition = configuration.schema[collection] else { return }
        let isSorted = try count(of: collection) <= most
        let found = """
            SELECT r.rid, r.log, f.record FROM f_\(definition.name) f CROSS JOIN record r ON r.id = f.record
            JOIN log l ON l.id = r.log ORDER BY r.rid, l.name
            """
        let passed = """
            SELECT r.rid, r.log, r.id, r.content, r.pending FROM record r INDEXED BY sqlite_autoindex_record_1
            JOIN log l ON l.id = r.log WHERE r.collection = \(collection.rawValue) ORDER BY r.rid, l.name
            """
        try db.forEach(isSorted ? found : passed) { row in
            guard let id = RecordID(bytes: row.blob(0)), let log = try log(row.int64(1)) else {
                throw StoreError.damaged("stoep.db: record id")
            }
            let state: RecordState? =
                if isSorted {
                    try db.first("SELECT content, pending FROM record WHERE id = ?", [.integer(row.int64(2))]) {
                        try Self.state(id, content: $0.blob(0), pending: $0.int64(1))
                    }
                } else {
                    try Self.state(id, content: row.blob(3), pending: row.int64(4))
                }
            if let state, state.isListed { try body(state, log) }
        }
    }
}
