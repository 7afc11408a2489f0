import StoepMerge
import StoepModel
import StoepSQLite

/// A record as somebody opened it: an edit is compared with this, not with what is held by then.
package struct OpenedRecord: Sendable {
    package let state: RecordState
    package let log: LogID
    /// A short name for what this version knew: the same on every replica that holds the same of the record.
    package let version: String
    package let texts: [FieldNumber: TextDocument]
}

/// Versions of a record. A token is twelve hexadecimal digits that stand for the changes that the version knew, and
/// eight for what it came to: a version is found again by what had arrived here, one change after another, and is only
/// taken for it where it still reads the same.
extension Store {
    /// The version of a record that is held now.
    package func version(of id: RecordID) throws -> String {
        guard let log = try log(of: id) else { throw StoreError.unknownRecord(id) }
        return try token(arrivals(of: id, log: log).last?.sum ?? .zero, stored(id, in: log))
    }

    /// Opens a record to edit its texts.
    /// - Parameter version: one that was read earlier; nil for what is held now.
    /// - Throws: `unknownRecord`, `unknownVersion`.
    package func open(_ id: RecordID, version: String? = nil) throws -> OpenedRecord {
        guard let log = try log(of: id), let row = try logID(log) else { throw StoreError.unknownRecord(id) }
        let arrivals = try arrivals(of: id, log: log)
        guard let version else { return try opened(id, log, blocks(of: id, log: row), arrivals.last?.sum ?? .zero) }
        for arrival in arrivals.reversed() where version.hasPrefix(Self.digits(arrival.sum, 6)) {
            let opened = try opened(id, log, blocks(of: id, log: row, through: arrival.row), arrival.sum)
            if opened.version == version { return opened }
        }
        throw StoreError.unknownVersion(version)
    }

    private func opened(_ id: RecordID, _ log: LogID, _ blocks: [RecordBlock], _ sum: Bytes32) throws -> OpenedRecord {
        try folding(log) { fold in
            let state = fold(id, blocks)
            guard let collection = state.collection else { throw StoreError.unknownRecord(id) }
            var texts: [FieldNumber: TextDocument] = [:]
            for field in configuration.schema[collection]?.fields ?? [] where field.kind == .text {
                texts[field.number] = fold.document(id, field.number, blocks)
            }
            return OpenedRecord(state: state, log: log, version: try token(sum, state), texts: texts)
        }
    }

    private func token(_ sum: Bytes32, _ state: RecordState) throws -> String {
        Self.digits(sum, 6) + Self.digits(environment.cryptography.sha256(try state.encodedContent()), 4)
    }

    private static func digits(_ bytes: Bytes32, _ count: Int) -> String { Hex.encode(bytes.bytes.prefix(count)) }

    /// The changes about a record as they arrived, each with a sum over all up to it.
    private func arrivals(of id: RecordID, log: LogID) throws -> [(row: Int64, sum: Bytes32)] {
        guard let row = try logID(log) else { return [] }
        var sum = Bytes32.zero
        return try db.query(
            """
            SELECT DISTINCT c.id, c.hash FROM touch t CROSS JOIN change c ON c.id = t.change
            WHERE t.record = ? ORDER BY c.id
            """, [.optional(try self.row(of: RecordKey(log: row, record: id)))]
        ) { row in
            sum = sum &+ environment.cryptography.sha256(row.blob(1))
            return (row.int64(0), sum)
        }
    }
}
