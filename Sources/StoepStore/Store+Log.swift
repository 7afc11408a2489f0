import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A change as the log has it.
struct ChangeRow {
    let id: Int64
    let seq: UInt64
    let hash: ChangeHash
    let parent: Int64?
    let lamport: UInt64
}

extension Store {
    // MARK: Local ids

    func logID(_ log: LogID) throws -> Int64? {
        if let known = cache.logIDs[log] { return known }
        let id = try db.first("SELECT id FROM log WHERE name = ?", [.text(log.description)]) { $0.int64(0) }
        if let id { cache.logIDs[log] = id }
        return id
    }

    func makeLogID(_ log: LogID) throws -> Int64 {
        if let known = try logID(log) { return known }
        try db.run(
            "INSERT INTO log(name, state_sum) VALUES(?, ?)", [.text(log.description), .blob(Bytes32.zero.bytes)])
        return db.lastInsertedRow
    }

    func log(_ row: Int64) throws -> LogID? {
        if let known = cache.logs[row] { return known }
        let log = try db.first("SELECT name FROM log WHERE id = ?", [.integer(row)]) { $0.string(0) }
            .flatMap { LogID(parsing: $0) }
        if let log { cache.logs[row] = log }
        return log
    }

    /// The logs that this store holds something of, in the order of replication.
    package func logs() throws -> [LogID] {
        try db.query("SELECT name FROM log") { $0.string(0) }.compactMap { LogID(parsing: $0) }.sorted()
    }

    func actorID(_ actor: ActorID) throws -> Int64? {
        if let known = cache.actorIDs[actor] { return known }
        let id = try db.first("SELECT id FROM actor WHERE actor = ?", [.blob(actor.bytes)]) { $0.int64(0) }
        if let id { cache.actorIDs[actor] = id }
        return id
    }

    func makeActorID(_ actor: ActorID, device: VerifyingKey) throws -> Int64 {
        if let known = try actorID(actor) { return known }
        try db.run(
            "INSERT INTO actor(actor, device, cut) VALUES(?, ?, ?)",
            [.blob(actor.bytes), .blob(device.bytes), .blob(cutRecord(actor).bytes)])
        return db.lastInsertedRow
    }

    /// The key of the device that an actor is bound to, once any change of it is held.
    package func device(of actor: ActorID) throws -> VerifyingKey? {
        if let known = cache.devices[actor] { return known }
        let device = try db.first("SELECT device FROM actor WHERE actor = ?", [.blob(actor.bytes)]) { $0.blob(0) }
            .flatMap { VerifyingKey(bytes: $0) }
        if let device { cache.devices[actor] = device }
        return device
    }

    /// The actor that this device writes under in this install epoch.
    package func currentActor() throws -> ActorID {
        ActorID(
            space: space, birth: ActorBirth(device: keys.publicKey, nonce: try currentNonce()),
            environment.cryptography)
    }

    func currentNonce() throws -> Bytes16 {
        guard let nonce = try meta("nonce").flatMap({ Bytes16($0) }) else {
            throw StoreError.damaged("stoep.db: no install epoch")
        }
        return nonce
    }

    // MARK: Changes

    static let columns = "id, seq, hash, parent, lamport"

    static func changeRow(_ row: borrowing Row) throws -> ChangeRow {
        guard let hash = ChangeHash(bytes: row.blob(2)) else { throw StoreError.damaged("change \(row.int64(0))") }
        return ChangeRow(
            id: row.int64(0), seq: UInt64(clamping: row.int64(1)), hash: hash, parent: row.int64IfPresent(3),
            lamport: UInt64(clamping: row.int64(4)))
    }

    /// The change at a point, whichever branch it stands in.
    func change(_ log: LogID, _ point: ChangePoint) throws -> ChangeRow? {
        guard let log = try logID(log), let actor = try actorID(point.actor) else { return nil }
        return try change(log: log, actor: actor, seq: point.seq, check: point.check)
    }

    func change(log: Int64, actor: Int64, seq: UInt64, check: UInt64) throws -> ChangeRow? {
        guard let seq = Int64(exactly: seq) else { return nil }
        return try db.query(
            "SELECT \(Self.columns) FROM change WHERE log = ? AND actor = ? AND seq = ?",
            [.integer(log), .integer(actor), .integer(seq)], Self.changeRow
        ).first { $0.hash.raw.first == check }
    }

    func change(_ id: Int64) throws -> ChangeRow {
        guard
            let row = try db.first(
                "SELECT \(Self.columns) FROM change WHERE id = ?", [.integer(id)], Self.changeRow)
        else { throw StoreError.damaged("change \(id) is missing") }
        return row
    }

    /// The ends of an actor's chain in a log, in the order of their hashes: more than one where it has branches.
    func heads(log: Int64, actor: Int64) throws -> [ChangeRow] {
        try db.query(
            """
            SELECT c.id, c.seq, c.hash, c.parent, c.lamport
            FROM head h JOIN change c ON c.id = h.change WHERE h.log = ? AND h.actor = ?
            """, [.integer(log), .integer(actor)], Self.changeRow
        ).sorted { $0.hash < $1.hash }
    }

    /// The change numbered `seq` among the ancestors of `change`, itself included.
    func ancestor(of change: ChangeRow, seq: UInt64, log: Int64, actor: Int64) throws -> ChangeRow? {
        guard seq <= change.seq, let wanted = Int64(exactly: seq) else { return nil }
        if seq == change.seq { return change }
        let candidates = try db.query(
            "SELECT \(Self.columns) FROM change WHERE log = ? AND actor = ? AND seq = ?",
            [.integer(log), .integer(actor), .integer(wanted)], Self.changeRow)
        if candidates.count < 2 { return candidates.first }
        // Branches: walk the chain back.
        var row = change
        while row.seq > seq {
            guard let parent = row.parent else { return nil }
            row = try self.change(parent)
        }
        return row
    }

    /// Whether `point` is the cut, or precedes it in the same branch.
    func isWithin(_ point: ChangePoint, _ cut: ChangePoint, in log: LogID) throws -> Bool {
        guard point.actor == cut.actor, point.seq <= cut.seq else { return false }
        if point.seq == cut.seq { return point.check == cut.check }
        guard let logRow = try logID(log), let actor = try actorID(cut.actor) else { return false }
        if try heads(log: logRow, actor: actor).count < 2 {
            // One branch; where the cut's own change is here, it must be the one that the cut names.
            guard let seq = Int64(exactly: cut.seq) else { return true }
            let there = try db.query(
                "SELECT \(Self.columns) FROM change WHERE log = ? AND actor = ? AND seq = ?",
                [.integer(logRow), .integer(actor), .integer(seq)], Self.changeRow)
            return there.allSatisfy { $0.hash.raw.first == cut.check }
        }
        guard let end = try change(log: logRow, actor: actor, seq: cut.seq, check: cut.check) else { return false }
        return try ancestor(of: end, seq: point.seq, log: logRow, actor: actor)?.hash.raw.first == point.check
    }

    /// Everything that this store holds of the given logs, as chain ends, in the order (log, actor, seq, hash).
    package func frontier(_ logs: [LogID]? = nil) throws -> [Head] {
        var heads: [Head] = []
        for log in try logs ?? self.logs() {
            guard let id = try logID(log) else { continue }
            heads += try db.query(
                """
                SELECT a.actor, c.seq, c.hash FROM head h JOIN change c ON c.id = h.change JOIN actor a ON a.id = h.actor
                WHERE h.log = ?
                """, [.integer(id)]
            ) { row in
                guard let actor = ActorID(bytes: row.blob(0)), let hash = ChangeHash(bytes: row.blob(2)) else {
                    throw StoreError.damaged("stoep.db: head")
                }
                return Head(log: log, actor: actor, seq: UInt64(clamping: row.int64(1)), hash: hash)
            }.sorted { ($0.actor.raw, $0.seq, $0.hash.raw) < ($1.actor.raw, $1.seq, $1.hash.raw) }
        }
        return heads
    }
}
