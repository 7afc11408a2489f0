import StoepModel
import StoepSQLite

/// Themes that go on as others, as they stand in the columns. All of these stand inside a read.
extension Store {
    /// The themes that are listed and say as which other they go on; that other may not be here.
    package func mergedThemes() throws -> [(theme: RecordID, into: RecordID)] {
        try db.query(
            """
            SELECT r.rid, f.mergedInto FROM f_theme f JOIN record r ON r.id = f.record WHERE f.mergedInto IS NOT NULL
            """
        ) { row in
            guard let theme = RecordID(bytes: row.blob(0)), let into = RecordID(bytes: row.blob(1)) else {
                throw StoreError.damaged("stoep.db: theme")
            }
            return (theme, into)
        }
    }

    /// How many of the conversations held here have one of these themes.
    package func conversationCount(havingAnyOf themes: [RecordID]) throws -> Int {
        let marks = themes.map { _ in "?" }.joined(separator: ", ")
        let count = try db.first(
            "SELECT count(DISTINCT record) FROM s_conversation_themes WHERE value IN (\(marks))",
            themes.map { .blob($0.bytes) }
        ) { $0.int64(0) }
        return Int(clamping: count ?? 0)
    }
}
