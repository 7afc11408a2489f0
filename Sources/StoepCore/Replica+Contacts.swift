import StoepMerge
import StoepModel
import StoepStore

/// How people are reached: kept only as long as they agree to it, apart from everything else, for this member and for
/// coordinators.
extension Replica {
    /// What is held here of how a person is reached, and who is the same as they: only what they agree to.
    /// - Throws: `unknownID`.
    public func contacts(of person: RecordID) throws(ReplicaError) -> [RecordView] {
        try ReplicaError.naming {
            try store.read {
                guard try store.stored(person).collection == .person else {
                    throw ReplicaError.unknownID(person.description)
                }
                var people = People(self)
                return try store.group(of: person).filter { try agreesToContact($0) }.flatMap { id in
                    try contactRecords(of: id).map { try view($0, &people) }
                }
            }
        }
    }

    /// Notes how a person is reached: only what the inputs name. An empty value empties a field.
    /// - Returns: the record, and whether anything changed.
    /// - Throws: `unknownID`, `consentLacking`, `nothingToChange`, `tooLong`, `notAllowed`.
    public func setContact(of person: RecordID, _ inputs: [FieldInput]) throws(ReplicaError) -> (
        id: RecordID, changed: Bool
    ) {
        try ReplicaError.naming {
            guard !inputs.isEmpty else { throw ReplicaError.nothingToChange }
            try saveDrafts()
            return try store.write {
                let state = try store.stored(person)
                guard state.isListed, state.collection == .person, let street = try store.log(of: person),
                    let log = LogID(.contact, partition: street.partition, member: member)
                else { throw ReplicaError.unknownID(person.description) }
                guard try agreesToContact(person) else {
                    throw ReplicaError.consentLacking(person, Self.personConsent(state))
                }
                let (key, before) = try contactKey(of: person, in: log)
                let id = before.id
                let isNew = before.collection == nil
                let reading = try read(inputs, of: definition(.contact), record: isNew ? nil : before, opened: nil)
                guard !reading.edits.isEmpty else { return (id, false) }
                _ = try store.saveInTransaction([
                    RecordEdit(
                        log: log, target: .natural(.contact, key: key),
                        fields: [.set(Field.Contact.person, .record(person))] + reading.edits)
                ])
                return (id, try store.stored(id, in: log) != before)
            }
        }
    }

    /// The key of what this member holds of a person: what was erased, since they did not agree any more, is not brought
    /// back; if they agree again it is another record, with a number behind its key.
    private func contactKey(of person: RecordID, in log: LogID) throws -> (key: String, record: RecordState) {
        for number in 1...Self.contactRecordsAPerson {
            let key = "\(member)/\(person)" + (number == 1 ? "" : "/\(number)")
            let state = try store.stored(store.naturalID(.contact, key), in: log)
            switch state.presence {
            case .hidden, .erased: continue
            case .present, .revived, .deleted: return (key, state)
            }
        }
        throw ReplicaError.alreadyErased(person, successor: nil)
    }

    /// So often a person may change their mind.
    private static let contactRecordsAPerson = 1_000

    func contactRecords(of person: RecordID) throws -> [RecordID] {
        try store.records(of: .contact, RecordSelection([.holds(Field.Contact.person, .record(person))]))
    }

    // MARK: Consent

    /// Lowers a person's consent to `none`: how they are reached is destroyed, and so is what stands here of them, by
    /// whom wrote it down or by a coordinator; on others' laptops at their next sync. Conversations have consents of
    /// their own.
    /// - Returns: whether the record of the person is erased already, and how many conversations still name them.
    /// - Throws: `unknownID`, `notAllowed`.
    public func lowerConsent(ofPerson id: RecordID) throws(ReplicaError) -> (isErased: Bool, conversations: Int) {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write(usingBallast: true) {
                let state = try store.stored(id)
                guard state.isListed, state.collection == .person, let log = try store.log(of: id) else {
                    throw ReplicaError.unknownID(id.description)
                }
                let naming = try store.records(
                    of: .conversation, RecordSelection([.holds(Field.Conversation.persons, .record(id))]))
                _ = try store.saveInTransaction([
                    RecordEdit(
                        log: log, target: .existing(id),
                        fields: [.set(Field.Person.consent, .integer(Consent.none.rawValue))])
                ])
                _ = try eraseUncovered(of: id)
                return (try !store.stored(id).isListed, naming.count)
            }
        }
    }
}
