import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// Changes a conversation: only what the edit names. A text is compared with what is held here, so that what
    /// others add elsewhere stays.
    /// - Returns: whether anything changed.
    /// - Throws: `nothingToChange`, `wordsNotYours`, `loweringConsent`, `consentKeepsNothing`, `areaElsewhere`,
    ///   `tooLong` and what naming areas and themes throws; then nothing was changed.
    public func edit(_ id: RecordID, _ edit: ConversationEdit) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard !edit.isEmpty else { throw ReplicaError.nothingToChange }
            try Self.check(text: edit.words, "words")
            try Self.check(text: edit.observation, "observation")
            try Self.check(value: edit.place, "place")
            try Self.check(value: edit.language, "language")
            try saveDrafts()
            return try store.write { try save(edit, to: id) }
        }
    }

    /// Inside a write transaction: everything is looked at as it is now.
    private func save(_ edit: ConversationEdit, to id: RecordID) throws -> Bool {
        let (before, log) = try conversation(id)
        try checkConsent(edit, before)
        if let words = edit.words, !words.utf8.elementsEqual(before.text(Field.Conversation.words).utf8),
            before.creation?.member != member
        {
            throw ReplicaError.wordsNotYours(id, heardBy: try person(before.creation?.member))
        }
        let themes = try themes(meaning: edit.themes)
        var fields = try registers(edit, of: id, in: log)
        if !themes.isEmpty { fields.append(.add(Field.Conversation.themes, themes.map { .record($0.id) })) }
        if let words = edit.words { fields.append(.text(Field.Conversation.words, words)) }
        if let observation = edit.observation { fields.append(.text(Field.Conversation.observation, observation)) }
        var edits = [RecordEdit(log: log, target: .existing(id), fields: fields)]
        edits += themes.compactMap { choice in
            if case .born(let name, _) = choice { Self.birth(of: name) } else { nil }
        }
        _ = try store.saveInTransaction(edits)
        return try store.stored(id) != before
    }

    /// The conversation as it is folded now, and its log.
    func conversation(_ id: RecordID) throws -> (RecordState, LogID) {
        let state = try store.stored(id)
        guard state.collection == .conversation, let log = try store.log(of: id) else {
            throw ReplicaError.unknownID(id.description)
        }
        return (state, log)
    }

    private func registers(_ edit: ConversationEdit, of id: RecordID, in log: LogID) throws -> [FieldEdit] {
        var fields: [FieldEdit] = []
        if let typed = edit.area {
            let area = try area(meaning: typed)
            try checkArea(area, of: id, in: log)
            fields.append(.set(Field.Conversation.area, .text(area.code)))
        }
        if let place = edit.place { fields.append(.set(Field.Conversation.place, .text(place.trimmed))) }
        if let language = edit.language { fields.append(.set(Field.Conversation.language, .text(language.trimmed))) }
        if let consent = edit.consent { fields.append(.set(Field.Conversation.consent, .integer(consent.rawValue))) }
        return fields
    }

    /// A conversation stays in its log: in another, other people would read it.
    func checkArea(_ area: Area, of id: RecordID, in log: LogID) throws {
        if let partition = try store.partition(ofArea: area.code), partition != log.partition {
            throw ReplicaError.areaElsewhere(id, area)
        }
    }

    private func checkConsent(_ edit: ConversationEdit, _ state: RecordState) throws {
        let given = Self.consent(state)
        if let consent = edit.consent { try checkConsent(consent, state) }
        let adds = [edit.words, edit.observation, edit.place].contains { !($0 ?? "").isEmpty } || !edit.themes.isEmpty
        if adds, edit.consent ?? given == Consent.none { throw ReplicaError.consentKeepsNothing }
    }

    /// Lowering consent is an erasure of what it covered.
    func checkConsent(_ consent: Consent, _ state: RecordState) throws {
        if let given = Self.consent(state), consent < given { throw ReplicaError.loweringConsent(state.id) }
    }

    /// The highest that anybody recorded: what is kept may rest on it.
    private static func consent(_ state: RecordState) -> Consent? {
        state.values(Field.Conversation.consent).compactMap { candidate in
            if case .integer(let number) = candidate.value { Consent(rawValue: number) } else { nil }
        }.max()
    }
}
