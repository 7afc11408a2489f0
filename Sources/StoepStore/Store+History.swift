import StoepMerge
import StoepModel
import StoepSQLite

/// What was done to a record, and how it is taken back.
extension Store {
    /// Everything that was ever done to a record, in the total order.
    /// - Throws: `unknownRecord`.
    package func history(of id: RecordID) throws -> [HistoryEntry] {
        guard let log = try log(of: id), let row = try logID(log) else { throw StoreError.unknownRecord(id) }
        let blocks = try blocks(of: id, log: row)
        return try folding(log) { $0.history(id, blocks) }
    }

    /// What takes back a change, for each record that it is about: as it stands now, upon all that was built on it.
    package func undoPlans(_ point: ChangePoint, in log: LogID) throws -> [(record: RecordID, plan: UndoPlan)] {
        guard let row = try logID(log), let change = try change(log, point) else { return [] }
        let records = try db.query(
            "SELECT r.rid FROM touch t CROSS JOIN record r ON r.id = t.record WHERE t.change = ? ORDER BY t.block",
            [.integer(change.id)]
        ) { row in
            guard let id = RecordID(bytes: row.blob(0)) else { throw StoreError.damaged("stoep.db: touch") }
            return id
        }
        return try records.compactMap { record in
            let blocks = try blocks(of: record, log: row)
            return try folding(log) { $0.undo(point, of: record, blocks) }.map { (record, $0) }
        }
    }

    /// Takes back a change as a new one, which can be taken back in turn. Inside a write transaction.
    /// - Returns: whether anything was left to take back.
    package func undoInTransaction(_ plans: [(record: RecordID, plan: UndoPlan)], in log: LogID) throws -> Bool {
        let edits = plans.filter { !$0.plan.operations.isEmpty }.map {
            RecordEdit(log: log, target: .existing($0.record), fields: $0.plan.operations.map { .operation($0) })
        }
        _ = try saveInTransaction(edits)
        return !edits.isEmpty
    }
}
