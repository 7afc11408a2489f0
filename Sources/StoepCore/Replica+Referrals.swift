import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// Says that somebody would not take a referral. It is open again, and goes to nobody until it is said to whom: so
    /// that it does not go on naming who declined.
    /// - Parameters:
    ///   - id: the referral.
    ///   - other: to whom it goes now.
    ///   - day: as in `2026-11-21`.
    /// - Returns: whether anything changed.
    /// - Throws: `unknownID`, `tooLong`, `valueDoesNotFit`, `notAllowed`.
    public func decline(_ id: RecordID, nowTo other: String?, on day: String) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            try Self.check(value: other, "to")
            guard Self.isDay(day) else { throw ReplicaError.valueDoesNotFit(field: "progressOn", value: day) }
            try saveDrafts()
            return try store.write {
                let before = try store.stored(id)
                guard before.isListed, before.collection == .referral, let log = try store.log(of: id) else {
                    throw ReplicaError.unknownID(id.description)
                }
                var fields: [FieldEdit] = [
                    .set(Field.Referral.progress, .integer(Progress.open.rawValue)),
                    .set(Field.Referral.acceptedBy, .text("")), .set(Field.Referral.to, .text(other?.trimmed ?? "")),
                    .set(Field.Referral.progressOn, .text(day)),
                ]
                if before.value(Field.Referral.initiative) != nil {
                    // A link that leads nowhere any more leads to the record itself.
                    fields.append(.set(Field.Referral.initiative, .record(id)))
                }
                _ = try store.saveInTransaction([RecordEdit(log: log, target: .existing(id), fields: fields)])
                return try store.stored(id) != before
            }
        }
    }
}
