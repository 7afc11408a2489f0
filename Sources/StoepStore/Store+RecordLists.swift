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

    package init(_ conditions: [Condition] = [], order: Order? = nil, limit: Int? = nil) {
        self.conditions = conditions
        self.order = order
        self.limit = limit
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
        guard let definition = configuration.schema[collection] else { return [] }
        var clauses: [String] = []
        var arguments: [SQLValue] = []
        for condition in selection.conditions {
            guard let (clause, values) = clause(condition, definition) else { return [] }
            clauses.append(clause)
            arguments += values
        }
        var order = "r.rid"
        if let wanted = selection.order, let field = definition.field(wanted.field), field.isColumn {
            let column = "f.\"\(field.name)\"", direction = wanted.isDescending ? "DESC" : "ASC"
            let collation = field.type == .text ? " COLLATE NOCASE" : ""
            order = "\(column) IS NULL OR \(column) = '', \(column)\(collation) \(direction), r.rid"
        }
        let condition = clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ")
        return try db.query(
            """
            SELECT r.rid, l.name FROM f_\(definition.name) f JOIN record r ON r.id = f.record
            JOIN log l ON l.id = r.log\(condition) ORDER BY \(order) LIMIT ?
            """, arguments + [.integer(selection.limit.map { Int64($0) } ?? -1)]
        ) { row in
            guard let log = LogID(parsing: row.string(1)) else { throw StoreError.damaged("stoep.db: log") }
            return (try Self.listedID(row), log)
        }
    }

    /// How many records of a collection are listed.
    package func count(of collection: CollectionNumber) throws -> Int {
        guard let definition = configuration.schema[collection] else { return 0 }
        return Int(clamping: try db.first("SELECT count(*) FROM f_\(definition.name)") { $0.int64(0) } ?? 0)
    }

    private func clause(
        _ condition: RecordSelection.Condition, _ definition: CollectionDefinition
    ) -> (String, [SQLValue])? {
        let (number, value): (FieldNumber, [SQLValue])
        switch condition {
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
        }
    }

    private static func listedID(_ row: borrowing Row) throws -> RecordID {
        guard let id = RecordID(bytes: row.blob(0)) else { throw StoreError.damaged("stoep.db: record id") }
        return id
    }

    /// Indexes by which records are found that refer to another, are due, or go by a name. Those that have no such
    /// value cost nothing.
    func makeListIndexes(of collection: CollectionDefinition) throws {
        guard collection.log != .roster else { return }
        for field in collection.fields where field.kind == .register {
            let isLink = if case .record = field.type { true } else { false }
            let isName = SearchedFields.names[collection.number] == field.number
            guard isLink || isName || field.form == .day else { continue }
            try db.execute(
                """
                CREATE INDEX IF NOT EXISTS l_\(collection.name)_\(field.name) ON
                    f_\(collection.name)("\(field.name)"\(isName ? " COLLATE NOCASE" : ""))
                    WHERE "\(field.name)" IS NOT NULL
                """)
        }
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
                "SELECT record FROM edge WHERE log = ?1 UNION SELECT other FROM edge WHERE log = ?1", [.integer(row)],
                Self.listedID))
    }
}
