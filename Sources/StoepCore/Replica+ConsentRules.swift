import StoepMerge
import StoepModel
import StoepStore

/// What people agreed to, held against every change, whichever way it comes: typed, taken back, settled or imported.
/// All of these stand inside a transaction.
extension Replica {
    /// What a person agreed to: where several values compete, the least. Nil where nothing was noted.
    static func personConsent(_ state: RecordState) -> Consent? {
        state.least(Field.Person.consent).flatMap { Consent(rawValue: $0) }
    }

    func agreesToContact(_ person: RecordID) throws -> Bool {
        let state = try store.stored(person)
        return state.isListed && Self.personConsent(state) == .contact
    }

    /// Lowering consent to `none` erases, and so is asked for by name; where nothing may be kept, nothing is added.
    /// - Parameter before: the record; nil for one that is being made.
    /// - Throws: `loweringConsent`, `consentKeepsNothing`.
    func checkConsent(_ edits: [FieldEdit], of collection: CollectionNumber, _ before: RecordState?) throws {
        guard let field = RecordState.consentField(of: collection) else { return }
        var said: Consent?
        for case .set(field, .integer(let number)) in edits { said = Consent(rawValue: number) }
        try checkConsent(said, adds: edits.contains { $0.saysMore(than: Consent.counted) }, of: collection, before)
    }

    /// - Parameters:
    ///   - said: what the consent is to be; nil where it stays.
    ///   - adds: whether anything is added but what is counted.
    func checkConsent(
        _ said: Consent?, adds: Bool, of collection: CollectionNumber, _ before: RecordState?
    ) throws {
        if said == Consent.none, let before, before.consent != Consent.none {
            throw ReplicaError.loweringConsent(before.id)
        }
        // Of a person who agrees to nothing there is no record.
        if said == Consent.none, collection == .person { throw ReplicaError.consentKeepsNothing }
        if adds, collection == .conversation, said ?? before?.consent == Consent.none {
            throw ReplicaError.consentKeepsNothing
        }
    }

    /// Does what follows from a consent that is lower now. In a write transaction, once the change is saved.
    func followConsent(from before: RecordState) throws {
        switch before.collection {
        case .person: _ = try eraseUncovered(of: before.id)
        case .conversation: if try store.stored(before.id).consent != .contact { try withdrawAgreement(in: before) }
        default: break
        }
    }

    /// Who alone was named in a conversation that no longer allows contact details agrees to them no longer: it is where
    /// they did.
    func withdrawAgreement(in conversation: RecordState) throws {
        let persons = conversation.members(Field.Conversation.persons)
        guard conversation.consent == .contact, persons.count == 1, case .record(let person) = persons[0].value,
            try agreesToContact(person), let log = try store.log(of: person)
        else { return }
        let anonymous = FieldEdit.set(Field.Person.consent, .integer(Consent.anonymous.rawValue))
        _ = try store.saveInTransaction([RecordEdit(log: log, target: .existing(person), fields: [anonymous])])
        _ = try eraseUncovered(of: person)
    }

    /// Destroys what consent no longer covers, as far as it is this member's to destroy: contact details of whom does not
    /// agree to them any more, or is erased; and persons of whom nothing may be kept. In a write transaction.
    /// - Parameter person: of this one; nil for all.
    /// - Returns: how many records.
    func eraseUncovered(of person: RecordID? = nil) throws -> Int {
        var erased = 0
        for id in try store.uncovered(person) {
            if try isErasable(id) { erased += try eraseWithBelongings(id, successor: nil) }
        }
        return erased
    }

    /// The same, unless another process writes now: then a later command does.
    func eraseUncoveredIfAny() throws -> Int {
        do {
            guard try store.read({ try !store.uncovered(nil).isEmpty }) else { return 0 }
            return try store.write(usingBallast: true) { try eraseUncovered() }
        } catch StoreError.busy {
            return 0
        }
    }
}

extension Consent {
    /// What a conversation says of which nothing may be kept: that there was one, when and where it counts.
    static let counted: [FieldNumber] = [
        Field.Conversation.consent, Field.Conversation.startedAt, Field.Conversation.area, Field.Conversation.minutes,
        Field.Conversation.headcount, Field.Conversation.team, Field.Conversation.language,
    ]
}

extension FieldEdit {
    /// Whether it brings anything into another field than these.
    fileprivate func saysMore(than fields: [FieldNumber]) -> Bool {
        switch self {
        case .set(let field, let value): !fields.contains(field) && value != .text("") && value != .bool(false)
        case .text(let field, let text), .textEdited(let field, let text, _): !fields.contains(field) && !text.isEmpty
        case .add(let field, let values): !fields.contains(field) && !values.isEmpty
        case .remove, .count: false
        case .operation, .placeItem, .assignItem, .moveItem, .removeItem: true
        }
    }
}
