import StoepModel
import StoepSQLite

/// How far a store has been looked at.
package struct StoreMark: Equatable {
    /// Moves with every commit of another connection, and with every row that this one writes.
    fileprivate var writes: [Int64] = []
    /// What each log shows, and the last change that was seen.
    fileprivate var sums: [LogID: [UInt8]] = [:]
    fileprivate var change: Int64 = 0
    /// How many changes lack a body.
    fileprivate var missing: Int64 = 0
}

/// What a store shows otherwise than when it was last looked at.
package enum StoreDifference: Equatable {
    case none
    /// These records, in the order of their ids.
    case records([RecordID])
    /// Any: the roster changed, a body came late, the store was rebuilt, or very much came at once.
    case any
}

/// Noticing what this process or another has committed.
extension Store {
    /// So many records are told apart; beyond that all of them are to be looked at.
    private static let toldApart = 10_000

    package func mark() throws -> StoreMark {
        let writes = try writes()
        return try read { try mark(writes) }
    }

    /// What is shown otherwise since a mark, which moves on. It costs next to nothing where nobody wrote, and not more
    /// than what came otherwise.
    package func difference(since mark: inout StoreMark) throws -> StoreDifference {
        let writes = try writes()
        guard writes != mark.writes else { return .none }
        return try read {
            let (old, new) = (mark, try self.mark(writes))
            mark = new
            let changed = Set(old.sums.keys).union(new.sums.keys).filter { old.sums[$0] != new.sums[$0] }
            guard !changed.isEmpty else { return .none }
            guard !changed.contains(.roster), new.missing == old.missing else { return .any }
            let touched = try db.query(
                """
                SELECT DISTINCT r.rid, c.log FROM change c JOIN touch t ON t.change = c.id JOIN record r ON r.id = t.record
                WHERE c.id > ? ORDER BY r.rid LIMIT ?
                """, [.integer(old.change), .integer(Int64(Self.toldApart + 1))]
            ) { (record: RecordID(bytes: $0.blob(0)), log: $0.int64(1)) }
            let told = try Set(touched.map(\.log)).compactMap { try log($0) }
            // What changed without a change was folded anew.
            guard touched.count <= Self.toldApart, changed.isSubset(of: told) else { return .any }
            return .records(touched.compactMap(\.record))
        }
    }

    private func mark(_ writes: [Int64]) throws -> StoreMark {
        var mark = StoreMark(writes: writes)
        let rows = try db.query("SELECT id, state_sum FROM log") { (log: $0.int64(0), sum: $0.blob(1)) }
        for row in rows {
            if let log = try log(row.log) { mark.sums[log] = row.sum }
        }
        mark.change = try db.first("SELECT ifnull(max(id), 0) FROM change") { $0.int64(0) } ?? 0
        mark.missing = try db.first("SELECT count(*) FROM change WHERE missing > 0") { $0.int64(0) } ?? 0
        return mark
    }

    /// Taken before a snapshot: what is committed in between is seen twice rather than not at all.
    private func writes() throws -> [Int64] {
        [try db.first("PRAGMA data_version") { $0.int64(0) } ?? 0, db.rowsWritten]
    }
}
