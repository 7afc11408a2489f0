import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// Destroying what was erased, in two phases (`DESIGN` §6). What an erasure covers goes in the very transaction that
/// folds it: from then on no reader sees it, and pages that it stood in are overwritten. But as long as anybody reads an
/// older state, SQLite keeps it in the write-ahead log: only once that has been emptied is it gone from every file, and
/// only then is there a receipt.
extension Store {
    /// Under which stand the ids of what was erased since the write-ahead log was last emptied for it.
    static let purgeDueKey = "purge-due"

    /// Drops what a record that has ended said, and what others said of it; or wants it again where it has not ended
    /// after all. Inside the transaction that folds it.
    ///
    /// The authority's erasures stay. A member's own request stays until it is countersigned: it has to travel.
    /// - Returns: whether anything was dropped.
    func purge(_ state: RecordState, _ blocks: [RecordBlock], in log: LogID, row: Int64) throws -> Bool {
        let erasures = try folding(log) { $0.erasures(state.id, blocks) }
        let kept: [Erasure]
        switch state.presence {
        case .erased:
            kept = erasures.filter { $0.member == nil }
            try note(kept, asked: erasures.first { $0.member != nil }?.member, record: state.id, in: log, row: row)
        case .hidden where try isOwn(erasures) && blocks.contains(where: { $0.subject == .created }):
            kept = erasures
        case .hidden:
            try recount(state.id, row)
            return false
        case .present, .deleted, .revived:
            try db.run(
                "DELETE FROM erasure WHERE log = ? AND record = ?", [.integer(row), .blob(state.id.bytes)])
            try recount(state.id, row)
            return false
        }
        // What an authority said that counts no longer may count again, where a later statement cuts it elsewhere.
        let points = try Set(kept.map(\.point)).union(
            log.kind.isPartitioned && state.presence.isEnd ? blocks.filter { try isDecision($0) }.map(\.point) : [])
        var hasGone = false
        for block in blocks {
            guard let change = try change(log, block.point) else { continue }
            var bodies = try bodies(change.id)
            let index = Int(block.index)
            guard bodies.indices.contains(index) else { continue }
            let isGone = bodies[index] != nil && !points.contains(block.point)
            if isGone, PlantedFault.keepSaltAfterErasure.isOn, let salt = bodies[index]?.salt {
                try setMeta("kept-salt-\(change.id)-\(index)", salt.bytes)
            }
            if isGone { bodies[index] = nil }
            hasGone = hasGone || isGone
            try put(bodies, of: change.id, ended: endedBlocks(of: change.id))
        }
        let wasIndexed = try forgetInSearch(state.id, in: row)
        if hasGone || wasIndexed { try putOffPurge([state.id]) }
        return hasGone
    }

    /// Whether a block is the authority's, of now or of once, and says nothing but that its record is erased.
    private func isDecision(_ block: RecordBlock) throws -> Bool {
        guard case .payload(let payload, _) = block.content, try isOfAuthority(block.point.actor) else { return false }
        return payload.operations.allSatisfy { if case .eraseRecord = $0 { true } else { false } }
    }

    private func putOffPurge(_ records: [RecordID]) throws {
        let before = try meta(Self.purgeDueKey) ?? []
        try setMeta(Self.purgeDueKey, before + records.flatMap(\.bytes))
        purgeIsDue = true
    }

    /// Whether one of the erasures was asked for on this very device.
    private func isOwn(_ erasures: [Erasure]) throws -> Bool {
        try erasures.contains { try device(of: $0.point.actor) == keys.publicKey }
    }

    private func note(
        _ erasures: [Erasure], asked member: RecordID?, record: RecordID, in log: LogID, row: Int64
    ) throws {
        guard let first = erasures.first, let change = try change(log, first.point) else { return }
        try db.run(
            "INSERT OR IGNORE INTO erasure(log, record, change, member, time) VALUES(?, ?, ?, ?, ?)",
            [
                .integer(row), .blob(record.bytes), .integer(change.id), .optional(member.map(\.bytes)),
                .integer(Int64(clamping: environment.now().milliseconds)),
            ])
    }

    /// Counts anew which bodies are wanted of the changes that touch a record.
    private func recount(_ record: RecordID, _ log: Int64) throws {
        let changes = try db.query(
            "SELECT DISTINCT change FROM touch WHERE record = ?",
            [.integer(try row(of: RecordKey(log: log, record: record)) ?? -1)]
        ) { $0.int64(0) }
        for change in changes {
            let bodies = try bodies(change)
            if bodies.contains(nil) { try put(bodies, of: change, ended: endedBlocks(of: change)) }
        }
    }

    // MARK: The second phase

    /// How long a save waits for readers before it leaves the rest to the next one.
    private static let readerWaitMilliseconds: Int32 = 100

    /// Whether something that was erased may still stand in the write-ahead log.
    package func isPurgeDue() throws -> Bool { try read { try meta(Self.purgeDueKey) != nil } }

    /// Empties the write-ahead log if anything in it was erased. Whoever reads an older state holds it up; then it is
    /// tried again after the next write, and no receipt is sent before. Under the lock, outside transactions.
    func finishPurge() throws {
        // Whether a log that is empty already is so on the disk too, nobody knows: the fsync that was to make it so may
        // have failed, and a later one says nothing of what that one left. So it is emptied of something.
        if db.walPages == 0, let due = try meta(Self.purgeDueKey) {
            try db.transaction { try setMeta(Self.purgeDueKey, due) }
        }
        guard try !db.checkpoint(truncate: true, waitMilliseconds: Self.readerWaitMilliseconds).isBlocked else { return }
        db.forgetPages()
        let records = try meta(Self.purgeDueKey) ?? []
        for start in stride(from: 0, to: records.count, by: Bytes16.count) {
            guard let record = RecordID(bytes: Array(records[start...].prefix(Bytes16.count))) else { continue }
            try configuration.forget(record)
        }
        try db.transaction { try removeMeta(Self.purgeDueKey) }
        purgeIsDue = false
    }

    /// Tries again what a reader held up.
    package func purgeIfDue() throws {
        if try isPurgeDue() { try write(usingBallast: true) { purgeIsDue = true } }
    }

    // MARK: Whole logs

    /// Destroys all that is held of a log, but for the root's statements: they name nobody, and say whose orders count.
    /// What this device wrote in it stays with whoever has it; should it ever write there again, it is under a new actor.
    /// Inside a transaction.
    func purge(log: LogID) throws {
        guard let row = try logID(log) else { return }
        let id = SQLValue.integer(row)
        let records = try db.query("SELECT rid FROM record WHERE log = ?", [id]) { $0.blob(0) }
            .compactMap { RecordID(bytes: $0) }
        for collection in configuration.schema.collections {
            for field in collection.fields where field.kind == .set {
                try db.run(
                    "DELETE FROM s_\(collection.name)_\(field.name) WHERE record IN (SELECT id FROM record WHERE log = ?)",
                    [id])
            }
            try db.run("DELETE FROM f_\(collection.name) WHERE record IN (SELECT id FROM record WHERE log = ?)", [id])
        }
        try forgetInSearch(log: row)
        let wrote = try db.first(
            "SELECT 1 FROM head h JOIN actor a ON a.id = h.actor WHERE h.log = ? AND a.actor = ?",
            [id, .blob(try currentActor().bytes)]
        ) { _ in true }
        try db.run("DELETE FROM touch WHERE change IN (SELECT id FROM change WHERE log = ?)", [id])
        for table in ["record", "edge", "behind", "head", "known", "arrival", "erasure", "receipted", "sibling", "change"] {
            try db.run("DELETE FROM \(table) WHERE log = ?", [id])
        }
        // A cursor stands for what is held: a daemon that has not heard of this yet would bring none of it again.
        try db.run("UPDATE peer SET position = NULL, cursor = NULL")
        // What was taken in of a bundle may be what has just gone.
        try db.run("DELETE FROM meta WHERE key >= 'bundle-' AND key < 'bundle.'")
        try db.run("UPDATE log SET state_sum = ?, records = 0, lamport = 0 WHERE id = ?", [.blob(Bytes32.zero.bytes), id])
        deferred.behind.remove(log: row)
        deferred.totals[row] = nil
        cache = Cache()
        try putOffPurge(records)
        if wrote != nil { try beginEpoch(alert: "log-purged") }
    }
}
