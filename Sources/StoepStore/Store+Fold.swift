import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

extension Store {
    /// A record as it is folded now; empty where nothing of it is here.
    /// - Parameter log: where it stands; nil where that is not known.
    package func stored(_ id: RecordID, in log: LogID? = nil) throws -> RecordState {
        let wanted = try log.map { try logID($0) ?? -1 }
        let rows = try db.query(
            "SELECT content, pending, collection FROM record WHERE rid = ?1 AND (?2 IS NULL OR log = ?2)",
            [.blob(id.bytes), .optional(wanted)]
        ) { (content: $0.blob(0), pending: $0.int64(1), hasCollection: !$0.isNull(2)) }
        // Nearly always there is one. Where others only name it in theirs, theirs are empty.
        let row = rows.first { $0.hasCollection } ?? rows.first { !$0.content.isEmpty } ?? rows.first
        guard let row else { return RecordState(id: id) }
        var state = try RecordState(id: id, decoding: row.content)
        state.pending = Int(clamping: row.pending)
        return state
    }

    /// The log that a record stands in, as far as this store knows it.
    package func log(of id: RecordID) throws -> LogID? {
        try db.first(
            """
            SELECT l.name FROM record r JOIN log l ON l.id = r.log WHERE r.rid = ?
            ORDER BY r.collection IS NULL, length(r.content) = 0 LIMIT 1
            """, [.blob(id.bytes)]
        ) { $0.string(0) }.flatMap { LogID(parsing: $0) }
    }

    /// Folds by this store's schema and roster, and throws what kept either from being read.
    func folding<T>(_ log: LogID, _ body: (RecordFold) throws -> T) throws -> T {
        try judging { roster in try body(recordFold(log, roster)) }
    }

    private func recordFold(_ log: LogID, _ roster: Roster) -> RecordFold {
        RecordFold(
            schema: configuration.schema, log: log.kind, naturalID: { [self] in naturalID($0, $1) },
            standing: { [self] block in
                if log.kind == .roster, isStatement(block) { return .counts(member: nil) }
                let author = RosterCache.Author(actor: block.point.actor, log: log)
                if let known = cache.roster.standings[author] { return known }
                do {
                    guard let device = try device(of: author.actor) else { return .masked(.unknownDevice) }
                    let standing = roster.standing(of: device, in: log, at: block.point) { point, cut in
                        remembering { try isWithin(point, cut, in: log) } ?? false
                    }
                    if cache.roster.failure == nil, roster.isUniform(device, author.actor, in: log) {
                        cache.roster.standings[author] = standing
                    }
                    return standing
                } catch {
                    cache.roster.failure = error
                    return .masked(.unknownDevice)
                }
            },
            isCoordinator: { roster.role($0) == .coordinator },
            owns: { [self] record, member, point in
                roster.owns(record, member, at: point) { point, end in
                    remembering { try isWithin(point, end, in: log) } ?? false
                }
            },
            isWithin: { [self] point, cut in remembering { try isWithin(point, cut, in: log) } ?? false })
    }

    func remembering<T>(_ body: () throws -> T) -> T? {
        do {
            return try body()
        } catch {
            cache.roster.failure = error
            return nil
        }
    }

    /// Folds a record that is behind.
    func fold(_ key: RecordKey, _ entry: Behind.Entry, log: LogID) throws -> RecordState {
        let id = key.record
        let blocks = try entry.blocks?.map { try recordBlock($0, log: key.log) } ?? blocks(ofRow: entry.row, log: key.log)
        if log.kind == .roster { try learnAuthorities(blocks) }
        let new = try folding(log) { $0(id, blocks) }
        let hasEnded = try put(new, log: log, key, row: entry.row, isNew: entry.blocks != nil)
        let mayHoldMore = new.presence.isEnd && !PlantedFault.forgetErasureOnImport.isOn
        guard hasEnded || mayHoldMore, try purge(new, blocks, in: log, row: key.log) else { return new }
        // What is left of a record that is hidden says less than what it was folded from: its row has to be what
        // anybody comes to who folds it anew.
        let blocksLeft = try self.blocks(ofRow: entry.row, log: key.log)
        let left = try folding(log) { $0(id, blocksLeft) }
        _ = try put(left, log: log, key, row: entry.row, isNew: false)
        return left
    }

    /// Folds a record anew from its blocks, with no regard to what is stored: what `doctor` compares with.
    package func folded(_ id: RecordID, in log: LogID) throws -> RecordState {
        guard let row = try logID(log) else { return RecordState(id: id) }
        let blocks = try blocks(of: id, log: row)
        return try folding(log) { $0(id, blocks) }
    }

    /// A text field, to edit it.
    func document(_ id: RecordID, _ field: FieldNumber, in log: LogID) throws -> TextDocument {
        guard let row = try logID(log) else { return TextDocument() }
        let blocks = try blocks(of: id, log: row)
        return try folding(log) { $0.document(id, field, blocks) }
    }

    /// The slots of a list field, to edit it.
    func slots(_ id: RecordID, _ field: FieldNumber, in log: LogID) throws -> TextDocument {
        guard let row = try logID(log) else { return TextDocument() }
        let blocks = try blocks(of: id, log: row)
        return try folding(log) { $0.slots(id, field, blocks) }
    }

    /// All blocks of a record, decoded, their tables resolved.
    /// - Parameter last: only what had arrived when this was the newest change; nil for all.
    func blocks(of id: RecordID, log: Int64, through last: Int64? = nil) throws -> [RecordBlock] {
        guard let row = try row(of: RecordKey(log: log, record: id)) else { return [] }
        return try blocks(ofRow: row, log: log, through: last)
    }

    private func blocks(ofRow row: Int64, log: Int64, through last: Int64? = nil) throws -> [RecordBlock] {
        let touched = try db.query(
            """
            SELECT c.id, c.seq, c.hash, c.parent, c.lamport, c.actor, a.actor, c.time, c.header, c.body, t.block
            FROM touch t CROSS JOIN change c ON c.id = t.change CROSS JOIN actor a ON a.id = c.actor
            WHERE t.record = ?1 AND (?2 IS NULL OR c.id <= ?2)
            """, [.integer(row), .optional(last)]
        ) { try touchedBlock($0) }
        return try touched.map { try recordBlock($0, log: log) }
    }

    private func touchedBlock(_ row: borrowing Row) throws -> TouchedBlock {
        let id = row.int64(0)
        guard let hash = ChangeHash(bytes: row.blob(2)), let actor = ActorID(bytes: row.blob(6)) else {
            throw StoreError.damaged("stoep.db: change \(id)")
        }
        let header: ChangeHeader
        do {
            header = try ChangeHeader(decoding: row.blob(8))
        } catch {
            throw StoreError.damaged("stoep.db: header of change \(id)")
        }
        let bodies = try CBORReader.decodeBodies(row.blob(9))
        let block = Int(clamping: row.int64(10))
        guard header.blocks.indices.contains(block), bodies.indices.contains(block) else {
            throw StoreError.damaged("stoep.db: blocks of change \(id)")
        }
        return TouchedBlock(
            change: ChangeRow(
                id: id, seq: UInt64(clamping: row.int64(1)), hash: hash, parent: row.int64IfPresent(3),
                lamport: UInt64(clamping: row.int64(4))),
            actorRow: row.int64(5), actor: actor, time: Timestamp(milliseconds: UInt64(clamping: row.int64(7))),
            block: block, subject: header.blocks[block].subject, body: bodies[block])
    }

    private func recordBlock(_ one: TouchedBlock, log: Int64) throws -> RecordBlock {
        let point = ChangePoint(actor: one.actor, seq: one.change.seq, check: one.change.hash.raw.first)
        let content = try one.body.map {
            try decode($0.payload, at: point, one.change, log: log, actor: one.actorRow)
        }
        return RecordBlock(
            point: point, index: UInt32(clamping: one.block), lamport: one.change.lamport, time: one.time,
            subject: one.subject, content: content ?? .missing)
    }

    private func decode(
        _ bytes: [UInt8], at point: ChangePoint, _ change: ChangeRow, log: Int64, actor: Int64
    ) throws -> RecordBlock.Content {
        let kinds = configuration.schema.operationKinds
        guard let payload = try? Payload(decoding: bytes, kinds: kinds) else { return .malformed }
        var failure: (any Error)?
        let points = RecordBlock.points(of: payload, at: point) { seq in
            do {
                return try ancestor(of: change, seq: seq, log: log, actor: actor).map {
                    ChangePoint(actor: point.actor, seq: seq, check: $0.hash.raw.first)
                }
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return points.map { .payload(payload, points: $0) } ?? .malformed
    }

    // MARK: Rows

    /// Stores a folded record, and keeps its columns and its log's totals in step.
    /// - Parameter isNew: whether it has no row yet.
    /// - Returns: whether its end changed: it was hidden, erased, or is so no longer.
    private func put(_ state: RecordState, log: LogID, _ key: RecordKey, row: Int64, isNew: Bool) throws -> Bool {
        let old = try isNew
            ? nil
            : db.first("SELECT content, unknown, ended, listed FROM record WHERE id = ?", [.integer(row)]) {
                (content: $0.blob(0), unknown: $0.int64(1), ended: $0.int64(2), listed: $0.int64(3))
            }
        let content = try state.encodedContent()
        let hasEnded = state.presence.ended != old?.ended ?? 0
        deferred.totals[key.log, default: LogTotals()].records += (isShown(state) ? 1 : 0) - (old?.listed ?? 0)
        let said: [SQLValue] = [.optional(state.collection.map { Int64($0.rawValue) }), .blob(content)] + counts(of: state)
        if old != nil {
            try db.run(
                """
                UPDATE record SET collection = ?, content = ?, conflicts = ?, pending = ?, quarantined = ?,
                    unknown = ?, listed = ?, ended = ? WHERE id = ?
                """, said + [.integer(row)])
        } else {
            try db.run(
                """
                INSERT INTO record(
                    id, rid, log, collection, content, conflicts, pending, quarantined, unknown, listed, ended)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, [.integer(row), .blob(state.id.bytes), .integer(key.log)] + said)
        }
        // After an upgrade a record may have columns that it did not have, and say nothing new.
        guard content != old?.content ?? [] || Int64(state.unknown) != old?.unknown ?? 0 else { return hasEnded }
        let difference = digest(state.id, content) &- digest(state.id, old?.content ?? [])
        deferred.totals[key.log, default: LogTotals()].add(difference)
        let before = try RecordState(id: state.id, decoding: old?.content ?? [])
        try project(state, before: before, row: row)
        if hasEnded, state.presence.isEnd { try noteSiblings(of: state.id, before: before, log: key.log) }
        try keepEdges(of: state, before: before, log: key.log)
        try followInSearch(state, before: before, row: row)
        if log.kind == .roster { try rosterChanged(from: before, to: state) }
        if log.kind == .roster || state.collection == .claim || state.collection == .theme { mayHaveOpenClaims = true }
        if state.collection ?? before.collection == .cut {
            try cutChanged(from: before, to: state, in: log, row: key.log)
        }
        return hasEnded
    }

    /// What a record's row has beside its collection and its content: `conflicts`, `pending`, `quarantined`, `unknown`,
    /// `listed` and `ended`.
    func counts(of state: RecordState) -> [SQLValue] {
        let isShown = isShown(state)
        return [
            .integer(isShown ? Int64(state.conflicts.count + state.contested.count) : 0),
            .integer(Int64(state.pending)), .integer(Int64(state.quarantined.count)),
            .integer(Int64(state.unknown)), .integer(isShown ? 1 : 0), .integer(state.presence.ended),
        ]
    }

    /// Whether a record stands in lists: it is there, and governs no log.
    private func isShown(_ state: RecordState) -> Bool {
        state.isListed && state.collection.flatMap { configuration.schema[$0] }?.isControl != true
    }

    /// What a record adds to the sum of its log.
    func digest(_ id: RecordID, _ content: [UInt8]) -> Bytes32 {
        content.isEmpty ? .zero : environment.cryptography.sha256(id.bytes + content)
    }

    /// Keeps the columns by which SQL asks for records: of those that are listed.
    func project(_ state: RecordState, before: RecordState, row: Int64) throws {
        let collection = state.isListed ? state.collection : nil
        let earlier = before.isListed ? before.collection : nil
        if let earlier, earlier != collection, let columns = columns(of: earlier) {
            try db.run(columns.delete, [.integer(row)])
            try project(nil, before: before, columns, row: row)
        }
        guard let collection, let columns = columns(of: collection) else { return }
        try db.run(columns.insert, [.integer(row)] + columns.fields.map { state.column($0) })
        try project(state, before: earlier == collection ? before : nil, columns, row: row)
    }

    /// The members of sets; nil is a record that is not listed.
    private func project(
        _ state: RecordState?, before: RecordState?, _ columns: CollectionColumns, row: Int64
    ) throws {
        for set in columns.sets {
            let members = state?.members(set.field) ?? []
            let earlier = before?.members(set.field) ?? []
            if members.isEmpty, earlier.isEmpty { continue }
            let now = Set(members.map(\.value))
            let then = Set(earlier.map(\.value))
            for value in then.subtracting(now) { try db.run(set.delete, [.integer(row), SQLValue(value)]) }
            let new = now.subtracting(then).map { SQLValue($0) }
            for start in stride(from: 0, to: new.count, by: CollectionColumns.Members.valuesAtOnce) {
                let values = new[start..<min(start + CollectionColumns.Members.valuesAtOnce, new.count)]
                try db.run(set.inserts[values.count - 1], [.integer(row)] + values)
            }
        }
    }

    private func columns(of collection: CollectionNumber) -> CollectionColumns? {
        if let known = cache.columns[collection] { return known }
        let columns = configuration.schema[collection].map { CollectionColumns($0) }
        if let columns { cache.columns[collection] = columns }
        return columns
    }
}

/// The statements that keep the tables by which SQL asks for a collection's records.
struct CollectionColumns {
    struct Members {
        static let valuesAtOnce = 8

        let field: FieldNumber
        /// Of one value, of two, and so on.
        let inserts: [String]
        let delete: String
    }

    let fields: [FieldDefinition]
    let insert: String
    let delete: String
    let sets: [Members]

    init(_ definition: CollectionDefinition) {
        fields = definition.fields.filter(\.isColumn)
        let names = fields.map { ", \"\($0.name)\"" }.joined()
        let marks = fields.map { _ in ", ?" }.joined()
        insert = "INSERT OR REPLACE INTO f_\(definition.name)(record\(names)) VALUES(?\(marks))"
        delete = "DELETE FROM f_\(definition.name) WHERE record = ?"
        sets = definition.fields.filter { $0.kind == .set }.map { field in
            let table = "s_\(definition.name)_\(field.name)"
            let inserts = (1...Members.valuesAtOnce).map { count in
                let rows = (0..<count).map { "(?1, ?\($0 + 2))" }.joined(separator: ", ")
                return "INSERT OR IGNORE INTO \(table)(record, value) VALUES\(rows)"
            }
            return Members(
                field: field.number, inserts: inserts,
                delete: "DELETE FROM \(table) WHERE record = ? AND value = ?")
        }
    }
}

extension RecordState {
    /// What stands in the column of a field.
    func column(_ field: FieldDefinition) -> SQLValue {
        field.kind == .counter ? .integer(count(field.number)) : SQLValue(value(field.number))
    }
}

extension FieldDefinition {
    /// Whether it is a column of its collection's table: a register's value that is shown, or a counter's.
    var isColumn: Bool { kind == .register || kind == .counter }
}

extension SQLValue {
    /// A folded value as a column.
    init(_ value: Value?) {
        switch value {
        case nil: self = .null
        case .bool(let value)?: self = .integer(value ? 1 : 0)
        case .integer(let value)?: self = .integer(value)
        case .text(let value)?: self = .text(value)
        case .bytes(let value)?: self = .blob(value)
        case .record(let value)?: self = .blob(value.bytes)
        }
    }
}
