import StoepMerge
import StoepModel
import StoepSQLite

/// Records that turn out to be the same (`DESIGN` §5, same / apart).
extension Store {
    /// Keeps the edges of a record by which groups are found: those of one that is deleted, hidden or erased lead nowhere.
    func keepEdges(of state: RecordState, before: RecordState, log: Int64) throws {
        let now = Set(state.isListed ? state.edges.map(\.other) : [])
        let then = Set(before.isListed ? before.edges.map(\.other) : [])
        for other in then.subtracting(now) {
            try db.run(
                "DELETE FROM edge WHERE log = ? AND record = ? AND other = ?",
                [.integer(log), .blob(state.id.bytes), .blob(other.bytes)])
        }
        for other in now.subtracting(then) {
            try db.run(
                "INSERT OR IGNORE INTO edge(log, record, other) VALUES(?, ?, ?)",
                [.integer(log), .blob(state.id.bytes), .blob(other.bytes)])
        }
    }

    // MARK: Reading

    /// All that a record is joined with, itself included, ascending: the first stands for the group. Whichever member a
    /// link names, it leads here.
    package func group(of id: RecordID) throws -> [RecordID] {
        try joined(with: id).group(of: id)
    }

    /// The group of a record as one; nil where the record is not here.
    package func joinedView(of id: RecordID) throws -> JoinedView? {
        try joined(with: id).view(of: id)
    }

    /// The records that edges lead to from this one, and only these are read.
    package func joined(with id: RecordID) throws -> JoinedRecords {
        guard let log = try log(of: id), let row = try logID(log) else { return JoinedRecords([]) }
        let first = try stored(id, in: log)
        var found = [id: first]
        var next = [id]
        while let record = next.popLast() {
            for neighbour in try neighbours(of: record, log: row) where found[neighbour] == nil {
                let state = try stored(neighbour, in: log)
                found[neighbour] = state
                // What is of another collection or not listed joins nothing, so nobody looks behind it.
                if state.isListed, state.collection == first.collection { next.append(neighbour) }
            }
        }
        return JoinedRecords(found.values)
    }

    private func neighbours(of record: RecordID, log: Int64) throws -> [RecordID] {
        try db.query(
            """
            SELECT other FROM edge WHERE log = ?1 AND record = ?2
            UNION SELECT record FROM edge WHERE log = ?1 AND other = ?2
            """, [.integer(log), .blob(record.bytes)]
        ) { row in
            guard let id = RecordID(bytes: row.blob(0)) else { throw StoreError.damaged("stoep.db: edge") }
            return id
        }
    }

    // MARK: Writing

    /// Says that two records are the same. Nothing of either changes: an edge is made, which `separate` removes.
    ///
    /// Where they were joined and taken apart at the same time, this settles it: the new edge knows of the parting.
    /// - Returns: false where just that was said already, and nothing contests it.
    /// - Throws: `unknownRecord`, `notJoinable`, `notAllowed`.
    @discardableResult
    package func join(_ one: RecordID, _ other: RecordID) throws -> Bool {
        try write { try joinInTransaction(one, other) }
    }

    package func joinInTransaction(_ one: RecordID, _ other: RecordID) throws -> Bool {
        let (first, second) = (min(one, other), max(one, other))
        guard let log = try log(of: first) else { throw StoreError.unknownRecord(first) }
        guard let otherLog = try self.log(of: second) else { throw StoreError.unknownRecord(second) }
        let (a, b) = (try stored(first, in: log), try stored(second, in: otherLog))
        guard first != second, log == otherLog, a.isListed, b.isListed, let collection = a.collection, collection == b.collection,
            configuration.schema[collection]?.isJoinable == true
        else { throw StoreError.notJoinable(one, other) }
        let edges = a.edges.filter { $0.other == second } + b.edges.filter { $0.other == first }
        let partings = a.partings.filter { $0.other == second } + b.partings.filter { $0.other == first }
        let seen = Set(edges.flatMap(\.saw))
        if !edges.isEmpty, partings.allSatisfy({ seen.contains($0.element) }) { return false }
        // A pair's edges all stand in one of the two, whoever says it from which side.
        let saw = Set(partings.map(\.element)).sorted()
        _ = try saveInTransaction([
            RecordEdit(log: log, target: .existing(first), fields: [.operation(.same(second, saw: saw))])
        ])
        return true
    }

    /// Takes a record apart from what it is joined with: every edge that is seen here between the two sides is removed.
    /// What somebody joins meanwhile, without knowing of this, stands and shows as a conflict.
    /// - Parameter others: the members of the group that leave it; nil for all but the record itself.
    /// - Returns: whether there was anything between them.
    /// - Throws: `unknownRecord`, `notAllowed`.
    @discardableResult
    package func separate(_ id: RecordID, from others: [RecordID]? = nil) throws -> Bool {
        try write { try separateInTransaction(id, from: others) }
    }

    package func separateInTransaction(_ id: RecordID, from others: [RecordID]? = nil) throws -> Bool {
        guard let log = try log(of: id) else { throw StoreError.unknownRecord(id) }
        let joined = try joined(with: id)
        let group = Set(joined.group(of: id))
        let leaving = group.intersection(others ?? Array(group)).subtracting([id])
        let edits = group.sorted().compactMap { member -> RecordEdit? in
            let isLeaving = leaving.contains(member)
            let across = (joined.state(of: member)?.edges ?? []).filter {
                group.contains($0.other) && leaving.contains($0.other) != isLeaving
            }
            guard !across.isEmpty else { return nil }
            return RecordEdit(
                log: log, target: .existing(member), fields: [.operation(.apart(edges: across.map(\.element)))])
        }
        // One change, unless the group is larger than a change may be.
        for start in stride(from: 0, to: edits.count, by: Limits.blocks) {
            _ = try saveInTransaction(Array(edits[start..<min(edits.count, start + Limits.blocks)]))
        }
        return !edits.isEmpty
    }
}
