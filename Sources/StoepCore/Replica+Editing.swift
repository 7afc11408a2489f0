import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// Changes a conversation: only what the edit names. A text is compared with what is held here, so that what
    /// others add elsewhere stays.
    /// - Parameters:
    ///   - id: the conversation.
    ///   - edit: what is to change.
    ///   - opened: what the texts were edited in: they are compared with this version, so that what came in meanwhile
    ///     stays; nil for what is held now. Consent is lowered to `none` by `lowerConsent`.
    /// - Returns: whether anything changed.
    /// - Throws: `nothingToChange`, `wordsNotYours`, `loweringConsent`, `consentKeepsNothing`, `areaElsewhere`,
    ///   `tooLong` and what naming areas and themes throws; then nothing was changed.
    public func edit(
        _ id: RecordID, _ edit: ConversationEdit, in opened: OpenedConversation? = nil
    ) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard !edit.isEmpty else { throw ReplicaError.nothingToChange }
            try Self.check(text: edit.words, "words")
            try Self.check(text: edit.observation, "observation")
            try Self.check(value: edit.place, "place")
            try Self.check(value: edit.language, "language")
            try saveDrafts()
            return try store.write { try save(edit, to: id, in: opened) }
        }
    }

    /// Inside a write transaction: everything is looked at as it is now.
    private func save(_ edit: ConversationEdit, to id: RecordID, in opened: OpenedConversation?) throws -> Bool {
        let (before, log) = try conversation(id)
        try checkConsent(edit.consent, adds: edit.addsAnything, of: .conversation, before)
        if let words = edit.words, !words.utf8.elementsEqual((opened?.words ?? before.text(Field.Conversation.words)).utf8),
            before.creation?.member != member
        {
            throw ReplicaError.wordsNotYours(id, heardBy: try person(before.creation?.member))
        }
        let themes = try themes(meaning: edit.themes)
        var fields = try registers(edit, of: id, in: log)
        if !themes.isEmpty { fields.append(.add(Field.Conversation.themes, themes.map { .record($0.id) })) }
        let texts = [
            (Field.Conversation.words, edit.words), (Field.Conversation.observation, edit.observation),
        ]
        for (field, text) in texts {
            guard let text else { continue }
            fields.append(opened.map { .textEdited(field, text, opened: $0.texts[field] ?? TextDocument()) } ?? .text(field, text))
        }
        let mentions = try mentions(edit.questions, edit.persons, edit.more, in: log, of: before, spoken: edit.language?.trimmed)
        let mentioned = try bringForth(mentions, in: log, at: before.string(Field.Conversation.area))
        var edits = [RecordEdit(log: log, target: .existing(id), fields: fields + mentioned.fields)]
        edits += mentioned.births
        edits += themes.compactMap { choice in
            if case .born(let name, _) = choice { Self.birth(of: name) } else { nil }
        }
        let answered = try answers(in: id)
        _ = try store.saveInTransaction(edits)
        try saveAnswers(mentions, to: mentioned.questions, in: id, log)
        try followConsent(from: before)
        return try store.stored(id) != before || answers(in: id) != answered
    }

    /// Opens a conversation to edit its texts.
    /// - Parameters:
    ///   - id: the conversation.
    ///   - version: one that was read earlier (`ConversationDetail.version`); nil for what is held now.
    /// - Throws: `unknownID`, `unknownVersion`.
    public func open(_ id: RecordID, version: String? = nil) throws(ReplicaError) -> OpenedConversation {
        try ReplicaError.naming {
            try store.read {
                _ = try conversation(id)
                let opened = try store.open(id, version: version)
                return OpenedConversation(
                    id: id, version: opened.version, words: opened.state.text(Field.Conversation.words),
                    observation: opened.state.text(Field.Conversation.observation),
                    mayEditWords: opened.state.creation?.member == member, texts: opened.texts)
            }
        }
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
}

extension ConversationEdit {
    /// Whether it brings anything that nobody may keep without consent.
    fileprivate var addsAnything: Bool {
        [words, observation, place].contains { !($0 ?? "").isEmpty } || !themes.isEmpty || !questions.isEmpty
            || !persons.isEmpty || !more.isEmpty
    }
}
