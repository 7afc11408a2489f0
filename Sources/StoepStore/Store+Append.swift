import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A segment whose chain and signature hold, ready to be appended.
package struct VerifiedSegment {
    package let log: LogID
    package let actor: ActorID
    package let device: VerifyingKey
    /// The first 8 bytes of the hash before the first change.
    package let base: UInt64?
    package let changes: [VerifiedChange]
    package let signature: Signature

    /// The head that it ends at.
    package var head: Head? {
        changes.last.map { Head(log: log, actor: actor, seq: $0.header.seq, hash: $0.hash) }
    }
}

/// Why a segment was not taken, by the name that the protocol gives it.
package struct Refusal: Error, Hashable, Sendable {
    package let name: String
    package init(_ name: String) { self.name = name }
}

extension Store {
    /// Unpacks a segment and holds it against chain and signature: outside any lock, reading what comes before it.
    package func verify(_ packed: PackedSegment) throws -> VerifiedSegment {
        try verify(Self.unpack(packed))
    }

    static func unpack(_ packed: PackedSegment) throws(Refusal) -> Segment {
        do {
            return try packed.unpacked()
        } catch {
            throw Refusal(error.name)
        }
    }

    /// Takes the roster that a daemon let this device in with. Inside a transaction.
    /// - Throws: `Refusal` where any of it is not to be taken; then the transaction is to be undone.
    package func take(roster: [PackedSegment]) throws {
        for packed in roster {
            let segment = try Self.unpack(packed)
            guard segment.log == .roster else { throw Refusal(ErrorName.logNotReadable) }
            _ = try append(verifyInTransaction(segment))
        }
        try foldBehind()
    }

    package func verify(_ segment: Segment) throws -> VerifiedSegment {
        try read { try verifyInTransaction(segment) }
    }

    /// The same inside a transaction that has begun.
    func verifyInTransaction(_ segment: Segment) throws -> VerifiedSegment {
        var base: (hash: ChangeHash, lamport: UInt64)?
        var device = segment.birth?.device
        if let check = segment.base, segment.first > 1 {
            let point = ChangePoint(actor: segment.actor, seq: segment.first - 1, check: check)
            base = try change(segment.log, point).map { ($0.hash, $0.lamport) }
            device = try self.device(of: segment.actor)
        }
        guard let device else {
            throw Refusal((segment.first == 1 ? SegmentError.birthMissing : .baseMissing).name)
        }
        do {
            let changes = try segment.verify(
                base: base, device: device, space: space, cryptography: environment.cryptography)
            return VerifiedSegment(
                log: segment.log, actor: segment.actor, device: device, base: segment.base, changes: changes,
                signature: segment.signature)
        } catch {
            throw Refusal(error.name)
        }
    }

    /// Appends what is new of a segment; what is held already stays as it is, so that a duplicate changes nothing.
    /// Inside a transaction. Nothing is folded yet: what it touches is marked as behind.
    /// - Returns: the rows of the changes that were new.
    @discardableResult
    package func append(_ segment: VerifiedSegment) throws -> [Int64] {
        let logRow = try makeLogID(segment.log)
        let actorRow = try makeActorID(segment.actor, device: segment.device)
        var parent: ChangeRow?
        if let first = segment.changes.first, first.header.seq > 1, let base = segment.base {
            parent = try change(log: logRow, actor: actorRow, seq: first.header.seq - 1, check: base)
            if parent == nil { throw Refusal(SegmentError.baseMissing.name) }
        }
        var parentID = parent?.id
        var fresh: [Int64] = []
        var lamport: UInt64 = 0
        let branches = try heads(log: logRow, actor: actorRow)
        // Most that comes is beyond all that is held of the actor.
        let last = branches.map(\.seq).max() ?? 0
        let mayEnd = try hasEnded(logRow)
        for change in segment.changes {
            let point = ChangePoint(actor: segment.actor, seq: change.header.seq, check: change.hash.raw.first)
            if point.seq <= last,
                let held = try self.change(log: logRow, actor: actorRow, seq: point.seq, check: point.check)
            {
                guard held.hash == change.hash else { throw Refusal("check-collision") }
                try fillIn(change.bodies, row: held.id, log: logRow)
                parentID = held.id
                continue
            }
            if branches.count >= Limits.branches, !branches.contains(where: { $0.id == parentID }), fresh.isEmpty {
                throw Refusal("too-many-branches")
            }
            let row = try insert(
                change, actor: segment.actor, actorRow: actorRow, logRow: logRow, parent: parentID, mayEnd: mayEnd)
            if isHub { try arrive(row, change.hash, seq: point.seq, actor: segment.actor, logRow: logRow) }
            // What follows one that is new is new as well: no change is held without the one before it.
            if fresh.isEmpty { try dropHead(parentID, log: logRow, actor: actorRow) }
            fresh.append(row)
            parentID = row
            lamport = max(lamport, change.header.lamport)
        }
        if let end = fresh.last { try addHead(end, log: logRow, actor: actorRow, lamport: lamport) }
        if let last = parentID {
            try db.run(
                "UPDATE change SET signature = ? WHERE id = ? AND signature IS NULL",
                [.blob(segment.signature.bytes), .integer(last)])
        }
        guard let first = segment.changes.first?.header.seq, let head = segment.head, !fresh.isEmpty else {
            return fresh
        }
        let hasBranched = try heads(log: logRow, actor: actorRow).count > max(1, branches.count)
        // A new branch, and a change that a cut may name, put others of the actor's changes beyond it, or within.
        if try hasBranched || isCut(segment.log, segment.actor, at: first...head.seq) {
            try markBehind(writtenByActor: actorRow, log: logRow)
        }
        if hasBranched { forks.append(Fork(device: segment.device, log: segment.log.kind)) }
        // What this device wrote under its present actor, and does not have, an older copy of this store has forgotten.
        if segment.actor == (try currentActor()) {
            try beginEpoch(alert: hasBranched ? "branches" : "store-restored")
        }
        return fresh
    }

    /// Whether a cut of the log, a delegation or an ownership that was withdrawn ends the actor's chain at one of these
    /// numbers.
    private func isCut(_ log: LogID, _ actor: ActorID, at seqs: ClosedRange<UInt64>) throws -> Bool {
        if log == .square, try ownershipEnds(of: actor).contains(where: { seqs.contains($0) }) { return true }
        return try judging { roster in
            let delegated = roster.authorities.flatMap(\.cuts)
            return delegated.contains { $0.log == log && $0.point.actor == actor && seqs.contains($0.point.seq) }
                || (roster.cuts(log, actor) ?? []).joined().contains { seqs.contains($0.seq) }
        }
    }

    /// A chain ends here no longer.
    func dropHead(_ change: Int64?, log: Int64, actor: Int64) throws {
        guard let change else { return }
        try db.run(
            "DELETE FROM head WHERE log = ? AND actor = ? AND change = ?",
            [.integer(log), .integer(actor), .integer(change)])
    }

    /// A chain ends here.
    /// - Parameter lamport: the highest of what came with it.
    func addHead(_ change: Int64, log: Int64, actor: Int64, lamport: UInt64) throws {
        try db.run(
            "INSERT INTO head(log, actor, change) VALUES(?, ?, ?)",
            [.integer(log), .integer(actor), .integer(change)])
        try db.run(
            "UPDATE log SET lamport = max(lamport, ?) WHERE id = ?",
            [.integer(Int64(clamping: lamport)), .integer(log)])
    }

    /// One new row, and those by which it is found; its records are behind. A body of what is erased never touches the
    /// disk.
    /// - Parameter mayEnd: whether any record of the log has ended.
    func insert(
        _ change: VerifiedChange, actor: ActorID, actorRow: Int64, logRow: Int64, parent: Int64?, mayEnd: Bool
    ) throws -> Int64 {
        let header = change.header
        let point = ChangePoint(actor: actor, seq: header.seq, check: change.hash.raw.first)
        let records = header.blocks.enumerated().map { index, block in
            switch block.subject {
            case .created: RecordID(createdBy: point, block: index, environment.cryptography)
            case .record(let id): id
            }
        }
        let (bodies, missing) = try admitted(change.bodies, of: records, by: actor, log: logRow, mayEnd: mayEnd)
        try db.run(
            """
            INSERT INTO change(log, actor, seq, hash, parent, lamport, time, missing, header, body)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(logRow), .integer(actorRow), .integer(Int64(clamping: header.seq)),
                .blob(change.hash.bytes), .optional(parent), .integer(Int64(clamping: header.lamport)),
                .integer(Int64(clamping: header.time.milliseconds)),
                .integer(PlantedFault.callStrippedBodyHeld.isOn ? 0 : Int64(missing)),
                .blob(change.headerBytes), .blob(CBORWriter.encode(bodies)),
            ])
        let row = db.lastInsertedRow
        let stored = ChangeRow(id: row, seq: header.seq, hash: change.hash, parent: parent, lamport: header.lamport)
        for (index, record) in records.enumerated() {
            if PlantedFault.dropWhatWaits.isOn, try waits(bodies[index], in: logRow) { continue }
            let block = TouchedBlock(
                change: stored, actorRow: actorRow, actor: actor, time: header.time, block: index,
                subject: header.blocks[index].subject, body: bodies[index])
            let key = RecordKey(log: logRow, record: record)
            try touch(noteBehind(key, isControl: isControl(change.bodies[index]), block), row, index)
        }
        return row
    }

    /// Has a record found by the change, and the other way round.
    func touch(_ record: Int64, _ change: Int64, _ block: Int) throws {
        try db.run(
            "INSERT INTO touch(record, change, block) VALUES(?, ?, ?)",
            [.integer(record), .integer(change), .integer(Int64(block))])
    }

    /// Whether a block refers to another's change that is not here (`PlantedFault.dropWhatWaits`).
    private func waits(_ body: BlockBody?, in log: Int64) throws -> Bool {
        guard let body, let payload = try? Payload(decoding: body.payload), let log = try self.log(log) else {
            return false
        }
        return try payload.table.contains { entry in
            guard case .other(let point) = entry else { return false }
            return try change(log, point) == nil
        }
    }

    /// Whether a block is about a record that governs its log, by what it says itself.
    func isControl(_ body: BlockBody?) -> Bool {
        guard let body, let collection = Payload.collection(of: body.payload) else { return false }
        return configuration.schema[collection]?.isControl == true
    }
}
