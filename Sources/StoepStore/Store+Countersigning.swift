import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A record that is to be erased, as a ledger keeps it apart from the store (`DESIGN` §6): enough to erase it again
/// where the store has forgotten.
package struct LedgerEntry: Hashable, Sendable {
    package let log: LogID
    package let record: RecordID
    package let collection: CollectionNumber
    package let successor: RecordID?

    package init(log: LogID, record: RecordID, collection: CollectionNumber, successor: RecordID?) {
        self.log = log
        self.record = record
        self.collection = collection
        self.successor = successor
    }
}

/// A request to erase that waits, because its author has used up the day's limit.
package struct WaitingErasure: Sendable {
    package let log: LogID
    package let record: RecordID
    package let member: RecordID?
}

/// An erasure that the authority countersigned, and who has not yet confirmed it.
package struct ListedErasure: Sendable {
    package let log: LogID
    package let record: RecordID
    package let successor: RecordID?
    /// Who asked for it; nil where a coordinator did at the daemon.
    package let member: RecordID?
    package let time: Timestamp
    package let confirmed: [VerifyingKey]
    package let outstanding: [VerifyingKey]
}

/// Countersigning: the authority's part in an erasure. Only what it erased is destroyed on other machines.
extension Store {
    /// How many requests are countersigned a day without a coordinator's looking at them.
    package struct DailyLimits: Sendable {
        package var volunteer = 30
        package var coordinator = 300
        package init() {}
    }

    private static let day: UInt64 = 24 * 60 * 60 * 1000

    /// Countersigns what members asked for and may ask for, within their daily limits.
    /// - Parameter keep: makes entries durable in the ledger; before anything is erased.
    /// - Returns: how many were countersigned, and how many wait.
    package func countersign(
        within limits: DailyLimits = DailyLimits(), keep: ([LedgerEntry]) throws -> Void
    ) throws -> (countersigned: Int, waiting: Int) {
        guard try read({ try isAuthority(keys.publicKey) && hasRequests() }) else { return (0, 0) }
        return try write(usingBallast: true) {
            var done: [LedgerEntry] = []
            var waiting = 0
            for request in try requests() {
                guard let member = request.member, try isWithinLimit(member, limits) else {
                    waiting += 1
                    continue
                }
                try erase(request.entry, keep: keep)
                done.append(request.entry)
            }
            return (done.count, waiting)
        }
    }

    /// Erases a record, and what belongs to it, as the authority does: for ever, everywhere. Durable in the ledger
    /// first. Inside a transaction.
    /// - Parameter keep: makes an entry durable in the ledger.
    package func erase(_ entry: LedgerEntry, keep: ([LedgerEntry]) throws -> Void) throws {
        try keep([entry])
        _ = try saveInTransaction([
            RecordEdit(
                log: entry.log, target: .named(entry.collection, entry.record), fields: [],
                ending: .erase(successor: entry.successor))
        ])
        try audit("erased \(entry.record) in \(entry.log)")
        try eraseBelongings(of: entry, keep: keep)
    }

    /// What a coordinator asks to be erased by its id.
    /// - Throws: `unknownRecord` where nothing of it is here.
    package func entry(toErase record: RecordID, in log: LogID? = nil, successor: RecordID? = nil) throws -> LedgerEntry {
        guard let log = try log ?? self.log(of: record), let row = try logID(log) else {
            throw StoreError.unknownRecord(record)
        }
        var collection = try stored(record, in: log).collection
        for block in try blocks(of: record, log: row) where collection == nil {
            if case .payload(let payload, _) = block.content { collection = payload.collection }
        }
        guard let collection else { throw StoreError.unknownRecord(record) }
        return LedgerEntry(log: log, record: record, collection: collection, successor: successor)
    }

    /// All erasures of a store, for its ledger.
    /// - Parameter unledgered: only those that no ledger was told of.
    package func ledgerEntries(unledgered: Bool = false) throws -> [LedgerEntry] {
        try db.query(
            unledgered
                ? "SELECT log, record FROM erasure WHERE ledgered = 0 ORDER BY change"
                : "SELECT log, record FROM erasure ORDER BY change"
        ) { (log: $0.int64(0), record: $0.blob(1)) }.compactMap { row in
            guard let log = try log(row.log), let id = RecordID(bytes: row.record) else { return nil }
            var successor: RecordID?
            if case .erased(let named) = try stored(id, in: log).presence { successor = named }
            return try LedgerEntry(
                log: log, record: id, collection: entry(toErase: id, in: log).collection, successor: successor)
        }
    }

    /// Says that the ledger names these. Inside a transaction.
    package func noteLedgered(_ entries: [LedgerEntry]) throws {
        for entry in entries {
            guard let row = try logID(entry.log) else { continue }
            try db.run(
                "UPDATE erasure SET ledgered = 1 WHERE log = ? AND record = ?",
                [.integer(row), .blob(entry.record.bytes)])
        }
    }

    package func isErased(_ record: RecordID, in log: LogID) throws -> Bool {
        if case .erased = try stored(record, in: log).presence { true } else { false }
    }

    /// What an authority that was replaced erased beyond its cuts, and nobody since: a store that was restored from a
    /// backup did not know of it when its new authority drew them.
    package func maskedErasures() throws -> [LedgerEntry] {
        let former = try statements().map { try Delegation(verifying: $0, space: space, environment.cryptography) }
            .map(\.authority).filter { try !isAuthority($0) }
        let touched = try Set(former).sorted().flatMap { device in
            try db.query(
                """
                SELECT DISTINCT r.log, r.rid FROM actor a JOIN change c ON c.actor = a.id
                JOIN touch t ON t.change = c.id JOIN record r ON r.id = t.record
                WHERE a.device = ? AND r.ended != ?
                """, [.blob(device.bytes), .integer(RecordPresence.erased(successor: nil).ended)]
            ) { (log: $0.int64(0), record: $0.blob(1)) }
        }
        return try touched.compactMap { row in
            guard let log = try log(row.log), let record = RecordID(bytes: row.record) else { return nil }
            for block in try blocks(of: record, log: row.log) {
                guard case .payload(let payload, _) = block.content, let author = try device(of: block.point.actor),
                    former.contains(author)
                else { continue }
                for case .eraseRecord(let successor) in payload.operations {
                    return LedgerEntry(log: log, record: record, collection: payload.collection, successor: successor)
                }
            }
            return nil
        }
    }

    // MARK: Requests

    private struct Request {
        let entry: LedgerEntry
        let member: RecordID?
    }

    private func hasRequests() throws -> Bool {
        try db.first("SELECT 1 FROM record WHERE ended = 3 LIMIT 1") { _ in true } ?? false
    }

    private func requests() throws -> [Request] {
        try db.query("SELECT rid, log FROM record WHERE ended = 3 ORDER BY id") {
            (record: $0.blob(0), log: $0.int64(1))
        }.compactMap { row in
            guard let id = RecordID(bytes: row.record), let log = try log(row.log) else { return nil }
            let blocks = try blocks(of: id, log: row.log)
            let asked = try folding(log) { $0.erasures(id, blocks) }
            guard let first = asked.first(where: { $0.member != nil }) else { return nil }
            let successor = asked.compactMap(\.successor).last
            return Request(
                entry: LedgerEntry(log: log, record: id, collection: first.collection, successor: successor),
                member: first.member)
        }
    }

    private func isWithinLimit(_ member: RecordID, _ limits: DailyLimits) throws -> Bool {
        let now = environment.now().milliseconds
        let used = try db.first(
            "SELECT count(*) FROM erasure WHERE member = ? AND time > ?",
            [.blob(member.bytes), .integer(Int64(clamping: now - min(now, Self.day)))]
        ) { $0.int64(0) } ?? 0
        return used < (try role(of: member) == .coordinator ? limits.coordinator : limits.volunteer)
    }

    // MARK: Looking

    /// Requests that no authority has countersigned.
    package func waitingErasures() throws -> [WaitingErasure] {
        try requests().map { WaitingErasure(log: $0.entry.log, record: $0.entry.record, member: $0.member) }
    }

    /// The countersigned erasures, the latest first, each with the devices that hold something of its log.
    package func erasures() throws -> [ListedErasure] {
        let rows = try db.query(
            """
            SELECT e.log, e.record, e.member, e.time, c.actor, c.seq FROM erasure e JOIN change c ON c.id = e.change
            ORDER BY e.time DESC, c.id DESC
            """
        ) {
            (
                log: $0.int64(0), record: $0.blob(1), member: $0.blobIfPresent(2), time: $0.int64(3),
                actor: $0.int64(4), seq: $0.int64(5)
            )
        }
        return try rows.compactMap { row in
            guard let log = try log(row.log), let record = RecordID(bytes: row.record) else { return nil }
            let devices = try db.query(
                """
                SELECT h.device, r.seq FROM holding h LEFT JOIN receipt r
                ON r.device = h.device AND r.log = h.log AND r.actor = ?2 WHERE h.log = ?1 ORDER BY h.device
                """, [.integer(row.log), .integer(row.actor)]
            ) { (device: VerifyingKey(bytes: $0.blob(0)), seq: $0.int64IfPresent(1) ?? 0) }
            var successor: RecordID?
            if case .erased(let named) = try stored(record, in: log).presence { successor = named }
            return ListedErasure(
                log: log, record: record, successor: successor, member: row.member.flatMap { RecordID(bytes: $0) },
                time: Timestamp(milliseconds: UInt64(clamping: row.time)),
                confirmed: devices.filter { $0.seq >= row.seq }.compactMap(\.device),
                outstanding: devices.filter { $0.seq < row.seq }.compactMap(\.device))
        }
    }
}
