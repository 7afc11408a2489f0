import StoepMerge
import StoepModel
import StoepSQLite

/// What belongs to a record, as the schema says, and is erased with it: answers and replies with their conversation,
/// contact details with their person.
extension Store {
    /// The listed records that belong to one, or to what it was kept of. Inside a read.
    /// - Parameter only: those of one collection.
    package func belongings(of owner: RecordState, only: CollectionNumber? = nil) throws -> [RecordID] {
        guard let collection = owner.collection else { return [] }
        var seen: Set<RecordID> = []
        let owners = owner.members(Field.Conversation.replaces).map(\.value) + [.record(owner.id)]
        return try configuration.schema.belongings(to: collection).flatMap { definition, field in
            guard only.map({ $0 == definition.number }) ?? true else { return [RecordID]() }
            return try owners.flatMap { try records(of: definition.number, RecordSelection([.holds(field.number, $0)])) }
        }.filter { seen.insert($0).inserted }
    }

    /// A conversation, or what was kept of it where it is erased. Inside a read.
    package func keptConversation(_ id: RecordID) throws -> RecordState {
        let state = try stored(id)
        guard !state.isListed,
            let kept = try records(
                of: .conversation, RecordSelection([.holds(Field.Conversation.replaces, .record(id))], limit: 1)
            ).first
        else { return state }
        return try stored(kept)
    }

    /// The listed records that consent no longer covers: contact details of whom does not agree to them any more, or is
    /// erased, and persons of whom nothing may be kept. Of whom is not here nothing is known, and who is only deleted or
    /// hidden may come back. Inside a read.
    /// - Parameter person: of this one; nil for all.
    package func uncovered(_ person: RecordID? = nil) throws -> [RecordID] {
        let only = person.map { [SQLValue.blob($0.bytes)] } ?? []
        let contacts = try db.query(
            """
            SELECT c.rid, p.rid, q.record IS NULL FROM f_contact f JOIN record c ON c.id = f.record
            JOIN record p ON p.rid = f.person LEFT JOIN f_person q ON q.record = p.id
            WHERE (p.ended = ? OR q.record IS NOT NULL AND (q.consent IS NOT ? OR p.conflicts > 0))
            \(person == nil ? "" : "AND f.person = ?")
            """,
            [.integer(RecordPresence.erased(successor: nil).ended), .integer(Consent.contact.rawValue)] + only
        ) { (contact: $0.blob(0), person: $0.blob(1), isErased: $0.int64(2) != 0) }
        let persons = try db.query(
            """
            SELECT p.rid FROM f_person q JOIN record p ON p.id = q.record WHERE q.consent = ?
            \(person == nil ? "" : "AND p.rid = ?")
            """, [.integer(Consent.none.rawValue)] + only
        ) { $0.blob(0) }
        return try contacts.filter { row in
            // Where several values compete, the least counts.
            guard !row.isErased, let person = RecordID(bytes: row.person) else { return true }
            return try stored(person).least(Field.Person.consent) != Consent.contact.rawValue
        }.compactMap { RecordID(bytes: $0.contact) } + persons.compactMap { RecordID(bytes: $0) }
    }

    /// Erases what belongs to a record of which the authority kept nothing, and what belongs to that. Inside a
    /// transaction.
    func eraseBelongings(of entry: LedgerEntry, keep: ([LedgerEntry]) throws -> Void) throws {
        for orphan in try orphans(of: entry.record, entry.collection) { try erase(orphan, keep: keep) }
    }

    /// What belongs to something of which nothing is kept, but came later than its end. Inside a read.
    func orphans(atMost limit: Int) throws -> [LedgerEntry] {
        var found: [LedgerEntry] = []
        for collection in configuration.schema.collections where found.count < limit {
            found += try orphans(of: nil, collection.number, atMost: limit - found.count)
        }
        return found
    }

    /// - Parameter owner: to which they belonged; nil for any of its collection that is erased.
    private func orphans(
        of owner: RecordID?, _ collection: CollectionNumber, atMost limit: Int = .max
    ) throws -> [LedgerEntry] {
        var found: [LedgerEntry] = []
        for (definition, field) in configuration.schema.belongings(to: collection) {
            for (record, row) in try belonging(to: owner, definition, field) where found.count < limit {
                guard let log = try self.log(row) else { continue }
                let entry = LedgerEntry(log: log, record: record, collection: definition.number, successor: nil)
                guard !found.contains(entry) else { continue }
                if try owners(of: record, in: log, definition, field).contains(where: { try keepsNothing(of: $0) }) {
                    found.append(entry)
                }
            }
        }
        return found
    }

    /// Records whose owner by this field is erased; where no owner is given, also all that are in no list.
    private func belonging(
        to owner: RecordID?, _ definition: CollectionDefinition, _ field: FieldDefinition
    ) throws -> [(record: RecordID, log: Int64)] {
        let listed = try db.query(
            """
            SELECT r.rid, r.log FROM record o JOIN f_\(definition.name) f ON f."\(field.name)" = o.rid
            JOIN record r ON r.id = f.record WHERE o.ended = ?1 \(owner == nil ? "" : "AND o.rid = ?2")
            """,
            [.integer(RecordPresence.erased(successor: nil).ended)] + (owner.map { [.blob($0.bytes)] } ?? [])
        ) { (record: $0.blob(0), log: $0.int64(1)) }
        // What is deleted, and what does not count: that is of no collection.
        let unlisted = try owner != nil ? [] : db.query(
            """
            SELECT rid, log FROM record WHERE listed = 0 AND ended = 0 AND collection = ?
            UNION ALL SELECT rid, log FROM record WHERE quarantined > 0 AND ended = 0 AND collection IS NULL
            """, [.integer(Int64(definition.number.rawValue))]
        ) { (record: $0.blob(0), log: $0.int64(1)) }
        return (listed + unlisted).compactMap { row in RecordID(bytes: row.record).map { ($0, row.log) } }
    }

    /// To what a record belongs by a field: as it is folded, or, where it does not count, as its maker said.
    private func owners(
        of record: RecordID, in log: LogID, _ definition: CollectionDefinition, _ field: FieldDefinition
    ) throws -> [RecordID] {
        let state = try stored(record, in: log)
        if state.collection != nil {
            if case .record(let owner)? = state.value(field.number) { return [owner] }
            return []
        }
        guard let row = try logID(log) else { return [] }
        return try blocks(of: record, log: row).flatMap { block -> [RecordID] in
            guard case .payload(let payload, _) = block.content, payload.collection == definition.number,
                block.subject == .created || payload.key != nil
            else { return [] }
            return payload.operations.compactMap { operation in
                if case .write(field.number, .record(let owner), _) = operation { owner } else { nil }
            }
        }
    }

    /// So many records may follow each other, each what was kept of the one before.
    private static let successions = 64

    /// Whether a record is erased, and so is what was kept of it, or that it may keep nothing.
    private func keepsNothing(of record: RecordID) throws -> Bool {
        var current = record
        for _ in 0..<Self.successions {
            let state = try stored(current)
            guard case .erased(let successor) = state.presence else {
                return current != record && state.consent == Consent.none
            }
            guard let successor else { return true }
            current = successor
        }
        return false
    }
}
