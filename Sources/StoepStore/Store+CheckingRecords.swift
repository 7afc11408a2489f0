import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// Holding everything that is folded from the log against a fresh fold of it.
extension Store {
    private static let recordsPerPiece = 500

    private struct FoldedRow {
        let row: Int64
        let id: RecordID?
        let log: Int64
        let collection: SQLValue
        let content: [UInt8]
        let counts: [SQLValue]
        let isBehind: Bool
    }

    /// Folds every record anew, and holds its row, columns, members and edges against that.
    func checkRecords(_ checkup: inout Checkup, _ progress: (CheckProgress) -> Void) throws {
        let all = try read { try db.first("SELECT count(*) FROM record") { Int(clamping: $0.int64(0)) } }
        var last: Int64 = -1
        var isDone = false
        while !isDone {
            progress(CheckProgress(stage: .records, done: checkup.records, all: all))
            let start = last
            try reading(&checkup, "record") { checkup in
                let rows = try foldedRows(after: start)
                isDone = rows.count < Self.recordsPerPiece
                last = rows.last?.row ?? last
                let logs = try db.query("SELECT id, name FROM log") { ($0.int64(0), LogID(parsing: $0.string(1))) }
                let names = Dictionary(uniqueKeysWithValues: logs)
                for row in rows { try check(row, in: names[row.log] ?? nil, &checkup) }
            }
            // A page that cannot be read is told; what stands behind it cannot be reached.
            if last == start { isDone = true }
        }
        try reading(&checkup, "record") { checkup in
            let unfolded = try db.query(
                """
                SELECT DISTINCT l.name FROM touch t CROSS JOIN change c ON c.id = t.change JOIN log l ON l.id = c.log
                WHERE NOT EXISTS(SELECT 1 FROM record r WHERE r.id = t.record)
                AND NOT EXISTS(SELECT 1 FROM behind b WHERE b.row = t.record)
                """
            ) { LogID(parsing: $0.string(0)) }
            for log in unfolded { checkup.note(Finding(.derived, "fold", log: log)) }
        }
    }

    private func foldedRows(after row: Int64) throws -> [FoldedRow] {
        try db.query(
            """
            SELECT r.id, r.rid, r.log, r.collection, r.content, r.conflicts, r.pending, r.quarantined, r.unknown, r.listed,
                r.ended, EXISTS(SELECT 1 FROM behind b WHERE b.row = r.id)
            FROM record r WHERE r.id > ? ORDER BY r.id LIMIT ?
            """, [.integer(row), .integer(Int64(Self.recordsPerPiece))]
        ) { row in
            FoldedRow(
                row: row.int64(0), id: RecordID(bytes: row.blob(1)), log: row.int64(2), collection: row.value(3),
                content: row.blob(4), counts: (5...10).map { row.value($0) }, isBehind: row.int64(11) != 0)
        }
    }

    private func check(_ row: FoldedRow, in log: LogID?, _ checkup: inout Checkup) throws {
        guard let log, let id = row.id else { return checkup.note(Finding(.derived, "fold", log: log)) }
        checkup.records += 1
        if row.isBehind {
            checkup.behind += 1
            return
        }
        let fault: String?
        do {
            let blocks = try blocks(of: id, log: row.log)
            let state = try folding(log) { $0(id, blocks) }
            fault = try areAbout(id, blocks) ? self.fault(of: state, row) : "index"
        } catch StoreError.damaged {
            fault = "fold"
        }
        if let fault { checkup.note(Finding(.derived, fault, log: log, record: id)) }
    }

    /// Whether a record is found by its own blocks alone.
    private func areAbout(_ id: RecordID, _ blocks: [RecordBlock]) -> Bool {
        blocks.allSatisfy { block in
            switch block.subject {
            case .record(let subject): subject == id
            case .created:
                RecordID(createdBy: block.point, block: Int(block.index), environment.cryptography) == id
            }
        }
    }

    private func fault(of state: RecordState, _ row: FoldedRow) throws -> String? {
        let collection = SQLValue.optional(state.collection.map { Int64($0.rawValue) })
        guard try state.encodedContent() == row.content, collection == row.collection, counts(of: state) == row.counts
        else { return "fold" }
        if let definition = state.collection.flatMap({ configuration.schema[$0] }) {
            guard try columns(of: row.row, definition) == expectedColumns(of: state, definition) else { return "columns" }
            for field in definition.fields where field.kind == .set {
                let held = try db.query(
                    "SELECT value FROM s_\(definition.name)_\(field.name) WHERE record = ?", [.integer(row.row)]
                ) { $0.value(0) }
                let members = state.isListed ? state.members(field.number).map { SQLValue($0.value) } : []
                guard held.count == Set(state.isListed ? state.members(field.number).map(\.value) : []).count,
                    members.allSatisfy(held.contains)
                else { return "columns" }
            }
        }
        let edges = try db.query(
            "SELECT other FROM edge WHERE log = ? AND record = ?", [.integer(row.log), .blob(state.id.bytes)]
        ) { $0.blob(0) }
        guard Set(edges) == Set(state.isListed ? state.edges.map(\.other.bytes) : []) else { return "edges" }
        return nil
    }

    private func columns(of row: Int64, _ definition: CollectionDefinition) throws -> [SQLValue]? {
        let names = ["record"] + definition.fields.filter(\.isColumn).map { "\"\($0.name)\"" }
        return try db.first(
            "SELECT \(names.joined(separator: ", ")) FROM f_\(definition.name) WHERE record = ?", [.integer(row)]
        ) { row in names.indices.dropFirst().map { row.value($0) } }
    }

    private func expectedColumns(of state: RecordState, _ definition: CollectionDefinition) -> [SQLValue]? {
        state.isListed ? definition.fields.filter(\.isColumn).map { state.column($0) } : nil
    }

    // MARK: Tables

    /// What stands in the tables of collections, and no record has; and the sums by which replicas are compared.
    func checkTables(_ checkup: inout Checkup, _ progress: (CheckProgress) -> Void) throws {
        progress(CheckProgress(stage: .tables, done: 0, all: nil))
        for collection in configuration.schema.collections {
            let sets = collection.fields.filter { $0.kind == .set }.map { "s_\(collection.name)_\($0.name)" }
            for table in ["f_\(collection.name)"] + sets {
                try reading(&checkup, table) { checkup in
                    let strays = try db.first(
                        """
                        SELECT count(*) FROM \(table) t WHERE NOT EXISTS(
                            SELECT 1 FROM record r WHERE r.id = t.record AND r.collection = ?)
                        """, [.integer(Int64(collection.number.rawValue))]
                    ) { $0.int64(0) } ?? 0
                    if strays > 0 { checkup.note(Finding(.derived, table)) }
                }
            }
        }
        try reading(&checkup, "edge") { checkup in
            let strays = try db.first(
                """
                SELECT count(*) FROM edge e WHERE NOT EXISTS(
                    SELECT 1 FROM record r WHERE r.rid = e.record AND r.log = e.log)
                """
            ) { $0.int64(0) } ?? 0
            if strays > 0 { checkup.note(Finding(.derived, "edges")) }
        }
        for log in try read({ try logs() }) {
            try reading(&checkup, "\(log)") { checkup in
                guard let row = try logID(log) else { return }
                var sum = Bytes32.zero
                try db.forEach("SELECT rid, content FROM record WHERE log = ?", [.integer(row)]) { record in
                    guard let id = RecordID(bytes: record.blob(0)) else { return }
                    sum = sum &+ digest(id, record.blob(1))
                }
                let held = try db.first("SELECT state_sum, records FROM log WHERE id = ?", [.integer(row)]) {
                    (sum: $0.blob(0), records: $0.int64(1))
                }
                if held?.sum != sum.bytes { checkup.note(Finding(.derived, "state-hash", log: log)) }
                let listed = try db.first("SELECT count(*) FROM record WHERE log = ? AND listed = 1", [.integer(row)]) {
                    $0.int64(0)
                }
                if held?.records != listed { checkup.note(Finding(.derived, "record-count", log: log)) }
            }
        }
    }
}
