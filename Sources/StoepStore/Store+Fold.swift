import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

extension Store {
    /// A record as it is folded now; empty where nothing of it is here.
    /// - Parameter log: where it stands; nil where that is not known.
    package func stored(_ id: RecordID, in log: LogID? = nil) throws -> RecordState {
        let wanted = try log.map { try logID($0) ?? -1 }
        let row = try db.first(
            """
            SELECT content, pending FROM record WHERE rid = ?1 AND (?2 IS NULL OR log = ?2)
            ORDER BY collection IS NULL, length(content) = 0 LIMIT 1
            """, [.blob(id.bytes), .optional(wanted)]
        ) { (content: $0.blob(0), pending: $0.int64(1)) }
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

    /// Folds what is behind: the roster first and then the cuts, because they decide what else counts. Inside a
    /// transaction.
    /// - Parameter controlOnly: nothing but these two.
    /// - Returns: how many records were folded.
    @discardableResult
    package func foldBehind(
        atMost limit: Int = .max, controlOnly: Bool = false, each: (RecordState) throws -> Void = { _ in }
    ) throws -> Int {
        var folded = 0
        var looksForControl = true
        while folded < limit {
            var next = looksForControl ? try nextControl() : nil
            if next == nil, !controlOnly { next = try nextBehind("") }
            guard let next else { break }
            let state = try fold(next.record, log: next.log, row: next.row)
            // Only these two put more behind, of themselves too (a new authority).
            looksForControl = next.log.kind == .roster || state.collection == .cut
            try each(state)
            folded += 1
        }
        return folded
    }

    /// Folds the roster and the cuts, so that they can be asked. Inside a transaction.
    package func foldControl() throws { try foldBehind(controlOnly: true) }

    /// Folds what is behind in a transaction of its own, a bounded part of it. Gives whether anything is left.
    package func foldSome(atMost limit: Int = 500) throws -> Bool {
        guard try isBehind() else { return false }
        return try write { try foldBehind(atMost: limit) } == limit
    }

    /// Whether any record's fold is behind the log.
    package func isBehind() throws -> Bool {
        try read { try db.first("SELECT 1 FROM dirty LIMIT 1") { _ in true } } != nil
    }

    private typealias Behind = (record: RecordID, log: LogID, row: Int64)

    private func nextControl() throws -> Behind? {
        if let roster = try logID(.roster),
            let record = try db.first(
                "SELECT record FROM dirty WHERE log = ? LIMIT 1", [.integer(roster)], { $0.blob(0) })
        {
            return (try recordID(record), .roster, roster)
        }
        return try nextBehind("WHERE d.first = 1")
    }

    private func nextBehind(_ condition: StaticString) throws -> Behind? {
        let next = try db.first(
            "SELECT d.record, l.name, l.id FROM dirty d JOIN log l ON l.id = d.log \(condition) LIMIT 1"
        ) { (record: $0.blob(0), name: $0.string(1), row: $0.int64(2)) }
        guard let next else { return nil }
        guard let log = LogID(parsing: next.name) else { throw StoreError.damaged("stoep.db: log \(next.row)") }
        return (try recordID(next.record), log, next.row)
    }

    private func recordID(_ bytes: [UInt8]) throws -> RecordID {
        guard let id = RecordID(bytes: bytes) else { throw StoreError.damaged("stoep.db: record id") }
        return id
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

    private func fold(_ id: RecordID, log: LogID, row: Int64) throws -> RecordState {
        try db.run("DELETE FROM dirty WHERE log = ? AND record = ?", [.integer(row), .blob(id.bytes)])
        let blocks = try blocks(of: id, log: row)
        if log.kind == .roster { try learnAuthorities(blocks) }
        let new = try folding(log) { $0(id, blocks) }
        let hasEnded = try put(new, log: log, row: row)
        let mayHoldMore = new.presence.isEnd && !PlantedFault.forgetErasureOnImport.isOn
        guard hasEnded || mayHoldMore, try purge(new, blocks, in: log, row: row) else { return new }
        // What is left of a record that is hidden says less than what it was folded from: its row has to be what
        // anybody comes to who folds it anew.
        let blocksLeft = try self.blocks(of: id, log: row)
        let left = try folding(log) { $0(id, blocksLeft) }
        _ = try put(left, log: log, row: row)
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

    private struct TouchedBlock {
        let change: ChangeRow
        let actorRow: Int64
        let actor: ActorID
        let time: Timestamp
        let header: [UInt8]
        let body: [UInt8]
        let block: Int
    }

    /// All blocks of a record, decoded, their tables resolved.
    /// - Parameter last: only what had arrived when this was the newest change; nil for all.
    func blocks(of id: RecordID, log: Int64, through last: Int64? = nil) throws -> [RecordBlock] {
        let rows = try db.query(
            """
            SELECT c.id, c.seq, c.hash, c.parent, c.lamport, c.actor, a.actor, c.time, c.header, c.body, t.block
            FROM touch t JOIN change c ON c.id = t.change JOIN actor a ON a.id = c.actor
            WHERE t.record = ?1 AND c.log = ?2 AND (?3 IS NULL OR c.id <= ?3)
            """, [.blob(id.bytes), .integer(log), .optional(last)]
        ) { row in
            guard let hash = ChangeHash(bytes: row.blob(2)), let actor = ActorID(bytes: row.blob(6)) else {
                throw StoreError.damaged("stoep.db: change \(row.int64(0))")
            }
            return TouchedBlock(
                change: ChangeRow(
                    id: row.int64(0), seq: UInt64(clamping: row.int64(1)), hash: hash, parent: row.int64IfPresent(3),
                    lamport: UInt64(clamping: row.int64(4))),
                actorRow: row.int64(5), actor: actor,
                time: Timestamp(milliseconds: UInt64(clamping: row.int64(7))), header: row.blob(8),
                body: row.blob(9), block: Int(clamping: row.int64(10)))
        }
        return try rows.map { try recordBlock($0, log: log) }
    }

    private func recordBlock(_ row: TouchedBlock, log: Int64) throws -> RecordBlock {
        let header: ChangeHeader
        do {
            header = try ChangeHeader(decoding: row.header)
        } catch {
            throw StoreError.damaged("stoep.db: header of change \(row.change.id)")
        }
        let bodies = try CBORReader.decodeBodies(row.body)
        guard header.blocks.indices.contains(row.block), bodies.indices.contains(row.block) else {
            throw StoreError.damaged("stoep.db: blocks of change \(row.change.id)")
        }
        let point = ChangePoint(actor: row.actor, seq: row.change.seq, check: row.change.hash.raw.first)
        var content = RecordBlock.Content.missing
        if let body = bodies[row.block] {
            content = try decode(body.payload, at: point, row.change, log: log, actor: row.actorRow)
        }
        return RecordBlock(
            point: point, index: UInt32(clamping: row.block), lamport: row.change.lamport, time: row.time,
            subject: header.blocks[row.block].subject, content: content)
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

    /// Stores a folded record, keeps the log's sum in step, and its columns.
    /// - Returns: whether its end changed: it was hidden, erased, or is so no longer.
    private func put(_ state: RecordState, log: LogID, row: Int64) throws -> Bool {
        let old = try db.first(
            "SELECT id, content, unknown, ended FROM record WHERE rid = ? AND log = ?",
            [.blob(state.id.bytes), .integer(row)]
        ) { (id: $0.int64(0), content: $0.blob(1), unknown: $0.int64(2), ended: $0.int64(3)) }
        let content = try state.encodedContent()
        let counts = counts(of: state)
        let hasEnded = state.presence.ended != old?.ended ?? 0
        let id: Int64
        if let old {
            id = old.id
            try db.run(
                """
                UPDATE record SET collection = ?, content = ?, conflicts = ?, pending = ?, quarantined = ?,
                    unknown = ?, listed = ?, ended = ? WHERE id = ?
                """,
                [.optional(state.collection.map { Int64($0.rawValue) }), .blob(content)] + counts + [.integer(id)])
        } else {
            try db.run(
                """
                INSERT INTO record(
                    rid, log, collection, content, conflicts, pending, quarantined, unknown, listed, ended)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .blob(state.id.bytes), .integer(row), .optional(state.collection.map { Int64($0.rawValue) }),
                    .blob(content),
                ] + counts)
            id = db.lastInsertedRow
        }
        // After an upgrade a record may have columns that it did not have, and say nothing new.
        guard content != old?.content ?? [] || Int64(state.unknown) != old?.unknown ?? 0 else { return hasEnded }
        try addToSum(row, adding: digest(state.id, content), removing: digest(state.id, old?.content ?? []))
        let before = try RecordState(id: state.id, decoding: old?.content ?? [])
        try project(state, before: before, row: id)
        if hasEnded, state.presence.isEnd { try noteSiblings(of: state.id, before: before, log: row) }
        try keepEdges(of: state, before: before, log: row)
        try followInSearch(state, before: before, row: id)
        if log.kind == .roster { try rosterChanged(from: before, to: state) }
        if state.collection ?? before.collection == .cut { try cutChanged(from: before, to: state, in: log, row: row) }
        return hasEnded
    }

    /// What a record's row has beside its collection and its content: `conflicts`, `pending`, `quarantined`, `unknown`,
    /// `listed` and `ended`.
    func counts(of state: RecordState) -> [SQLValue] {
        let isShown = state.isListed && state.collection.flatMap { configuration.schema[$0] }?.isControl != true
        return [
            .integer(isShown ? Int64(state.conflicts.count + state.contested.count) : 0),
            .integer(Int64(state.pending)), .integer(Int64(state.quarantined.count)),
            .integer(Int64(state.unknown)), .integer(isShown ? 1 : 0), .integer(state.presence.ended),
        ]
    }

    /// What a record adds to the sum of its log.
    func digest(_ id: RecordID, _ content: [UInt8]) -> Bytes32 {
        content.isEmpty ? .zero : environment.cryptography.sha256(id.bytes + content)
    }

    private func addToSum(_ log: Int64, adding: Bytes32, removing: Bytes32) throws {
        let sum = try db.first("SELECT state_sum FROM log WHERE id = ?", [.integer(log)]) { $0.blob(0) }
            .flatMap { Bytes32($0) }
        guard let sum else { throw StoreError.damaged("stoep.db: sum of log \(log)") }
        try db.run(
            "UPDATE log SET state_sum = ? WHERE id = ?", [.blob((sum &+ adding &- removing).bytes), .integer(log)])
    }

    /// Keeps the columns by which SQL asks for records: of those that are listed.
    func project(_ state: RecordState, before: RecordState, row: Int64) throws {
        let collection = state.isListed ? state.collection : nil
        let earlier = before.isListed ? before.collection : nil
        if let earlier, earlier != collection, let definition = configuration.schema[earlier] {
            try db.run("DELETE FROM f_\(definition.name) WHERE record = ?", [.integer(row)])
            try project(nil, before: before, definition, row: row)
        }
        guard let collection, let definition = configuration.schema[collection] else { return }
        let shown = definition.fields.filter(\.isColumn)
        let columns = shown.map { ", \"\($0.name)\"" }.joined()
        let marks = shown.map { _ in ", ?" }.joined()
        try db.run(
            "INSERT OR REPLACE INTO f_\(definition.name)(record\(columns)) VALUES(?\(marks))",
            [.integer(row)] + shown.map { state.column($0) })
        try project(state, before: earlier == collection ? before : nil, definition, row: row)
    }

    /// The members of sets; nil is a record that is not listed.
    private func project(
        _ state: RecordState?, before: RecordState?, _ definition: CollectionDefinition, row: Int64
    ) throws {
        for field in definition.fields where field.kind == .set {
            let now = Set(state?.members(field.number).map(\.value) ?? [])
            let then = Set(before?.members(field.number).map(\.value) ?? [])
            let table = "s_\(definition.name)_\(field.name)"
            for value in then.subtracting(now) {
                try db.run("DELETE FROM \(table) WHERE record = ? AND value = ?", [.integer(row), SQLValue(value)])
            }
            for value in now.subtracting(then) {
                try db.run(
                    "INSERT OR IGNORE INTO \(table)(record, value) VALUES(?, ?)", [.integer(row), SQLValue(value)])
            }
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
