import StoepMerge
import StoepModel
import StoepSQLite

/// Which records of a collection a list shows, and in which order.
package struct RecordSelection: Sendable {
    package enum Condition: Sendable {
        /// A register has this value, or a set this member.
        case holds(FieldNumber, Value)
        /// A register of text has this value, in any case of the letters of ASCII.
        case reads(FieldNumber, String)
        /// A set has one of these members.
        case holdsAny(FieldNumber, [Value])
        /// A register has a value that is not before this one, or after it.
        case atLeast(FieldNumber, Value)
        case atMost(FieldNumber, Value)
        /// A register has no value, or an empty one: no text, or the number 0.
        case lacks(FieldNumber)
        /// A register has a value that is not before this one, or none.
        case lacksOrAtLeast(FieldNumber, Value)
        /// A device of this member wrote in it: so did whoever made it.
        case writtenBy(RecordID)
    }

    package struct Order: Sendable {
        package let field: FieldNumber
        package let isDescending: Bool
        package init(_ field: FieldNumber, isDescending: Bool = false) {
            self.field = field
            self.isDescending = isDescending
        }
    }

    package var conditions: [Condition]
    /// Those without a value last; then, and without, by id.
    package var order: Order?
    package var limit: Int?
    /// Whoever asks brings them into an order: each is read where it stands.
    package var isInAnyOrder = false

    package init(_ conditions: [Condition] = [], order: Order? = nil, limit: Int? = nil) {
        self.conditions = conditions
        self.order = order
        self.limit = limit
    }

    package static func inAnyOrder(_ conditions: [Condition]) -> Self {
        var selection = Self(conditions)
        selection.isInAnyOrder = true
        return selection
    }
}

/// Lists of any collection, through the columns that its schema gives it. All of these stand inside a read.
extension Store {
    /// The records of a collection that are listed, in all logs that are here.
    package func records(of collection: CollectionNumber, _ selection: RecordSelection = .init()) throws -> [RecordID] {
        try placedRecords(of: collection, selection).map(\.id)
    }

    /// The same with the log that each stands in: what has a natural key may stand in several, and is another there.
    package func placedRecords(
        of collection: CollectionNumber, _ selection: RecordSelection = .init()
    ) throws -> [(id: RecordID, log: LogID)] {
        try rows(of: collection, selection).map { ($0.id, $0.log) }
    }

    /// The same, each as it is folded: one after the other, so that no more than their ids are held at once.
    package func forEachRecord(
        of collection: CollectionNumber, _ selection: RecordSelection, _ body: (RecordState, LogID) throws -> Void
    ) throws {
        guard !selection.isInAnyOrder else { return try forEachStanding(collection, selection.conditions, body) }
        for found in try rows(of: collection, selection) {
            let state = try db.first("SELECT content, pending FROM record WHERE id = ?", [.integer(found.row)]) {
                try Self.state(found.id, content: $0.blob(0), pending: $0.int64(1))
            }
            if let state { try body(state, found.log) }
        }
    }

    private func forEachStanding(
        _ collection: CollectionNumber, _ conditions: [RecordSelection.Condition],
        _ body: (RecordState, LogID) throws -> Void
    ) throws {
        guard let definition = configuration.schema[collection], let (condition, arguments) = clauses(conditions, definition)
        else { return }
        try db.forEach(
            """
            SELECT r.rid, r.log, r.content, r.pending FROM f_\(definition.name) f
            CROSS JOIN record r ON r.id = f.record\(condition)
            """, arguments
        ) { row in
            guard let log = try log(row.int64(1)) else { throw StoreError.damaged("stoep.db: log") }
            try body(Self.state(Self.listedID(row, 0), content: row.blob(2), pending: row.int64(3)), log)
        }
    }

    private func rows(
        of collection: CollectionNumber, _ selection: RecordSelection
    ) throws -> [(row: Int64, id: RecordID, log: LogID)] {
        guard let definition = configuration.schema[collection],
            let (condition, arguments) = clauses(selection.conditions, definition)
        else { return [] }
        let order = selection.order.flatMap { Self.order($0, definition) } ?? "r.rid"
        // In this order: no index of all records may be gone through for the sake of their order.
        return try db.query(
            """
            SELECT f.record, r.rid, r.log FROM f_\(definition.name) f CROSS JOIN record r ON r.id = f.record\(condition)
            ORDER BY \(order) LIMIT ?
            """, arguments + [.integer(selection.limit.map { Int64($0) } ?? -1)]
        ) { row in
            guard let log = try log(row.int64(2)) else { throw StoreError.damaged("stoep.db: log") }
            return (row.int64(0), try Self.listedID(row, 1), log)
        }
    }

    /// What an index can follow where there is one: of a number that comes first where it is great, those without come
    /// last by themselves.
    private static func order(_ order: RecordSelection.Order, _ definition: CollectionDefinition) -> String? {
        guard let field = definition.field(order.field), field.isColumn else { return nil }
        let column = "f.\"\(field.name)\"", direction = order.isDescending ? "DESC" : "ASC"
        if field.type == .integer, order.isDescending { return "\(column) DESC, r.rid" }
        let collation = field.type == .text ? " COLLATE NOCASE" : ""
        return "\(column) IS NULL OR \(column) = '', \(column)\(collation) \(direction), r.rid"
    }

    /// How many records of a collection are listed, of those that meet all conditions.
    package func count(of collection: CollectionNumber, _ conditions: [RecordSelection.Condition] = []) throws -> Int {
        guard let definition = configuration.schema[collection], let (condition, arguments) = clauses(conditions, definition)
        else { return 0 }
        let count = try db.first("SELECT count(*) FROM f_\(definition.name) f\(condition)", arguments) { $0.int64(0) }
        return Int(clamping: count ?? 0)
    }

    /// Nil where no record can meet them.
    private func clauses(
        _ conditions: [RecordSelection.Condition], _ definition: CollectionDefinition
    ) -> (condition: String, arguments: [SQLValue])? {
        var clauses: [String] = []
        var arguments: [SQLValue] = []
        for condition in conditions {
            guard let (clause, values) = clause(condition, definition) else { return nil }
            clauses.append(clause)
            arguments += values
        }
        return (clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND "), arguments)
    }

    private func clause(
        _ condition: RecordSelection.Condition, _ definition: CollectionDefinition
    ) -> (String, [SQLValue])? {
        let (number, value): (FieldNumber, [SQLValue])
        switch condition {
        case .writtenBy(let member): return (Self.isWritten, [.blob(member.bytes)])
        case .holds(let field, let wanted), .atLeast(let field, let wanted), .atMost(let field, let wanted),
            .lacksOrAtLeast(let field, let wanted):
            (number, value) = (field, [SQLValue(wanted)])
        case .holdsAny(let field, let wanted): (number, value) = (field, wanted.map { SQLValue($0) })
        case .reads(let field, let text): (number, value) = (field, [.text(text)])
        case .lacks(let field): (number, value) = (field, [])
        }
        guard let field = definition.field(number), field.isColumn || field.kind == .set else { return nil }
        let column = "f.\"\(field.name)\""
        switch condition {
        case .holds where field.kind == .set:
            return ("f.record IN (SELECT record FROM s_\(definition.name)_\(field.name) WHERE value = ?)", value)
        case .holdsAny:
            guard field.kind == .set, !value.isEmpty else { return nil }
            let marks = value.map { _ in "?" }.joined(separator: ", ")
            return ("f.record IN (SELECT record FROM s_\(definition.name)_\(field.name) WHERE value IN (\(marks)))", value)
        case .holds: return ("\(column) = ?", value)
        case .reads: return ("\(column) = ? COLLATE NOCASE", value)
        case .atLeast: return ("\(column) >= ?", value)
        case .atMost: return ("\(column) <= ? AND \(column) <> ''", value)
        case .lacks: return ("(\(column) IS NULL OR \(column) IN ('', 0))", [])
        case .lacksOrAtLeast: return ("(\(column) IS NULL OR \(column) = '' OR \(column) >= ?)", value)
        case .writtenBy: return nil
        }
    }

    /// Through the changes of the member's devices: of everything else nothing is looked at.
    private static let isWritten = """
        f.record IN (SELECT t.record FROM f_device d JOIN actor a ON a.device = d.key
            JOIN change c ON c.log IN (SELECT id FROM log) AND c.actor = a.id JOIN touch t ON t.change = c.id
            WHERE d.member = ?)
        """

    private static func listedID(_ row: borrowing Row, _ column: Int) throws -> RecordID {
        guard let id = RecordID(bytes: row.blob(column)) else { throw StoreError.damaged("stoep.db: record id") }
        return id
    }

    /// A record's row as it is folded.
    static func state(_ id: RecordID, content: [UInt8], pending: Int64) throws -> RecordState {
        var state = try RecordState(id: id, decoding: content)
        state.pending = Int(clamping: pending)
        return state
    }

    // MARK: What refers to a record

    /// A field of a collection in which records refer to one.
    package struct Referrers: Sendable {
        package let collection: CollectionNumber
        package let field: FieldNumber
        package let records: [RecordID]
    }

    /// All listed records that refer to one, in registers and in sets, in the order of the schema.
    package func referrers(to id: RecordID, of collection: CollectionNumber) throws -> [Referrers] {
        try configuration.schema.collections.filter { $0.log != .roster }.flatMap { definition in
            try definition.fields.compactMap { field -> Referrers? in
                guard field.type == .record(collection), field.kind == .register || field.kind == .set else { return nil }
                let records = try records(of: definition.number, RecordSelection([.holds(field.number, .record(id))]))
                guard !records.isEmpty else { return nil }
                return Referrers(collection: definition.number, field: field.number, records: records)
            }
        }
    }

    /// The records of a log that an edge joins with others: of all others the group is the record itself.
    package func edgedRecords(in log: LogID) throws -> Set<RecordID> {
        guard let row = try logID(log) else { return [] }
        return Set(
            try db.query(
                "SELECT record FROM edge WHERE log = ?1 UNION SELECT other FROM edge WHERE log = ?1", [.integer(row)]
            ) { try Self.listedID($0, 0) })
    }
}
