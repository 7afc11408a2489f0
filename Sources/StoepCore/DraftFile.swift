import StoepModel
import StoepStore
import StoepWire

/// What a draft's file holds: `[2, startedAt, area, place, language, consent, minutes, headcount, words, observation,
/// [theme…], [[question, answer]…], [person…], [[field, change, [text…]]…]]`, null for what was not given. Those of
/// version 1 end after the themes. It never leaves this machine.
enum DraftFile {
    static func encoded(_ draft: ConversationDraft) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(14)
        writer.unsigned(2)
        writer.unsigned(draft.startedAt?.milliseconds ?? 0)
        for text in [draft.area, draft.place, draft.language] { writer.optional(text) }
        writer.signed(draft.consent.rawValue)
        for number in [draft.minutes, draft.headcount] {
            if let number { writer.signed(Int64(number)) } else { writer.null() }
        }
        for text in [draft.words, draft.observation] { writer.optional(text) }
        writer.array(draft.themes.count)
        for theme in draft.themes { writer.text(theme) }
        writer.array(draft.questions.count)
        for asked in draft.questions {
            writer.array(2)
            writer.text(asked.question)
            writer.optional(asked.answer)
        }
        writer.array(draft.persons.count)
        for person in draft.persons { writer.text(person) }
        writer.array(draft.more.count)
        for input in draft.more {
            let (change, texts) = input.change.parts
            writer.array(3)
            writer.unsigned(UInt64(input.field.rawValue))
            writer.unsigned(change)
            writer.array(texts.count)
            for text in texts { writer.text(text) }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(WireError) -> ConversationDraft {
        var reader = CBORReader(bytes)
        var draft = ConversationDraft()
        let count = try reader.array("draft", atMost: 14)
        let at = reader.offset
        let version = try reader.unsigned("version")
        guard version == 2 && count == 14 || version == 1 && count == 11 else { throw .unknownVersion(version, at: at) }
        draft.startedAt = Timestamp(milliseconds: try reader.unsigned("startedAt"))
        draft.area = try reader.optionalText("area")
        draft.place = try reader.optionalText("place")
        draft.language = try reader.optionalText("language")
        draft.consent = Consent(rawValue: try reader.signed("consent")) ?? .anonymous
        draft.minutes = try reader.optionalNumber("minutes")
        draft.headcount = try reader.optionalNumber("headcount")
        draft.words = try reader.optionalText("words")
        draft.observation = try reader.optionalText("observation")
        draft.themes = try reader.texts("themes")
        if version == 1 {
            try reader.finish()
            return draft
        }
        for _ in 0..<(try reader.array("questions", atMost: .max)) {
            try reader.array("question", exactly: 2)
            let question = try reader.text("question", atMost: Limits.valueBytes)
            draft.questions.append(AskedQuestion(question, answer: try reader.optionalText("answer")))
        }
        draft.persons = try reader.texts("persons")
        for _ in 0..<(try reader.array("fields", atMost: .max)) {
            try reader.array("field", exactly: 3)
            let field = FieldNumber(rawValue: try reader.unsigned32("field"))
            let kind = try reader.unsigned("change")
            draft.more.append(FieldInput(field, FieldInput.Change(kind, try reader.texts("values"))))
        }
        try reader.finish()
        return draft
    }
}

extension Replica {
    /// Saves what one draft says. Inside a write transaction.
    func saveDraft(_ content: [UInt8]) throws {
        _ = try save(plan(DraftFile.decode(content), remembersArea: false))
    }

    /// Saves the drafts that wait.
    /// - Returns: how many were saved.
    @discardableResult
    func saveDrafts() throws -> Int {
        try store.saveDrafts { try saveDraft($0) }
    }

    /// The same, unless another process writes now: then they wait on.
    @discardableResult
    func saveDraftsIfPossible() throws -> Int {
        do {
            return try saveDrafts()
        } catch StoreError.busy {
            return 0
        }
    }
}

extension CBORWriter {
    fileprivate mutating func optional(_ text: String?) {
        if let text { self.text(text) } else { null() }
    }
}

extension FieldInput.Change {
    fileprivate var parts: (UInt64, [String]) {
        switch self {
        case .set(let text): (0, [text])
        case .add(let texts): (1, texts)
        case .remove(let texts): (2, texts)
        case .count(let number): (3, [String(number)])
        }
    }

    fileprivate init(_ kind: UInt64, _ texts: [String]) {
        switch kind {
        case 1: self = .add(texts)
        case 2: self = .remove(texts)
        case 3: self = .count(texts.first.flatMap { Int64($0) } ?? 0)
        default: self = .set(texts.first ?? "")
        }
    }
}

extension CBORReader {
    fileprivate mutating func texts(_ what: String) throws(WireError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try array(what, atMost: .max)) { texts.append(try text(what, atMost: Limits.payloadBytes)) }
        return texts
    }

    fileprivate mutating func optionalText(_ what: String) throws(WireError) -> String? {
        null() ? nil : try text(what, atMost: Limits.payloadBytes)
    }

    fileprivate mutating func optionalNumber(_ what: String) throws(WireError) -> Int? {
        null() ? nil : Int(clamping: try signed(what))
    }
}
