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
                let key = "\(member)/\(person)"
                let id = store.naturalID(.contact, key)
                let before = try store.stored(id, in: log)
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

    func contactRecords(of person: RecordID) throws -> [RecordID] {
        try store.records(of: .contact, RecordSelection([.holds(Field.Contact.person, .record(person))]))
    }

    // MARK: Consent

    /// What a person agreed to: where several values compete, the least. Nil where nothing was noted.
    static func personConsent(_ state: RecordState) -> Consent? {
        state.values(Field.Person.consent).compactMap { candidate in
            if case .integer(let number) = candidate.value { Consent(rawValue: number) } else { nil }
        }.min()
    }

    /// Inside a read.
    func agreesToContact(_ person: RecordID) throws -> Bool {
        let state = try store.stored(person)
        return state.isListed && Self.personConsent(state) == .contact
    }

    /// Lowering a person's consent to `none` erases them, and so is asked for by name.
    func checkPersonConsent(_ edits: [FieldEdit], _ state: RecordState?) throws {
        let isNone = { (edit: FieldEdit) in
            if case .set(Field.Person.consent, .integer(Consent.none.rawValue)) = edit { true } else { false }
        }
        guard edits.contains(where: isNone) else { return }
        throw state.map { ReplicaError.loweringConsent($0.id) } ?? .consentKeepsNothing
    }

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
                _ = try eraseUncovered()
                return (try !store.stored(id).isListed, naming.count)
            }
        }
    }

    /// Who alone was named in a conversation that no longer allows contact details agrees to them no longer: it is where
    /// they did. Inside a write transaction.
    func withdrawAgreement(in conversation: RecordState) throws {
        let persons = conversation.members(Field.Conversation.persons)
        guard conversation.consent == .contact, persons.count == 1, case .record(let person) = persons[0].value,
            try agreesToContact(person), let log = try store.log(of: person)
        else { return }
        let anonymous = FieldEdit.set(Field.Person.consent, .integer(Consent.anonymous.rawValue))
        _ = try store.saveInTransaction([RecordEdit(log: log, target: .existing(person), fields: [anonymous])])
        _ = try eraseUncovered()
    }

    /// Destroys what consent no longer covers, as far as it is this member's to destroy: contact details of whom does not
    /// agree to them any more, or is erased; and persons of whom nothing may be kept. Inside a write transaction.
    /// - Returns: how many records.
    func eraseUncovered() throws -> Int {
        var erased = 0
        for id in try store.records(of: .contact) {
            guard case .record(let person)? = try store.stored(id).value(Field.Contact.person) else { continue }
            // Of whom is not here nothing is known, and who is only deleted may come back.
            let isCovered =
                switch try store.stored(person).presence {
                case .present, .revived: try store.stored(person).collection == nil || agreesToContact(person)
                case .deleted: true
                case .hidden, .erased: false
                }
            if !isCovered, try eraseOwn(id) { erased += 1 }
        }
        let none = RecordSelection([.holds(Field.Person.consent, .integer(Consent.none.rawValue))])
        for id in try store.records(of: .person, none) {
            if try eraseOwn(id) { erased += 1 }
        }
        return erased
    }

    /// The same, unless another process writes now: then a later command does.
    func eraseUncoveredIfAny() throws -> Int {
        do {
            let isAny = try store.read { try store.count(of: .contact) + store.count(of: .person) > 0 }
            return isAny ? try store.write(usingBallast: true) { try eraseUncovered() } : 0
        } catch StoreError.busy {
            return 0
        }
    }

    private func eraseOwn(_ id: RecordID) throws -> Bool {
        let state = try store.stored(id)
        guard state.isListed, let log = try store.log(of: id) else { return false }
        let isCoordinator = try store.role(of: member) == .coordinator
        guard isCoordinator || state.creation?.member == member else { return false }
        _ = try store.saveInTransaction([
            RecordEdit(log: log, target: .existing(id), fields: [], ending: .erase(successor: nil))
        ])
        return true
    }
}
