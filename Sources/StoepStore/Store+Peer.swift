import StoepModel
import StoepSQLite
import StoepSync
import StoepWire

/// What this replica knows of a peer, a daemon or a laptop: how far it has read there, and what it is known to hold.
extension Store {
    /// The local number of a peer, known by its TLS key. Inside a write transaction.
    func makePeer(_ key: VerifyingKey) throws -> Int64 {
        if let known = try peer(key) { return known }
        try db.run("INSERT INTO peer(key) VALUES(?)", [.blob(key.bytes)])
        return db.lastInsertedRow
    }

    /// Notes that this peer is a colleague's laptop: what it holds does not count as synced.
    package func meet(laptop key: VerifyingKey) throws {
        if try read({ try peer(key) }) != nil { return }
        try write { try db.run("INSERT OR IGNORE INTO peer(key, daemon) VALUES(?, 0)", [.blob(key.bytes)]) }
    }

    func peer(_ key: VerifyingKey) throws -> Int64? {
        try db.first("SELECT id FROM peer WHERE key = ?", [.blob(key.bytes)]) { $0.int64(0) }
    }

    /// How far this replica has read at the peer.
    package func cursor(at key: VerifyingKey) throws -> Cursor? {
        let row = try db.first(
            "SELECT position, cursor FROM peer WHERE key = ? AND cursor IS NOT NULL", [.blob(key.bytes)]
        ) { (position: $0.int64(0), hash: $0.blob(1)) }
        guard let row, let hash = Bytes32(row.hash) else { return nil }
        return Cursor(position: UInt64(clamping: row.position), hash: hash)
    }

    /// With what a sync with the peer begins: no cursor where this replica holds what its member may not read. It
    /// compares then, and so names what it holds: the daemon may believe that all of it is gone, because a copy of this
    /// store, with the same key, said so.
    ///
    /// Where nothing is here but the roster there is nothing to compare: it reads from the beginning.
    package func firstCursor(at key: VerifyingKey) throws -> Cursor? {
        let known = try cursor(at: key)
        let held = try db.query("SELECT name FROM log l WHERE EXISTS(SELECT 1 FROM head h WHERE h.log = l.id)") {
            $0.string(0)
        }.compactMap { LogID(parsing: $0) }
        if known == nil, held.allSatisfy({ $0 == .roster }) { return .beginning }
        guard let member = try member(of: keys.publicKey) else { return known }
        return try held.allSatisfy { try mayRead(member, $0) } ? known : nil
    }

    func setCursor(_ cursor: Cursor, peer: Int64) throws {
        try db.run(
            "UPDATE peer SET position = ?, cursor = ? WHERE id = ?",
            [.integer(Int64(clamping: cursor.position)), .blob(cursor.hash.bytes), .integer(peer)])
    }

    /// The next sync compares. A cursor has to stand for all that the daemon is known to hold: one that is restored from a
    /// backup to just where an older cursor stands would be believed to hold what it took or gave since.
    func forgetCursor(peer: Int64) throws {
        try db.run("UPDATE peer SET position = NULL, cursor = NULL WHERE id = ?", [.integer(peer)])
    }

    /// Notes that the peer holds this head, and so everything before it.
    func note(_ head: Head, heldBy peer: Int64) throws {
        guard let log = try logID(head.log), let actor = try actorID(head.actor),
            let row = try change(log: log, actor: actor, seq: head.seq, check: head.point.check)
        else { return }
        let before = try db.query(
            "SELECT change FROM known WHERE peer = ? AND log = ? AND actor = ?",
            [.integer(peer), .integer(log), .integer(actor)]
        ) { $0.int64(0) }
        for id in before where id != row.id {
            let old = try change(id)
            // The peer is known to hold more than this already.
            if try ancestor(of: old, seq: row.seq, log: log, actor: actor)?.id == row.id { return }
            if try ancestor(of: row, seq: old.seq, log: log, actor: actor)?.id == id {
                try db.run(
                    "DELETE FROM known WHERE peer = ? AND log = ? AND actor = ? AND change = ?",
                    [.integer(peer), .integer(log), .integer(actor), .integer(id)])
            }
        }
        try db.run(
            "INSERT OR IGNORE INTO known(peer, log, actor, change) VALUES(?, ?, ?, ?)",
            [.integer(peer), .integer(log), .integer(actor), .integer(row.id)])
    }

    /// Replaces what the peer is known to hold of some actors by what it says itself: a daemon restored from an
    /// older backup is sent again what it lost.
    /// - Parameter digests: what the peer compared with: a bucket that agreed says nothing of what was written since.
    func relearn(
        _ heads: HeadList, in buckets: BucketSet, comparedWith digests: BucketDigests, of logs: [LogID], peer: Int64
    ) throws {
        for log in logs {
            guard let logRow = try logID(log) else { continue }
            let rows = try db.query(
                "SELECT DISTINCT k.actor, a.actor FROM known k JOIN actor a ON a.id = k.actor WHERE k.peer = ? AND k.log = ?",
                [.integer(peer), .integer(logRow)]
            ) { (row: $0.int64(0), actor: $0.blob(1)) }
            for entry in rows {
                guard let actor = ActorID(bytes: entry.actor), buckets.contains(Bucket(of: actor)) else { continue }
                try db.run(
                    "DELETE FROM known WHERE peer = ? AND log = ? AND actor = ?",
                    [.integer(peer), .integer(logRow), .integer(entry.row)])
            }
        }
        let isLaptop = try db.first("SELECT daemon FROM peer WHERE id = ?", [.integer(peer)]) { $0.int64(0) } == 0
        for entry in heads.entries {
            for point in entry.heads {
                guard let held = try change(entry.log, point) else {
                    if isLaptop { try noteAhead(point, in: entry.log, peer: peer) }
                    continue
                }
                try note(
                    Head(log: entry.log, actor: point.actor, seq: held.seq, hash: held.hash), heldBy: peer)
            }
        }
        let now = BucketDigests(of: try headList(logs), environment.cryptography)
        let changed = now.differing(from: digests)
        for head in try frontier(logs) {
            let bucket = Bucket(of: head.actor)
            if !buckets.contains(bucket), !changed.contains(bucket) { try note(head, heldBy: peer) }
        }
    }

    /// A laptop is ahead of this replica on a chain: it sends, and need not be sent what is here. Where its chain turns
    /// out to be another branch, the next comparison tells. (Of a daemon only what is certain is noted: what it holds
    /// counts as synced.)
    private func noteAhead(_ point: ChangePoint, in log: LogID, peer: Int64) throws {
        for head in try frontier([log]) where head.actor == point.actor && head.seq < point.seq {
            try note(head, heldBy: peer)
        }
    }

    /// What the peer is not known to hold, of any actor: a replica may carry anybody's signed segments.
    /// - Parameter refused: heads of chains of which the peer takes no more for now.
    package func segments(
        unknownTo key: VerifyingKey, scope: [LogID]? = nil, refused: [Head] = [], budget: Int = Limits.pieceBytes
    ) throws -> Outgoing {
        let peer = try peer(key) ?? -1
        var out = Outgoing()
        for log in Self.sendingOrder(try scope ?? logs()) {
            guard let logRow = try logID(log) else { continue }
            let ends = try db.query(
                """
                SELECT h.actor, h.change FROM head h JOIN actor a ON a.id = h.actor LEFT JOIN known k
                ON k.peer = ? AND k.log = h.log AND k.actor = h.actor AND k.change = h.change
                WHERE h.log = ? AND k.change IS NULL
                ORDER BY a.device NOT IN (SELECT device FROM authority), h.actor, h.change
                """, [.integer(peer), .integer(logRow)]
            ) { (actor: $0.int64(0), change: $0.int64(1)) }
            for end in ends {
                if out.isFull(budget) {
                    out.more = true
                    return out
                }
                guard let actor = try actor(end.actor),
                    !refused.contains(where: { $0.log == log && $0.actor == actor })
                else { continue }
                let known = try db.query(
                    "SELECT change FROM known WHERE peer = ? AND log = ? AND actor = ?",
                    [.integer(peer), .integer(logRow), .integer(end.actor)]
                ) { $0.int64(0) }.map { try change($0) }
                let row = try change(end.change)
                let base = try newestAncestor(of: row, among: known, log: log, actor: actor)
                try collect(log, actor, after: base, to: row, budget: budget, into: &out)
                if out.more { return out }
            }
        }
        return out
    }

    /// This device's own changes that no daemon is known to hold.
    package func unsyncedCount() throws -> Int {
        let chains = try db.query(
            "SELECT DISTINCT h.log, h.actor FROM head h JOIN actor a ON a.id = h.actor WHERE a.device = ?",
            [.blob(keys.publicKey.bytes)]
        ) { (log: $0.int64(0), actor: $0.int64(1)) }
        return try chains.reduce(0) { try $0 + unsyncedCount(log: $1.log, actor: $1.actor) }
    }

    private func unsyncedCount(log: Int64, actor: Int64) throws -> Int {
        let known = try db.query(
            """
            SELECT DISTINCT k.change FROM known k JOIN peer p ON p.id = k.peer
            WHERE p.daemon = 1 AND k.log = ? AND k.actor = ?
            """, [.integer(log), .integer(actor)]
        ) { $0.int64(0) }.map { try change($0) }
        let heads = try heads(log: log, actor: actor)
        // One chain has every number up to its end.
        if heads.count < 2 {
            let last = Int(clamping: heads.first?.seq ?? 0)
            return max(0, last - Int(clamping: known.map(\.seq).max() ?? 0))
        }
        // Branches: what one of them has beyond the other's known end is not known by its number.
        var held: Set<Int64> = []
        for row in known { held.formUnion(try chain(log: log, actor: actor, after: nil, to: row)) }
        var own: Set<Int64> = []
        for row in heads { own.formUnion(try chain(log: log, actor: actor, after: nil, to: row)) }
        return own.subtracting(held).count
    }

    // MARK: What a session has the store do

    /// Learns what the daemon holds of the buckets in which it differs from this replica.
    package func learn(
        _ heads: HeadList, in buckets: BucketSet, comparedWith digests: BucketDigests, _ acknowledged: [Head],
        scope: [LogID]?, from key: VerifyingKey
    ) throws {
        try write {
            let peer = try makePeer(key)
            try relearn(heads, in: buckets, comparedWith: digests, of: scope ?? logs(), peer: peer)
            for head in acknowledged { try note(head, heldBy: peer) }
        }
    }

    /// Notes that a sync with the peer came to its end, and how far its clock was from this machine's.
    package func noteSync(with key: VerifyingKey, daemonTime: Timestamp) throws {
        try write {
            let now = environment.now()
            let offset = Int64(clamping: now.milliseconds) - Int64(clamping: daemonTime.milliseconds)
            try db.run(
                "UPDATE peer SET last_sync = ?, clock_offset = ? WHERE id = ?",
                [.integer(Int64(clamping: now.milliseconds)), .integer(offset), .integer(try makePeer(key))])
        }
    }
}
