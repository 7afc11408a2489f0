import StoepMerge
import StoepModel
import StoepSQLite

/// Every record of a collection, one after the other: what is held at once does not grow with how many there are.
extension Store {
    /// The records of a collection that are listed, each with the log that it stands in, by id: so that two who hold the
    /// same go through them in the same order. Inside a read.
    package func forEachRecord(
        of collection: CollectionNumber, _ body: (RecordState, LogID) throws -> Void
    ) throws {
        guard let definition = configuration.schema[collection] else { return }
        try db.forEach(
            """
            SELECT r.rid, l.name FROM f_\(definition.name) f JOIN record r ON r.id = f.record
            JOIN log l ON l.id = r.log ORDER BY r.rid, l.name
            """
        ) { row in
            guard let id = RecordID(bytes: row.blob(0)), let log = LogID(parsing: row.string(1)) else {
                throw StoreError.damaged("stoep.db: record id")
            }
            try body(stored(id, in: log), log)
        }
    }
}
