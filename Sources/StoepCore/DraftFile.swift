import StoepModel
import StoepStore
import StoepWire

/// What a draft's file holds: `[1, startedAt, area, place, language, consent, minutes, headcount, words, observation,
/// [theme…]]`, null for what was not given. It never leaves this machine.
enum DraftFile {
    static func encoded(_ draft: ConversationDraft) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(11)
        writer.unsigned(1)
        writer.unsigned(draft.startedAt?.milliseconds ?? 0)
        for text in [draft.area, draft.place, draft.language] { writer.optional(text) }
        writer.signed(draft.consent.rawValue)
        for number in [draft.minutes, draft.headcount] {
            if let number { writer.signed(Int64(number)) } else { writer.null() }
        }
        for text in [draft.words, draft.observation] { writer.optional(text) }
        writer.array(draft.themes.count)
        for theme in draft.themes { writer.text(theme) }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(WireError) -> ConversationDraft {
        var reader = CBORReader(bytes)
        var draft = ConversationDraft()
        try reader.array("draft", exactly: 11)
        let at = reader.offset
        let version = try reader.unsigned("version")
        guard version == 1 else { throw .unknownVersion(version, at: at) }
        draft.startedAt = Timestamp(milliseconds: try reader.unsigned("startedAt"))
        draft.area = try reader.optionalText("area")
        draft.place = try reader.optionalText("place")
        draft.language = try reader.optionalText("language")
        draft.consent = Consent(rawValue: try reader.signed("consent")) ?? .anonymous
        draft.minutes = try reader.optionalNumber("minutes")
        draft.headcount = try reader.optionalNumber("headcount")
        draft.words = try reader.optionalText("words")
        draft.observation = try reader.optionalText("observation")
        for _ in 0..<(try reader.array("themes", atMost: .max)) {
            draft.themes.append(try reader.text("theme", atMost: Limits.valueBytes))
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

extension CBORReader {
    fileprivate mutating func optionalText(_ what: String) throws(WireError) -> String? {
        null() ? nil : try text(what, atMost: Limits.payloadBytes)
    }

    fileprivate mutating func optionalNumber(_ what: String) throws(WireError) -> Int? {
        null() ? nil : Int(clamping: try signed(what))
    }
}
