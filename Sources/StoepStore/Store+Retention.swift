import StoepMerge
import StoepModel
import StoepSQLite

/// For how long a space keeps conversations, as its roster says.
package struct Retention: Equatable, Sendable {
    /// Counted from arrival at the daemon, never from a claimed time.
    package let days: Int
    /// From when on it is acted upon.
    package let from: Timestamp
}

/// What is erased because its time is over, and what a coordinator is to look at after an erasure (`DESIGN` §6).
extension Store {
    /// How long after it was set a term is acted upon: so that everybody hears of it before.
    package static let retentionNotice: UInt64 = 7 * dayMilliseconds
    private static let dayMilliseconds: UInt64 = 24 * 60 * 60 * 1000

    var spaceRecord: RecordID { naturalID(.space, "space") }

    /// The term in force or announced; nil where conversations are kept for ever.
    package func retention() throws -> Retention? {
        let space = try stored(spaceRecord, in: .roster)
        guard case .integer(let days)? = space.value(Field.Space.conversationDays), days > 0,
            case .integer(let from)? = space.value(Field.Space.retentionFrom)
        else { return nil }
        return Retention(days: Int(clamping: days), from: Timestamp(milliseconds: UInt64(clamping: from)))
    }

    /// Sets the term, or takes it away. Inside a transaction.
    package func setRetention(days: Int?) throws {
        let from = environment.now().milliseconds + Self.retentionNotice
        _ = try saveInTransaction([
            RecordEdit(
                log: .roster, target: .natural(.space, key: "space"),
                fields: [
                    .set(Field.Space.conversationDays, .integer(Int64(days ?? 0))),
                    .set(Field.Space.retentionFrom, .integer(Int64(clamping: min(from, Limits.timestamp)))),
                ])
        ])
        try audit("retention: \(days.map { "\($0) days" } ?? "for ever")")
    }

    /// Conversations whose term is over at a time, the first to arrive first.
    package func due(at time: Timestamp, atMost limit: Int = .max) throws -> [LedgerEntry] {
        guard let retention = try retention() else { return [] }
        let term = UInt64(retention.days) * Self.dayMilliseconds
        let before = time.milliseconds - min(time.milliseconds, term)
        func arrived(_ condition: String, atMost limit: Int) throws -> [(record: RecordID, log: LogID, row: Int64)] {
            try db.query(
                """
                SELECT DISTINCT r.rid, r.log FROM arrival a JOIN touch t ON t.change = a.change
                JOIN record r ON r.id = t.record
                WHERE a.time > 0 AND a.time < ? AND r.ended != ? AND r.collection \(condition)
                ORDER BY a.position LIMIT ?
                """,
                [
                    .integer(Int64(clamping: before)), .integer(RecordPresence.erased(successor: nil).ended),
                    .integer(Int64(clamping: limit)),
                ]
            ) { (record: $0.blob(0), log: $0.int64(1)) }.compactMap { row in
                guard let record = RecordID(bytes: row.record), let log = try log(row.log) else { return nil }
                return (record, log, row.log)
            }
        }
        // Whether it is listed, deleted or hidden.
        var due = try arrived("= \(CollectionNumber.conversation.rawValue)", atMost: limit)
        // What does not count is of no collection; it is kept all the same, and says itself what it is.
        for one in due.count < limit ? try arrived("IS NULL", atMost: .max) : [] where one.log.kind == .street {
            guard due.count < limit else { break }
            let isConversation = try blocks(of: one.record, log: one.row).contains { block in
                if case .payload(let payload, _) = block.content { payload.collection == .conversation } else { false }
            }
            if isConversation { due.append(one) }
        }
        return due.map { LedgerEntry(log: $0.log, record: $0.record, collection: .conversation, successor: nil) }
    }

    /// Erases what is due, a bounded part of it: what is kept no longer, and what belongs to something of which nothing
    /// is kept. What arrived before arrivals were timed counts from now on.
    /// - Parameter keep: makes entries durable in the ledger; before anything is erased.
    /// - Returns: how many were erased.
    package func eraseDue(atMost limit: Int = 200, keep: ([LedgerEntry]) throws -> Void) throws -> Int {
        let now = environment.now()
        let hasWork = try read {
            try isAuthority(keys.publicKey) && (retention() != nil || !orphans(atMost: 1).isEmpty)
        }
        guard hasWork else { return 0 }
        return try write(usingBallast: true) {
            var entries = try orphans(atMost: limit)
            if let retention = try retention() {
                try db.run(
                    "UPDATE arrival SET time = ? WHERE time = 0", [.integer(Int64(clamping: now.milliseconds))])
                if now >= retention.from { entries += try due(at: now, atMost: limit - entries.count) }
            }
            for entry in entries where try !isErased(entry.record, in: entry.log) { try erase(entry, keep: keep) }
            return entries.count
        }
    }

    // MARK: Siblings

    /// Notes with which records one that has ended was joined. Inside the transaction that folds it.
    func noteSiblings(of record: RecordID, before: RecordState, log: Int64) throws {
        var others = before.edges.map(\.other)
        others += try db.query(
            "SELECT record FROM edge WHERE log = ? AND other = ?", [.integer(log), .blob(record.bytes)]
        ) { $0.blob(0) }.compactMap { RecordID(bytes: $0) }
        for other in others {
            try db.run(
                "INSERT OR IGNORE INTO sibling(log, record, erased) VALUES(?, ?, ?)",
                [.integer(log), .blob(other.bytes), .blob(record.bytes)])
        }
    }

    /// Records that are still there and that somebody had joined with one that is erased: a coordinator looks at them.
    package func siblings() throws -> [(log: LogID, record: RecordID, erased: RecordID)] {
        try db.query(
            """
            SELECT s.log, s.record, s.erased FROM sibling s JOIN record r ON r.rid = s.record AND r.log = s.log
            WHERE r.listed = 1 ORDER BY s.log, s.record, s.erased
            """
        ) { (log: $0.int64(0), record: $0.blob(1), erased: $0.blob(2)) }.compactMap { row in
            guard let log = try log(row.log), let record = RecordID(bytes: row.record),
                let erased = RecordID(bytes: row.erased)
            else { return nil }
            return (log, record, erased)
        }
    }
}
