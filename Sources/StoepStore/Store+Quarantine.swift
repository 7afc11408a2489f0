import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// A change that is held and of which nothing counts.
package struct AsideChange: Sendable {
    let row: Int64
    package let point: ChangePoint
    /// The author's clock.
    package let time: Timestamp
    package let reason: QuarantineReason
    /// A coordinator has looked at it and left it where it is.
    package let isRefused: Bool
}

/// What one actor wrote in one log that does not count, as far as roster and cuts decide.
package struct KeptAside: Sendable {
    package let log: LogID
    package let actor: ActorID
    package let device: VerifyingKey
    /// Nil where the roster does not know the device.
    package let member: RecordID?
    /// In the order of their numbers. Never empty.
    package let changes: [AsideChange]
    /// Whether a cut can let it count: not what was written in the roster, by an earlier authority, or by a device
    /// that nobody knows.
    package let isReleasable: Bool

    package func changes(alsoRefused: Bool) -> [AsideChange] {
        alsoRefused ? changes : changes.filter { !$0.isRefused }
    }
}

/// What does not count, as a coordinator looks at it. All of these stand inside a transaction of the caller's.
extension Store {
    /// What is kept aside, by log and then by actor.
    /// - Parameter only: of this log; nil for all.
    package func keptAside(in only: LogID? = nil) throws -> [KeptAside] {
        try judging { roster in
            try logs().filter { only == nil || $0 == only }.flatMap { log in
                try actors(in: log).compactMap { try keptAside($0, in: log, roster) }
            }
        }
    }

    /// The actors that wrote in a log, and the keys of their devices.
    package func actors(in log: LogID) throws -> [(id: ActorID, device: VerifyingKey)] {
        try db.query(
            """
            SELECT DISTINCT a.actor, a.device FROM head h JOIN actor a ON a.id = h.actor WHERE h.log = ?
            ORDER BY a.actor
            """, [.integer(try logID(log) ?? -1)]
        ) { row in
            guard let actor = ActorID(bytes: row.blob(0)), let device = VerifyingKey(bytes: row.blob(1)) else {
                throw StoreError.damaged("stoep.db: actor")
            }
            return (actor, device)
        }
    }

    /// All actors that a device ever wrote as, wherever.
    package func actors(of device: VerifyingKey) throws -> [ActorID] {
        try db.query("SELECT actor FROM actor WHERE device = ? ORDER BY actor", [.blob(device.bytes)]) { row in
            guard let actor = ActorID(bytes: row.blob(0)) else { throw StoreError.damaged("stoep.db: actor") }
            return actor
        }
    }

    private func keptAside(
        _ actor: (id: ActorID, device: VerifyingKey), in log: LogID, _ roster: Roster
    ) throws -> KeptAside? {
        guard let logRow = try logID(log), let actorRow = try actorID(actor.id) else { return nil }
        let heads = try heads(log: logRow, actor: actorRow)
        var from: UInt64 = 0
        var uniform: Standing?
        if let head = heads.first, roster.isUniform(actor.device, actor.id, in: log) {
            uniform = standing(of: actor, at: head.point(actor.id), in: log, roster)
            if case .counts? = uniform { return nil }
        } else if heads.count == 1, let head = heads.first {
            from = try counted(actor, in: log, roster)
            if from >= head.seq { return nil }
        }
        let refused = Self.ends(try stored(cutRecord(actor.id), in: log), Field.Cut.refused, of: actor.id).joined()
        let rows = try db.query(
            "SELECT id, seq, hash, time FROM change WHERE log = ? AND actor = ? AND seq > ? ORDER BY seq, hash",
            [.integer(logRow), .integer(actorRow), .integer(Int64(clamping: from))]
        ) { row in
            guard let hash = ChangeHash(bytes: row.blob(2)) else { throw StoreError.damaged("change \(row.int64(0))") }
            return (
                id: row.int64(0),
                point: ChangePoint(actor: actor.id, seq: UInt64(clamping: row.int64(1)), check: hash.raw.first),
                time: Timestamp(milliseconds: UInt64(clamping: row.int64(3)))
            )
        }
        let changes = try rows.compactMap { row -> AsideChange? in
            let standing = uniform ?? standing(of: actor, at: row.point, in: log, roster)
            guard case .masked(let reason) = standing else { return nil }
            let isRefused = try refused.contains { try isWithin(row.point, $0, in: log) }
            return AsideChange(row: row.id, point: row.point, time: row.time, reason: reason, isRefused: isRefused)
        }
        guard let reason = changes.first?.reason else { return nil }
        let isReleasable =
            ![.unknownDevice, .unknownMember, .notAuthority].contains(reason)
            && roster.authorities.allSatisfy { $0.device != actor.device }
        return KeptAside(
            log: log, actor: actor.id, device: actor.device, member: roster.device(actor.device)?.member,
            changes: changes, isReleasable: isReleasable)
    }

    private func standing(
        of actor: (id: ActorID, device: VerifyingKey), at point: ChangePoint, in log: LogID, _ roster: Roster
    ) -> Standing {
        roster.standing(of: actor.device, in: log, at: point) { [self] point, cut in
            remembering { try isWithin(point, cut, in: log) } ?? false
        }
    }

    /// Up to which number a chain without branches surely counts: so that of a long one only the rest is looked at. Of
    /// what cannot be told so quickly, 0.
    private func counted(
        _ actor: (id: ActorID, device: VerifyingKey), in log: LogID, _ roster: Roster
    ) throws -> UInt64 {
        let furthest = (roster.cuts(log, actor.id) ?? []).compactMap(\.last)
        guard let least = furthest.min(), try change(log, least) != nil,
            case .counts = standing(of: actor, at: least, in: log, roster)
        else { return 0 }
        return least.seq
    }

    /// How often single blocks or operations do not count for a reason of their own, though their change does.
    package func quarantinedBesides(_ aside: [KeptAside], in only: LogID? = nil) throws -> [QuarantineReason: Int] {
        var masked: [LogID: Set<ChangePoint>] = [:]
        for entry in aside { masked[entry.log, default: []].formUnion(entry.changes.map(\.point)) }
        var counts: [QuarantineReason: Int] = [:]
        for log in try logs() where only == nil || log == only {
            let records = try db.query(
                "SELECT rid FROM record WHERE log = ? AND quarantined > 0", [.integer(try logID(log) ?? -1)]
            ) { RecordID(bytes: $0.blob(0)) }
            for record in records.compactMap({ $0 }) {
                for entry in try folded(record, in: log).quarantined where masked[log]?.contains(entry.point) != true {
                    counts[entry.reason, default: 0] += 1
                }
            }
        }
        return counts
    }

    /// What a change that is kept aside is about: its blocks as they came, nil where one lacks its body or is no
    /// payload.
    package func blocks(of change: AsideChange) throws -> [(record: RecordID, payload: Payload?)] {
        let stored = try db.first("SELECT header, body FROM change WHERE id = ?", [.integer(change.row)]) {
            (header: $0.blob(0), body: $0.blob(1))
        }
        guard let stored, let header = try? ChangeHeader(decoding: stored.header) else {
            throw StoreError.damaged("stoep.db: change \(change.row)")
        }
        let bodies = try CBORReader.decodeBodies(stored.body)
        return header.blocks.enumerated().map { index, block in
            let record =
                switch block.subject {
                case .created: RecordID(createdBy: change.point, block: index, environment.cryptography)
                case .record(let id): id
                }
            let body = bodies.indices.contains(index) ? bodies[index] : nil
            let kinds = configuration.schema.operationKinds
            return (record, body.flatMap { try? Payload(decoding: $0.payload, kinds: kinds) })
        }
    }

    // MARK: Deciding

    /// The ends of an actor's chain in a log as it is held, or the changes with this number on the way there.
    package func ends(of actor: ActorID, in log: LogID, through seq: UInt64 = .max) throws -> [ChangePoint] {
        guard let logRow = try logID(log), let actorRow = try actorID(actor) else { return [] }
        return try heads(log: logRow, actor: actorRow).compactMap { head in
            try ancestor(of: head, seq: min(seq, head.seq), log: logRow, actor: actorRow)?.point(actor)
        }
    }

    /// The highest number up to which a cut lets an actor's chain count in a log; 0 where nothing of it does.
    package func countedSeq(of actor: ActorID, in log: LogID) throws -> UInt64 {
        try judging { ($0.cuts(log, actor) ?? []).map { $0.last?.seq ?? 0 }.min() } ?? 0
    }

    /// Whether a cut ends the actor's chain in the log.
    package func isCut(_ actor: ActorID, in log: LogID) throws -> Bool {
        try judging { $0.cuts(log, actor) } != nil
    }

    /// What ends an actor's chain in a log where it stands now, so that only what counts already goes on counting. Nil
    /// where a cut does so already: it is never loosened on the way.
    package func cut(_ actor: ActorID, of device: VerifyingKey, in log: LogID) throws -> RecordEdit? {
        guard try !isCut(actor, in: log) else { return nil }
        let ends = try ends(of: actor, in: log)
        let counts = try judging { roster in
            guard let end = ends.first else { return false }
            if case .counts = standing(of: (actor, device), at: end, in: log, roster) { return true }
            return false
        }
        return Self.edit(actor, in: log, [.set(Field.Cut.points, .bytes(CutEnds(counts ? ends : []).encoded()))])
    }

    /// Writes the cut anew, so that the actor's chain counts up to these ends.
    package func release(_ actor: ActorID, in log: LogID, through ends: [ChangePoint]) -> RecordEdit {
        Self.edit(actor, in: log, [.set(Field.Cut.points, .bytes(CutEnds(ends).encoded()))])
    }

    /// Says that a coordinator has looked at all that is held and refuses what is beyond the cut. Where no cut keeps it
    /// aside but the role alone, nothing of it counts, and one is written that says so.
    package func refuse(_ actor: ActorID, in log: LogID) throws -> RecordEdit {
        var fields = [FieldEdit.set(Field.Cut.refused, .bytes(CutEnds(try ends(of: actor, in: log)).encoded()))]
        if try !isCut(actor, in: log) { fields.append(.set(Field.Cut.points, .bytes(CutEnds([]).encoded()))) }
        return Self.edit(actor, in: log, fields)
    }

    private static func edit(_ actor: ActorID, in log: LogID, _ fields: [FieldEdit]) -> RecordEdit {
        RecordEdit(log: log, target: .natural(.cut, key: actor.description), fields: fields)
    }
}

extension ChangeRow {
    fileprivate func point(_ actor: ActorID) -> ChangePoint {
        ChangePoint(actor: actor, seq: seq, check: hash.raw.first)
    }
}
