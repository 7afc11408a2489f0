import StoepMerge
import StoepModel
import StoepStore

/// What is already there: initiatives that know of each other.
extension Replica {
    /// Links two initiatives, or no longer. Both say it, so that each can be read alone; in one change, so that never
    /// only one does.
    /// - Returns: whether anything changed.
    /// - Throws: `notJoinable` where both are one, `unknownID`, `notAllowed`.
    public func link(_ one: RecordID, _ other: RecordID, linked: Bool = true) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard one != other else { throw ReplicaError.notJoinable(one, other) }
            try saveDrafts()
            return try store.write {
                let before = [try store.stored(one), try store.stored(other)]
                for state in before where !state.isListed { throw ReplicaError.unknownID(state.id.description) }
                let edits = [(one, other), (other, one)].map { from, to -> RecordEdit in
                    let link = [Value.record(to)]
                    let edit: FieldEdit =
                        linked ? .add(Field.Initiative.links, link) : .remove(Field.Initiative.links, link)
                    return RecordEdit(log: .square, target: .existing(from), fields: [edit])
                }
                _ = try store.saveInTransaction(edits)
                return try [store.stored(one), store.stored(other)] != before
            }
        }
    }
}
