import StoepMerge
import StoepModel
import StoepSQLite
import StoepSync
import StoepWire

/// Bodies that are missing: which of them are wanted, and how they come and go. What an erasure covers is not wanted
/// (`DESIGN` §4); everything else is asked for until it is here.
extension Store {
    /// Changes of these logs of which a body is wanted, a bounded number. Where there are more, others at another time:
    /// bodies that nobody has must not keep the rest from being asked for.
    package func wanted(of logs: [LogID], atMost limit: Int = Limits.wantedChanges) throws -> HeadList {
        let names = try rows(of: logs)
        guard !names.isEmpty else { return .empty }
        // Few changes lack a body, and all are of some log: that index would be the way through all of them.
        let missing = """
            change INDEXED BY change_missing
            WHERE missing > 0 AND log IN (\(names.keys.sorted().map { "\($0)" }.joined(separator: ",")))
            """
        let count = try db.first("SELECT count(*) FROM \(missing)") { Int($0.int64(0)) } ?? 0
        guard count > 0 else { return .empty }
        let start = count > limit ? turn(of: count) : 0
        var lists: [LogID: [ChangePoint]] = [:]
        // From the start on, and then from the beginning.
        for (offset, most) in [(start, limit), (0, max(0, limit - (count - start)))] where most > 0 {
            let rows = try db.query(
                """
                SELECT c.log, a.actor, c.seq, c.hash FROM (
                    SELECT id, log, actor, seq, hash FROM \(missing) ORDER BY id LIMIT ? OFFSET ?
                ) c JOIN actor a ON a.id = c.actor
                """, [.integer(Int64(clamping: most)), .integer(Int64(clamping: offset))]
            ) { row in
                guard let actor = ActorID(bytes: row.blob(1)), let hash = ChangeHash(bytes: row.blob(3)) else {
                    throw StoreError.damaged("stoep.db: change")
                }
                return (
                    log: row.int64(0),
                    point: ChangePoint(actor: actor, seq: UInt64(clamping: row.int64(2)), check: hash.raw.first)
                )
            }
            for row in rows { if let log = names[row.log] { lists[log, default: []].append(row.point) } }
        }
        return HeadList(lists)
    }

    /// The same, and changes of these stretches of other logs.
    func wanted(of logs: [LogID], andOf stretches: [Stretch]) throws -> HeadList {
        let wanted = try wanted(of: logs)
        let others = stretches.filter { !logs.contains($0.log) }
        guard !others.isEmpty else { return wanted }
        var lists = Dictionary(uniqueKeysWithValues: wanted.entries.map { ($0.log, $0.heads) })
        var room = Limits.wantedChanges - wanted.count
        for one in others where room > 0 {
            guard let log = try logID(one.log), let actor = try actorID(one.actor) else { continue }
            let hashes = try db.query(
                """
                SELECT seq, hash FROM change
                WHERE log = ? AND actor = ? AND seq BETWEEN ? AND ? AND missing > 0 ORDER BY seq LIMIT ?
                """,
                [
                    .integer(log), .integer(actor), .integer(Int64(clamping: one.seqs.lowerBound)),
                    .integer(Int64(clamping: one.seqs.upperBound)), .integer(Int64(clamping: room)),
                ]
            ) { (seq: UInt64(clamping: $0.int64(0)), hash: ChangeHash(bytes: $0.blob(1))) }
            room -= hashes.count
            for (seq, hash) in hashes {
                guard let hash else { throw StoreError.damaged("stoep.db: change") }
                lists[one.log, default: []].append(ChangePoint(actor: one.actor, seq: seq, check: hash.raw.first))
            }
        }
        return HeadList(lists)
    }

    /// Where among so many to begin, the same for some minutes, so that one sync asks for the same throughout. The
    /// numbers of two such spans have nothing to do with each other: who syncs every day at noon comes by all.
    private func turn(of count: Int) -> Int {
        var span = environment.now().milliseconds / 600_000 &* 0x9e37_79b9_7f4a_7c15
        span ^= span >> 32
        return Int(span % UInt64(count))
    }

    /// What is here of what a peer wants, of these logs alone, as much as one message carries.
    package func bodies(
        wanted: HeadList, of logs: [LogID], budget: Int = Limits.pieceBytes
    ) throws -> [ChangeBodies] {
        let allowed = Set(logs)
        var out: [ChangeBodies] = []
        var bytes = 0
        for entry in wanted.entries where allowed.contains(entry.log) {
            for point in entry.heads {
                guard let row = try change(entry.log, point) else { continue }
                let bodies = try self.bodies(row.id)
                guard bodies.contains(where: { $0 != nil }) else { continue }
                out.append(ChangeBodies(log: entry.log, point: point, bodies: bodies))
                bytes += bodies.reduce(0) { $0 + ($1?.payload.count ?? 0) + 32 }
                if bytes >= budget || out.count >= Limits.wantedChanges { return out }
            }
        }
        return out
    }

    /// Puts what came where it was missing, as far as it is what the change's header committed to. Inside a transaction.
    package func fillIn(_ list: [ChangeBodies]) throws {
        for one in list {
            guard let row = try change(one.log, one.point), let log = try logID(one.log),
                let stored = try db.first("SELECT header FROM change WHERE id = ?", [.integer(row.id)], { $0.blob(0) }),
                let header = try? ChangeHeader(decoding: stored), header.blocks.count == one.bodies.count
            else { continue }
            let bodies = zip(header.blocks, one.bodies).map { block, body in
                body.flatMap { body in
                    let isCommitted = Commitment(to: body, environment.cryptography) == block.commitment
                    return isCommitted || PlantedFault.skipCommitment.isOn ? body : nil
                }
            }
            try fillIn(bodies, row: row.id, log: log)
        }
    }

    /// Puts bodies that hold where they were missing, but for those of records that have ended.
    func fillIn(_ given: [BlockBody?], row: Int64, log: Int64) throws {
        let missing = try db.first("SELECT missing FROM change WHERE id = ?", [.integer(row)]) { $0.int64(0) } ?? 0
        guard missing > 0 else { return }
        var bodies = try self.bodies(row)
        let ended = try endedBlocks(of: row)
        var isNew = false
        for (index, body) in given.enumerated() where bodies.indices.contains(index) && bodies[index] == nil {
            guard let body, !ended.contains(index) else { continue }
            bodies[index] = body
            isNew = true
        }
        guard isNew else { return }
        try put(bodies, of: row, ended: ended)
        try noteBehind(touchedBy: row, isControl: bodies.contains { isControl($0) })
    }

    /// What of a new change is written: bodies of erased records are not, unless it is the authority that writes. Also
    /// how many of the rest are wanted.
    func admitted(
        _ bodies: [BlockBody?], of records: [RecordID], by actor: ActorID, log: Int64, mayEnd: Bool
    ) throws -> (bodies: [BlockBody?], missing: Int) {
        guard mayEnd else { return (bodies, bodies.count { $0 == nil }) }
        var admitted = bodies
        var missing = 0
        for (index, record) in records.enumerated() where bodies.indices.contains(index) {
            let ended = try self.ended(record, log: log)
            let isErased = ended == RecordPresence.erased(successor: nil).ended
            if isErased, !PlantedFault.forgetErasureOnImport.isOn, try !isOfAuthority(actor) { admitted[index] = nil }
            if bodies[index] == nil, try ended == 0 || (!isErased || onlyEndsRecords(log)) && isOfAuthority(actor) {
                missing += 1
            }
        }
        return (admitted, missing)
    }

    // MARK: Rows

    func bodies(_ row: Int64) throws -> [BlockBody?] {
        try CBORReader.decodeBodies(
            db.first("SELECT body FROM change WHERE id = ?", [.integer(row)]) { $0.blob(0) } ?? [])
    }

    /// Writes a change's bodies anew, and how many of those that are missing are wanted.
    func put(_ bodies: [BlockBody?], of row: Int64, ended: Set<Int>) throws {
        let missing = bodies.indices.count { bodies[$0] == nil && !ended.contains($0) }
        try db.run(
            "UPDATE change SET body = ?, missing = ? WHERE id = ?",
            [.blob(CBORWriter.encode(bodies)), .integer(Int64(missing)), .integer(row)])
    }

    /// The places of those blocks of a change whose record is erased, or hidden: but for what the authority wrote of one
    /// that is hidden, which may be what erases it; and of one that is erased, where it may be what says for which other.
    func endedBlocks(of row: Int64) throws -> Set<Int> {
        let log = try db.first("SELECT log FROM change WHERE id = ?", [.integer(row)]) { $0.int64(0) } ?? -1
        return Set(
            try db.query(
                """
                SELECT t.block FROM touch t CROSS JOIN record r ON r.id = t.record
                CROSS JOIN change c ON c.id = t.change CROSS JOIN actor a ON a.id = c.actor
                WHERE t.change = ?1 AND (r.ended = 4 AND NOT ?2 OR r.ended IN (3, 4)
                    AND a.device NOT IN (SELECT device FROM authority))
                """, [.integer(row), .integer(onlyEndsRecords(log) ? 1 : 0)]
            ) { Int(clamping: $0.int64(0)) })
    }

    /// Whether all that the authority writes of others' records in a log is that they are erased: what it said of one
    /// that is erased holds no words, and two daemons may have said it otherwise.
    func onlyEndsRecords(_ row: Int64) throws -> Bool { try log(row)?.kind.isPartitioned ?? false }

    private func ended(_ record: RecordID, log: Int64) throws -> Int64 {
        try db.first(
            "SELECT ended FROM record WHERE rid = ? AND log = ?", [.blob(record.bytes), .integer(log)]
        ) { $0.int64(0) } ?? 0
    }

    /// Whether any record of a log has ended: most logs never have one, and their imports need not look.
    func hasEnded(_ log: Int64) throws -> Bool {
        try db.first("SELECT 1 FROM record WHERE ended > 0 AND log = ? LIMIT 1", [.integer(log)]) { _ in true } ?? false
    }

    func rows(of logs: [LogID]) throws -> [Int64: LogID] {
        var names: [Int64: LogID] = [:]
        for log in logs { if let row = try logID(log) { names[row] = log } }
        return names
    }
}

extension RecordPresence {
    /// How the column says it: 0 for all but what is hidden or erased.
    var ended: Int64 {
        switch self {
        case .present, .deleted, .revived: 0
        case .hidden: 3
        case .erased: 4
        }
    }

    var isEnd: Bool { ended > 0 }
}
