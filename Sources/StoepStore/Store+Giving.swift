import StoepModel
import StoepSQLite

/// An offer and a need that were brought together, as it stands in the columns.
package struct MatchRow: Sendable {
    package let offer: RecordID
    package let need: RecordID
    package let progress: Int64
    package let share: Int64
}

extension Store {
    /// The matches that are listed and name both sides; of one offer alone, or all. Inside a read.
    package func matches(of offer: RecordID? = nil) throws -> [MatchRow] {
        try db.query(
            """
            SELECT offer, need, ifnull(progress, 0), ifnull(share, 1) FROM f_match
            WHERE offer IS NOT NULL AND need IS NOT NULL\(offer == nil ? "" : " AND offer = ?")
            """, offer.map { [.blob($0.bytes)] } ?? []
        ) { row in
            guard let offer = RecordID(bytes: row.blob(0)), let need = RecordID(bytes: row.blob(1)) else {
                throw StoreError.damaged("stoep.db: match")
            }
            return MatchRow(offer: offer, need: need, progress: row.int64(2), share: row.int64(3))
        }
    }
}
