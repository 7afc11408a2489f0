import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// What a transaction writes once, when it ends, and not with every change.
struct Deferred {
    var behind = Behind()
    /// What is to be added to what is kept of logs, by their numbers.
    var totals: [Int64: LogTotals] = [:]
    /// The row of the next new record, once one has been given out.
    var nextRow: Int64?
    /// Whether the table `behind` is empty, once that has been asked.
    var isTableEmpty: Bool?
}

/// What a log's row tells of all its records together.
struct LogTotals {
    /// By which replicas are compared.
    var sum = Bytes32.zero
    /// How many are listed.
    var records: Int64 = 0

    mutating func add(_ difference: Bytes32) { sum = sum &+ difference }
}

/// Which records' folds are behind the log, and folding them in an order in which each is folded once.
extension Store {
    private static let nextRowKey = "next-record"
    /// So many wait in memory; beyond that they wait on the disk.
    private static let heldBehind = 20_000

    // MARK: Noting

    /// Notes that a block about a record came; nil where it is to be read from the log. Inside a transaction.
    /// - Returns: the row that the record has, or will have once it is folded.
    func noteBehind(_ key: RecordKey, isControl: Bool, _ block: TouchedBlock?) throws -> Int64 {
        if deferred.behind.count >= Self.heldBehind { try settleBehind() }
        let lane: Behind.Lane = try key.log == logID(.roster) ? .roster : isControl ? .control : .other
        if let entry = deferred.behind[key] {
            deferred.behind.add(block, to: key, lane)
            return entry.row
        }
        let stored = try storedRow(of: key)
        let row = try stored ?? newRow()
        // Of a record that is new, this is all that there is.
        deferred.behind.insert(key, lane, .init(row: row, blocks: stored == nil ? block.map { [$0] } : nil))
        return row
    }

    /// Notes that what is held of a change is not what its records were folded from.
    func noteBehind(touchedBy change: Int64, isControl: Bool) throws {
        let rows = try db.query("SELECT record FROM touch WHERE change = ?", [.integer(change)]) { $0.int64(0) }
        for row in rows where !deferred.behind.forgetBlocks(row: row) {
            try markBehind("WHERE id = ?2", first: isControl ? 1 : 0, [.integer(row)])
        }
    }

    /// Puts folded records behind.
    /// - Parameters:
    ///   - which: by what they are chosen: SQL, in which the arguments begin at `?2`.
    ///   - first: whether they are cuts: 1 or 0; nil where each says so itself.
    func markBehind(_ which: String, first: Int64? = nil, _ arguments: [SQLValue] = []) throws {
        try db.run(
            """
            INSERT OR IGNORE INTO behind(row, log, record, first)
            SELECT id, log, rid, coalesce(?1, collection IS \(CollectionNumber.cut.rawValue)) FROM record \(which)
            """, [.optional(first)] + arguments)
        deferred.isTableEmpty = nil
    }

    /// The row that a record has, or will have once it is folded; nil where nothing is here of it.
    func row(of key: RecordKey) throws -> Int64? {
        try deferred.behind[key]?.row ?? storedRow(of: key)
    }

    private func storedRow(of key: RecordKey) throws -> Int64? {
        let arguments: [SQLValue] = [.blob(key.record.bytes), .integer(key.log)]
        let row = try db.first("SELECT id FROM record WHERE rid = ? AND log = ?", arguments) { $0.int64(0) }
        if try row != nil || isTableEmpty() { return row }
        return try db.first("SELECT row FROM behind WHERE record = ? AND log = ?", arguments) { $0.int64(0) }
    }

    /// A row that no record of this store has, or ever had.
    private func newRow() throws -> Int64 {
        let row = try deferred.nextRow ?? firstFreeRow()
        deferred.nextRow = row + 1
        return row
    }

    private func firstFreeRow() throws -> Int64 {
        if let kept = try meta(Self.nextRowKey) {
            var reader = CBORReader(kept)
            guard let row = try? reader.unsigned("row") else { throw StoreError.damaged("stoep.db: rows") }
            return Int64(clamping: row)
        }
        return try db.first(
            "SELECT 1 + max((SELECT ifnull(max(id), 0) FROM record), (SELECT ifnull(max(row), 0) FROM behind))"
        ) { $0.int64(0) } ?? 1
    }

    private func isTableEmpty() throws -> Bool {
        if let known = deferred.isTableEmpty { return known }
        let isEmpty = try db.first("SELECT 1 FROM behind LIMIT 1") { _ in false } ?? true
        deferred.isTableEmpty = isEmpty
        return isEmpty
    }

    // MARK: Folding

    /// Folds what is behind: the roster first and then the cuts, because they decide what else counts. Inside a
    /// transaction.
    /// - Parameter controlOnly: nothing but these two.
    /// - Returns: how many records were folded.
    @discardableResult
    package func foldBehind(
        atMost limit: Int = .max, controlOnly: Bool = false, each: (RecordState) throws -> Void = { _ in }
    ) throws -> Int {
        var folded = 0
        var looksForControl = true
        while folded < limit {
            var next = looksForControl ? try nextControl() : nil
            if next == nil, !controlOnly { next = try nextOther() }
            guard let (key, entry) = next else { break }
            guard let log = try log(key.log) else { throw StoreError.damaged("stoep.db: log \(key.log)") }
            if try !isTableEmpty() { try db.run("DELETE FROM behind WHERE row = ?", [.integer(entry.row)]) }
            let state = try fold(key, entry, log: log)
            // Only these two put more behind, of themselves too (a new authority).
            looksForControl = log.kind == .roster || state.collection == .cut
            try each(state)
            folded += 1
        }
        return folded
    }

    /// Folds the roster and the cuts, so that they can be asked. Inside a transaction.
    package func foldControl() throws { try foldBehind(controlOnly: true) }

    /// Folds what is behind in a transaction of its own, a bounded part of it. Gives whether anything is left.
    package func foldSome(atMost limit: Int = 500) throws -> Bool {
        guard try isBehind() else { return false }
        return try write { try foldBehind(atMost: limit) } == limit
    }

    /// Whether any record's fold is behind the log.
    package func isBehind() throws -> Bool {
        try read { try !deferred.behind.isEmpty || db.first("SELECT 1 FROM behind LIMIT 1") { _ in true } != nil }
    }

    private typealias Next = (key: RecordKey, entry: Behind.Entry)

    private func nextControl() throws -> Next? {
        if let next = deferred.behind.take(.roster) { return next }
        if try !isTableEmpty(), let roster = try logID(.roster) {
            if let next = try stored("WHERE log = ?", [.integer(roster)]) { return next }
        }
        if let next = deferred.behind.take(.control) { return next }
        return try isTableEmpty() ? nil : stored("WHERE first = 1")
    }

    private func nextOther() throws -> Next? {
        if let next = deferred.behind.take(.other) { return next }
        if try isTableEmpty() { return nil }
        // In the order in which they came, as they stand on the disk.
        let next = try stored("ORDER BY row")
        if next == nil { deferred.isTableEmpty = true }
        return next
    }

    private func stored(_ condition: StaticString, _ arguments: [SQLValue] = []) throws -> Next? {
        try db.first("SELECT row, log, record FROM behind \(condition) LIMIT 1", arguments) { row in
            guard let id = RecordID(bytes: row.blob(2)) else { throw StoreError.damaged("stoep.db: record id") }
            return (RecordKey(log: row.int64(1), record: id), Behind.Entry(row: row.int64(0), blocks: nil))
        }
    }

    // MARK: Ending a transaction

    /// Runs a transaction in which records may change.
    func transaction<T>(_ body: () throws -> T) throws -> T {
        deferred = Deferred()
        // What was given out in one that is undone was never there.
        defer { deferred = Deferred() }
        return try db.transaction {
            let result = try body()
            try settleBehind()
            for (log, totals) in deferred.totals.sorted(by: { $0.key < $1.key }) { try add(totals, to: log) }
            if let next = deferred.nextRow {
                var writer = CBORWriter()
                writer.unsigned(UInt64(clamping: next))
                try setMeta(Self.nextRowKey, writer.bytes)
            }
            return result
        }
    }

    /// Has what is behind wait on the disk.
    private func settleBehind() throws {
        for lane in Behind.Lane.allCases {
            while let (key, entry) = deferred.behind.take(lane) {
                try db.run(
                    "INSERT OR IGNORE INTO behind(row, log, record, first) VALUES(?, ?, ?, ?)",
                    [
                        .integer(entry.row), .integer(key.log), .blob(key.record.bytes),
                        .integer(lane == .control ? 1 : 0),
                    ])
                deferred.isTableEmpty = false
            }
        }
    }

    private func add(_ totals: LogTotals, to log: Int64) throws {
        let sum = try db.first("SELECT state_sum FROM log WHERE id = ?", [.integer(log)]) { $0.blob(0) }
            .flatMap { Bytes32($0) }
        guard let sum else { throw StoreError.damaged("stoep.db: sum of log \(log)") }
        try db.run(
            "UPDATE log SET state_sum = ?, records = records + ? WHERE id = ?",
            [.blob((sum &+ totals.sum).bytes), .integer(totals.records), .integer(log)])
    }
}
