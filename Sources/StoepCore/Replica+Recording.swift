import StoepModel
import StoepStore

extension Replica {
    /// Records a conversation. On return it is durable: saved, or kept as a draft where another process held the
    /// store for the whole wait.
    /// - Throws: `consentKeepsNothing`, `tooLong`, `unknownArea`, `ambiguousArea`, `areaNotGranted`, `areaNeeded`,
    ///   `conversationsNotGranted`, `notAllowed`, and the errors of the store; then nothing was saved.
    public func record(_ draft: ConversationDraft) throws(ReplicaError) -> Recorded {
        try ReplicaError.naming { () throws -> Recorded in
            let plan = try store.read { try self.plan(draft) }
            do {
                try saveDrafts()
                let id = try store.write { try save(plan) }
                return .saved(id: id, log: plan.log, area: plan.area)
            } catch StoreError.busy {
                let path = try store.keepDraft(DraftFile.encoded(plan.resolved))
                return .keptAsDraft(path: path, log: plan.log, area: plan.area)
            }
        }
    }

    /// A conversation whose every part is found to be allowed and where it belongs.
    struct Plan {
        let log: LogID
        let area: Area?
        let themes: [ThemeChoice]
        let mentions: Mentions
        /// What was said, with nothing left to be filled in from when or where it is saved.
        let resolved: ConversationDraft
    }

    /// Inside a read.
    func plan(_ draft: ConversationDraft, remembersArea: Bool = true) throws -> Plan {
        try Self.check(draft)
        var resolved = draft
        let now = store.environment.now()
        resolved.startedAt = draft.startedAt ?? now
        let (area, log) = try whereabouts(draft, remembersArea: remembersArea)
        resolved.area = area?.code
        let mentions = try mentions(draft.questions, draft.persons, draft.more, in: log, of: nil, spoken: draft.language?.trimmed)
        return Plan(
            log: log, area: area, themes: try themes(meaning: draft.themes), mentions: mentions, resolved: resolved)
    }

    private func whereabouts(_ draft: ConversationDraft, remembersArea: Bool) throws -> (Area?, LogID) {
        if let typed = draft.area {
            let area = try area(meaning: typed)
            return (area, try conversationLog(area))
        }
        // What was granted then may be granted no longer: it is only a convenience.
        if remembersArea, let code = try text(Meta.area), case let last = try area(code: code),
            let log = try? conversationLog(last)
        {
            return (last, log)
        }
        return (nil, try conversationLog(nil))
    }

    private static func check(_ draft: ConversationDraft) throws {
        let texts = [draft.words, draft.observation, draft.place]
        let mentionsAny = !draft.questions.isEmpty || !draft.persons.isEmpty || !draft.more.isEmpty
        let keeps = mentionsAny || !draft.themes.isEmpty || texts.contains { !($0 ?? "").isEmpty }
        if draft.consent == .none, keeps { throw ReplicaError.consentKeepsNothing }
        try check(text: draft.words, "words")
        try check(text: draft.observation, "observation")
        try check(value: draft.place, "place")
        try check(value: draft.language, "language")
    }

    static func check(text: String?, _ field: String) throws {
        guard (text ?? "").unicodeScalars.count <= Limits.textScalars else {
            throw ReplicaError.tooLong(field: field, limit: Limits.textScalars)
        }
    }

    static func check(value: String?, _ field: String) throws {
        guard (value ?? "").utf8.count <= Limits.valueBytes else {
            throw ReplicaError.tooLong(field: field, limit: Limits.valueBytes)
        }
    }

    /// Inside a write transaction.
    func save(_ plan: Plan) throws -> RecordID {
        let mentioned = try bringForth(plan.mentions, in: plan.log, at: plan.area?.code)
        var edits = [
            RecordEdit(log: plan.log, target: .new(.conversation), fields: Self.fields(plan) + mentioned.fields)
        ]
        edits += mentioned.births
        edits += plan.themes.compactMap { choice in
            if case .born(let name, _) = choice { Self.birth(of: name) } else { nil }
        }
        if plan.resolved.consent == .contact, mentioned.persons.count == 1 {
            edits += try agreement(of: mentioned.persons[0], plan.mentions.reading.edits, in: plan.log)
        }
        let id = try store.saveInTransaction(edits)[0]
        try saveAnswers(plan.mentions, to: mentioned.questions, in: id, plan.log)
        if let area = plan.area?.code, try text(Meta.area) != area { try store.setMeta(Meta.area, Array(area.utf8)) }
        return id
    }

    /// Who alone is named in a conversation that may keep contact details agreed to that, and to the wording that was read.
    private func agreement(of person: RecordID, _ asked: [FieldEdit], in log: LogID) throws -> [RecordEdit] {
        guard try !agreesToContact(person) else { return [] }
        let carried = [
            Field.Conversation.consentVersion: Field.Person.consentVersion,
            Field.Conversation.consentLanguage: Field.Person.consentLanguage,
            Field.Conversation.consentWording: Field.Person.consentWording,
        ]
        let wording = asked.compactMap { edit -> FieldEdit? in
            guard case .set(let number, let value) = edit, let field = carried[number] else { return nil }
            return .set(field, value)
        }
        let agrees = FieldEdit.set(Field.Person.consent, .integer(Consent.contact.rawValue))
        return [RecordEdit(log: log, target: .existing(person), fields: [agrees] + wording)]
    }

    private static func fields(_ plan: Plan) -> [FieldEdit] {
        let draft = plan.resolved
        var fields: [FieldEdit] = []
        if let at = draft.startedAt {
            fields.append(.set(Field.Conversation.startedAt, .integer(Int64(clamping: at.milliseconds))))
        }
        fields.append(.set(Field.Conversation.consent, .integer(draft.consent.rawValue)))
        let values = [
            (Field.Conversation.area, draft.area), (Field.Conversation.place, draft.place?.trimmed),
            (Field.Conversation.language, draft.language?.trimmed),
        ]
        for (field, value) in values {
            if let value, !value.isEmpty { fields.append(.set(field, .text(value))) }
        }
        if let minutes = draft.minutes { fields.append(.set(Field.Conversation.minutes, .integer(Int64(minutes)))) }
        if let count = draft.headcount { fields.append(.set(Field.Conversation.headcount, .integer(Int64(count)))) }
        if !plan.themes.isEmpty {
            fields.append(.add(Field.Conversation.themes, plan.themes.map { .record($0.id) }))
        }
        let texts = [(Field.Conversation.words, draft.words), (Field.Conversation.observation, draft.observation)]
        for (field, text) in texts {
            if let text, !text.isEmpty { fields.append(.text(field, text)) }
        }
        return fields
    }
}
