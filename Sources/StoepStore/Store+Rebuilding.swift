import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// Making anew all that follows from the log, in one transaction: what was there before stays if anything fails.
extension Store {
    /// Sets aside what of the log does not hold, and makes everything else from what does.
    package func rebuild(progress: (CheckProgress) -> Void = { _ in }) throws -> Rebuilt {
        try Self.translating {
            try db.withCache(bytes: Self.rebuildingBytes) { try write { try rebuildInTransaction(progress) } }
        }
    }

    /// Records are folded in the order of their ids, which is none: without room every page would be written many times.
    static let rebuildingBytes = 64 << 20

    private func rebuildInTransaction(_ progress: (CheckProgress) -> Void) throws -> Rebuilt {
        var rebuilt = Rebuilt()
        for row in try heldStatements() where !row.isSound {
            try db.run(
                "DELETE FROM authority WHERE serial = ? AND device = ? AND statement = ?",
                [.integer(row.serial), .blob(row.device), .blob(row.statement)])
        }
        cache = Cache()
        let unsound = try mendLog(&rebuilt, progress)
        rebuilt.left = unsound.count
        rebuilt.records = try foldAnew(except: unsound, progress)
        if isHub { try mendArrivals() }
        try audit("rebuilt: \(rebuilt.mended) mended, \(rebuilt.setAside) bodies and \(rebuilt.dropped) changes wanted")
        return rebuilt
    }

    /// Makes everything that follows from the log anew. Inside a transaction.
    /// - Parameter unsound: changes of which nothing is taken for true.
    /// - Returns: how many records there are.
    func foldAnew(except unsound: Set<Int64> = [], _ progress: (CheckProgress) -> Void = { _ in }) throws -> Int {
        try clearDerived()
        let all = try db.first("SELECT count(*) FROM change") { Int(clamping: $0.int64(0)) } ?? 0
        var done = 0
        // The roster first: what it makes count, or count no longer, is then not looked for among everything else.
        for condition in ["=", "!="] {
            try indexLog(condition, except: unsound) {
                done += 1
                if done % 256 == 0 { progress(CheckProgress(stage: .changes, done: done, all: all)) }
            }
            try foldControl()
        }
        done = 0
        try foldBehind { _ in
            done += 1
            if done % 64 == 0 { progress(CheckProgress(stage: .records, done: done, all: nil)) }
        }
        return try db.first("SELECT count(*) FROM record") { Int(clamping: $0.int64(0)) } ?? 0
    }

    /// Indexes the changes of the roster, or of all other logs, in the order in which they came.
    private func indexLog(_ condition: String, except unsound: Set<Int64>, _ each: () -> Void) throws {
        try db.forEach(
            """
            SELECT c.id, c.seq, c.hash, c.parent, c.lamport, c.time, c.header, c.body, NULL, c.missing, c.log, c.actor, a.actor
            FROM change c JOIN actor a ON a.id = c.actor WHERE c.log \(condition) ? ORDER BY c.id
            """, [.integer(try logID(.roster) ?? -1)]
        ) { row in
            let change = Self.checkedChange(row)
            let log = row.int64(10)
            guard let actor = ActorID(bytes: row.blob(12)) else { throw StoreError.damaged("stoep.db: actor") }
            try dropHead(change.parent, log: log, actor: row.int64(11))
            try addHead(change.id, log: log, actor: row.int64(11), lamport: change.lamport)
            if !unsound.contains(change.id) { try index(change, log: log, actor) }
            each()
        }
    }

    private func clearDerived() throws {
        for collection in configuration.schema.collections {
            for field in collection.fields where field.kind == .set {
                try db.run("DELETE FROM s_\(collection.name)_\(field.name)")
            }
            try db.run("DELETE FROM f_\(collection.name)")
        }
        for table in ["touch", "head", "record", "edge", "behind"] { try db.run("DELETE FROM \(table)") }
        deferred = Deferred()
        // Rows get other numbers: folding puts them behind, and so into an index that begins anew.
        if isSearched { try resetSearch() }
        try db.run("DELETE FROM erasure WHERE change NOT IN (SELECT id FROM change)")
        try db.run("UPDATE log SET state_sum = ?, records = 0, lamport = 0", [.blob(Bytes32.zero.bytes)])
        cache = Cache()
        try db.run("UPDATE actor SET cut = NULL")
        try nameCuts()
    }

    /// Has a change found by the records that it touches, and these folded.
    private func index(_ change: CheckedChange, log: Int64, _ actor: ActorID) throws {
        guard let header = try? ChangeHeader(decoding: change.header) else { return }
        let bodies = try CBORReader.decodeBodies(change.body)
        for index in header.blocks.indices {
            guard let record = recordID(of: index, header, change, actor) else { continue }
            let isControl = bodies.indices.contains(index) && isControl(bodies[index])
            // Read again when it is folded: all that there is would not fit in memory.
            try touch(noteBehind(RecordKey(log: log, record: record), isControl: isControl, nil), change.id, index)
        }
        // Folding takes back those of records that have ended.
        let missing = Int64(bodies.count { $0 == nil })
        if missing != change.missing {
            try db.run("UPDATE change SET missing = ? WHERE id = ?", [.integer(missing), .integer(change.id)])
        }
    }

    /// Numbers what has no position, and chains the order of arrival anew from where it breaks: whose cursor does not fit
    /// any more compares instead.
    private func mendArrivals() throws {
        try db.run("DELETE FROM arrival WHERE change NOT IN (SELECT id FROM change)")
        var chains: [Int64: Bytes32] = [:]
        try db.forEach(
            """
            SELECT r.position, r.log, r.chain, c.seq, c.hash, a.actor FROM arrival r
            JOIN change c ON c.id = r.change JOIN actor a ON a.id = c.actor ORDER BY r.position
            """
        ) { row in
            guard let hash = ChangeHash(bytes: row.blob(4)), let actor = ActorID(bytes: row.blob(5)) else { return }
            let log = row.int64(1)
            let link = ArrivalChain.next(
                chains[log] ?? ArrivalChain.origin, actor: actor, seq: UInt64(clamping: row.int64(3)), hash: hash,
                environment.cryptography)
            chains[log] = link
            guard link.bytes != row.blob(2) else { return }
            try db.run(
                "UPDATE arrival SET chain = ? WHERE position = ?", [.blob(link.bytes), .integer(row.int64(0))])
        }
        let unnumbered = try db.query(
            """
            SELECT c.id, c.hash, c.seq, a.actor, c.log FROM change c JOIN actor a ON a.id = c.actor
            WHERE c.id NOT IN (SELECT change FROM arrival) ORDER BY c.id
            """
        ) { (id: $0.int64(0), hash: $0.blob(1), seq: $0.int64(2), actor: $0.blob(3), log: $0.int64(4)) }
        for row in unnumbered {
            guard let hash = ChangeHash(bytes: row.hash), let actor = ActorID(bytes: row.actor) else { continue }
            try arrive(row.id, hash, seq: UInt64(clamping: row.seq), actor: actor, logRow: row.log)
        }
    }
}
