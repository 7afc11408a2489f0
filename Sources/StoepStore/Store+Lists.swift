import StoepMerge
import StoepModel
import StoepSQLite

/// What a client lists and looks up. Everything is read from the folded rows, through their columns.
extension Store {
    // MARK: Records

    /// The conversations held here, the latest first by the time that they claim, and at most `limit` of them.
    package func conversations(limit: Int? = nil) throws -> [RecordID] {
        try db.query(
            """
            SELECT r.rid FROM f_conversation f JOIN record r ON r.id = f.record
            ORDER BY f.startedAt DESC, r.rid LIMIT ?
            """, [.integer(limit.map { Int64($0) } ?? -1)], Self.recordID)
    }

    /// The same, each as it is folded: none is looked for by its id, and one at a time is held.
    package func forEachConversation(limit: Int? = nil, _ body: (RecordState) throws -> Void) throws {
        try db.forEach(
            """
            SELECT r.rid, r.content, r.pending FROM f_conversation f JOIN record r ON r.id = f.record
            ORDER BY f.startedAt DESC, r.rid LIMIT ?
            """, [.integer(limit.map { Int64($0) } ?? -1)]
        ) { row in
            try body(Self.state(Self.recordID(row), content: row.blob(1), pending: row.int64(2)))
        }
    }

    package func conversationCount() throws -> Int {
        Int(clamping: try db.first("SELECT count(*) FROM f_conversation") { $0.int64(0) } ?? 0)
    }

    /// The records whose id lies between two, both included, in order: those that begin with the same digits.
    /// - Parameters:
    ///   - collection: only of this one; nil for any.
    ///   - listed: leaves out what is deleted, hidden or erased.
    package func records(
        from low: RecordID, through high: RecordID, of collection: CollectionNumber? = nil, listed: Bool = true,
        limit: Int
    ) throws -> [RecordID] {
        try db.query(
            """
            SELECT rid FROM record WHERE rid >= ?1 AND rid <= ?2 AND listed >= ?5
            AND (?3 IS NULL OR collection = ?3) ORDER BY rid LIMIT ?4
            """,
            [
                .blob(low.bytes), .blob(high.bytes), .optional(collection.map { Int64($0.rawValue) }),
                .integer(Int64(limit)), .integer(listed ? 1 : 0),
            ], Self.recordID)
    }

    /// The records whose id begins with these hexadecimal digits; nil where no id can.
    package func records(
        beginning prefix: String, of collection: CollectionNumber? = nil, listed: Bool = true, limit: Int
    ) throws -> [RecordID]? {
        let digits = prefix.lowercased()
        let count = digits.utf8.count
        guard (1...2 * Bytes16.count).contains(count),
            let low = Hex.decode(digits + String(repeating: "0", count: 2 * Bytes16.count - count)),
            let high = Hex.decode(digits + String(repeating: "f", count: 2 * Bytes16.count - count)),
            let first = RecordID(bytes: low), let last = RecordID(bytes: high)
        else { return nil }
        return try records(from: first, through: last, of: collection, listed: listed, limit: limit)
    }

    /// The records in which values compete.
    package func conflictedRecords() throws -> [RecordID] {
        try db.query("SELECT rid FROM record WHERE conflicts > 0 ORDER BY log, id", [], Self.recordID)
    }

    private static func recordID(_ row: borrowing Row) throws -> RecordID {
        guard let id = row.withUnsafeBlob(0, { RecordID(bytes: $0) }) else {
            throw StoreError.damaged("stoep.db: record id")
        }
        return id
    }

    /// The member for whom an actor wrote; nil for the authority, and for a device that the roster does not know.
    package func member(ofActor actor: ActorID) throws -> RecordID? {
        guard let device = try device(of: actor) else { return nil }
        return try member(of: device)
    }

    /// What the coordinators call the space; nil while its roster is not here.
    package func spaceName() throws -> String? {
        try db.first("SELECT name FROM f_space ORDER BY record LIMIT 1") { $0.stringIfPresent(0) } ?? nil
    }

    // MARK: Areas and themes

    package func areaName(_ code: String) throws -> String? {
        try db.first("SELECT name FROM f_area WHERE code = ?", [.text(code)]) { $0.stringIfPresent(0) } ?? nil
    }

    /// All areas, or those with exactly this name, ordered by name and code.
    package func areas(named name: String? = nil) throws -> [(code: String, name: String)] {
        let condition = name == nil ? "" : "WHERE name = ?"
        return try db.query(
            "SELECT code, name FROM f_area \(condition) ORDER BY name COLLATE NOCASE, code",
            name.map { [.text($0)] } ?? []
        ) { ($0.string(0), $0.stringIfPresent(1) ?? $0.string(0)) }
    }

    /// All themes by name, and how many of the conversations held here have each.
    package func themes() throws -> [(id: RecordID, name: String, conversations: Int)] {
        let counts = try db.query("SELECT value, count(*) FROM s_conversation_themes GROUP BY value") {
            (theme: $0.blob(0), count: $0.int64(1))
        }
        let byTheme = Dictionary(counts.map { ($0.theme, $0.count) }, uniquingKeysWith: +)
        return try db.query(
            """
            SELECT r.rid, f.name FROM f_theme f JOIN record r ON r.id = f.record
            ORDER BY f.name COLLATE NOCASE, r.rid
            """
        ) { row in
            (try Self.recordID(row), row.stringIfPresent(1) ?? "", Int(clamping: byTheme[row.blob(0)] ?? 0))
        }
    }

    // MARK: The daemons of the space

    /// The daemons that the roster names, with their TLS keys and addresses, those in force only.
    package func daemons() throws -> [(key: VerifyingKey, address: String?)] {
        try db.query("SELECT key, address, state FROM f_daemon ORDER BY record") {
            (key: $0.blobIfPresent(0), address: $0.stringIfPresent(1), state: $0.int64IfPresent(2))
        }.compactMap { daemon in
            guard daemon.state != 0, let key = daemon.key.flatMap({ VerifyingKey(bytes: $0) }) else { return nil }
            return (key, daemon.address)
        }
    }
}
