import StoepMerge
import StoepModel
import StoepStore

/// Tables of records from files: all or nothing, and taken back as a whole.
extension Replica {
    /// Imports rows as records of a collection: those whose id is here change as the row says, the others are made.
    /// Everything is looked at first; then all of it is saved in one transaction.
    /// - Parameters:
    ///   - rows: as a table has them.
    ///   - collection: what they are.
    ///   - isTrial: whether nothing is saved.
    ///   - skipsBad: whether rows that cannot be imported are left out; otherwise one of them keeps all from it.
    ///   - progress: is told how many rows are done.
    /// - Throws: what keeps the whole from being looked at; what is wrong with a row stands in the report.
    public func importRows(
        _ rows: [ImportRow], as collection: CollectionNumber, isTrial: Bool = false, skipsBad: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) throws(ReplicaError) -> ImportReport {
        try ReplicaError.naming {
            let definition = try definition(collection)
            if !isTrial { try saveDrafts() }
            var report = ImportReport()
            var good: [ImportRow] = []
            try store.read {
                for row in rows {
                    do {
                        report.count(try planned(row, definition))
                        good.append(row)
                    } catch {
                        report.faults.append(ImportFault(line: row.line, error: ReplicaError(error)))
                    }
                    progress(report.faults.count + good.count)
                }
            }
            report.isRefused = !report.faults.isEmpty && !skipsBad
            if isTrial || good.isEmpty || report.isRefused { return report }
            while true {
                var faults = report.faults
                do {
                    report = try store.write { try save(good, definition, progress) }
                    report.faults = faults
                    return report
                } catch let aborted as Aborted {
                    faults = (faults + [aborted.fault]).sorted { $0.line < $1.line }
                    good.removeAll { $0.line == aborted.fault.line }
                    report.faults = faults
                    report.isRefused = !skipsBad
                    // All of it again, without that one: nothing of this was saved.
                    if report.isRefused || good.isEmpty { return report }
                }
            }
        }
    }

    /// Takes the last import back: what it made is deleted, what it changed reads as before. What others built on stays.
    /// - Throws: `nothingToChange` where none was made from here, or it is taken back already.
    public func undoImport() throws(ReplicaError) -> ImportUndone {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write {
                guard let kept = try text(Meta.lastImport), !kept.isEmpty else { throw ReplicaError.nothingToChange }
                var undone = ImportUndone()
                var made: [(id: RecordID, log: LogID)] = []
                // The last first: what came of a row before it may be what it is about.
                for line in kept.split(separator: "\n").reversed() {
                    let parts = line.split(separator: " ").map(String.init)
                    guard let id = Hex.decode(parts[0]).flatMap({ RecordID(bytes: $0) }) else {
                        throw ReplicaError.damaged("meta \(Meta.lastImport)")
                    }
                    guard try store.stored(id).isListed, let log = try store.log(of: id) else { continue }
                    if parts.count > 1 { try restore(id, before: parts[1], &undone) } else { made.append((id, log)) }
                }
                let deletions = try unused(made).map {
                    RecordEdit(log: $0.log, target: .existing($0.id), fields: [], ending: .delete)
                }
                for start in stride(from: 0, to: deletions.count, by: Limits.blocks) {
                    _ = try store.saveInTransaction(Array(deletions[start..<min(start + Limits.blocks, deletions.count)]))
                }
                undone.deleted = deletions.count
                undone.kept += made.count - deletions.count
                try store.removeMeta(Meta.lastImport)
                return undone
            }
        }
    }

    private func restore(_ id: RecordID, before change: String, _ undone: inout ImportUndone) throws {
        do {
            _ = try takeBack(id, change)
            undone.restored += 1
        } catch let error as ReplicaError {
            // What the rules do not let be taken back stays, and keeps nothing else from it.
            if case .damaged = error { throw error }
            undone.kept += 1
        }
    }

    /// Those of what an import made that nobody did anything with, and that nothing else here refers to.
    private func unused(_ made: [(id: RecordID, log: LogID)]) throws -> [(id: RecordID, log: LogID)] {
        var unused = Set(try made.map(\.id).filter { try isAsMade($0) })
        let referrers = try made.map { record -> [RecordID] in
            guard let collection = try store.stored(record.id).collection else { return [] }
            return try store.referrers(to: record.id, of: collection).flatMap(\.records)
        }
        // What is kept keeps what it refers to.
        while true {
            let kept = zip(made, referrers).filter { record, referring in
                unused.contains(record.id) && !referring.allSatisfy { unused.contains($0) }
            }
            if kept.isEmpty { return made.filter { unused.contains($0.id) } }
            unused.subtract(kept.map(\.0.id))
        }
    }

    /// Whether nobody did anything with a record since this member made it.
    private func isAsMade(_ id: RecordID) throws -> Bool {
        let history = try store.history(of: id)
        return try history.count == 1 && isOwn(history[0].point)
    }

    // MARK: Saving

    /// A row that the rules refused while all was being saved: nothing was.
    private struct Aborted: Error {
        let fault: ImportFault
    }

    private func save(
        _ rows: [ImportRow], _ definition: CollectionDefinition, _ progress: (Int) -> Void
    ) throws -> ImportReport {
        var report = ImportReport()
        var done: [String] = []
        for (index, row) in rows.enumerated() {
            do {
                // Looked at once more: what rows before it made is here by now.
                let plan = try planned(row, definition)
                report.count(plan)
                guard let edit = plan.edit else { continue }
                // A change of their own: taking back what the row changed is not taking back that they were born.
                if !plan.births.isEmpty { done += try store.saveInTransaction(plan.births).map(\.description) }
                let id = try store.saveInTransaction([edit])[0]
                let change = plan.before == nil ? nil : try store.history(of: id).last { try isOwn($0.point) }
                done.append(id.description + (change.map { " " + Hex.encode(check: $0.point.check) } ?? ""))
                if let before = plan.before { try followConsent(from: before) }
            } catch {
                throw Aborted(fault: ImportFault(line: row.line, error: ReplicaError(error)))
            }
            progress(index + 1)
        }
        report.isSaved = report.made + report.changed > 0
        if report.isSaved { try store.setMeta(Meta.lastImport, Array(done.joined(separator: "\n").utf8)) }
        return report
    }
}

extension ImportReport {
    fileprivate mutating func count(_ plan: ImportPlan) {
        if plan.edit == nil { unchanged += 1 } else if plan.before == nil { made += 1 } else { changed += 1 }
    }
}
