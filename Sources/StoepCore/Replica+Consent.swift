import StoepMerge
import StoepModel
import StoepStore

/// How consent is asked for in this space.
public struct ConsentText: Sendable {
    public let id: RecordID
    public let version: String
    /// A code such as `nl`.
    public let language: String
    public let wording: String
    public let by: Person
    public let createdAt: Timestamp
}

extension Replica {
    /// Adds the wording of a version in a language. What was read to people stays as it was: another wording is another
    /// version.
    /// - Throws: `coordinatorsOnly`, `consentTextExists`, `empty`, `tooLong`, `notAllowed`.
    public func addConsentText(_ version: String, language: String, wording: String) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            let (version, language) = (version.trimmed, language.trimmed.lowercased())
            for (field, value) in [("version", version), ("language", language), ("wording", wording)] {
                guard !value.trimmed.isEmpty else { throw ReplicaError.empty(field: field) }
                try Self.check(value: value, field)
            }
            guard version.utf8.count + language.utf8.count < Limits.shortTextBytes else {
                throw ReplicaError.tooLong(field: "version", limit: Limits.shortTextBytes)
            }
            guard try store.read({ try currentRole() }) == .coordinator else { throw ReplicaError.coordinatorsOnly }
            try saveDrafts()
            return try store.write {
                let key = "\(version)/\(language)"
                let held = try store.stored(store.naturalID(.consentText, key))
                if held.isListed, let known = held.string(Field.ConsentText.wording),
                    !known.utf8.elementsEqual(wording.utf8)
                {
                    throw ReplicaError.consentTextExists(version: version, language: language)
                }
                return try store.saveInTransaction([
                    RecordEdit(
                        log: .square, target: .natural(.consentText, key: key),
                        fields: [
                            .set(Field.ConsentText.version, .text(version)),
                            .set(Field.ConsentText.language, .text(language)),
                            .set(Field.ConsentText.wording, .text(wording)),
                        ])
                ])[0]
            }
        }
    }

    /// How consent is asked for, the newest first.
    /// - Parameter language: a code such as `nl`; nil for all.
    public func consentTexts(in language: String? = nil) throws(ReplicaError) -> [ConsentText] {
        try ReplicaError.naming { try store.read { try consentTextsHere(in: language) } }
    }

    private func consentTextsHere(in language: String?) throws -> [ConsentText] {
        var people = People(self)
        return try store.records(of: .consentText).compactMap { id -> ConsentText? in
            let state = try store.stored(id)
            guard let creation = state.creation, let version = state.string(Field.ConsentText.version),
                let code = state.string(Field.ConsentText.language),
                let wording = state.string(Field.ConsentText.wording)
            else { return nil }
            if let language, !code.utf8.elementsEqual(language.utf8) { return nil }
            return ConsentText(
                id: id, version: version, language: code, wording: wording, by: try people.member(creation.member),
                createdAt: creation.time)
        }.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
    }

    /// Where edits name the version of the wording that was read, the wording and its language are noted with it.
    /// - Parameter spoken: the language of the conversation, where that stands elsewhere.
    /// - Throws: `unknownRecord` where the space has wordings, and none of this version.
    func noteConsentWording(
        _ edits: inout [FieldEdit], of definition: CollectionDefinition, _ record: RecordState?, spoken: String?
    ) throws {
        guard let fields = ConsentFields(definition) else { return }
        let said = edits
        let text = { (number: FieldNumber) -> String? in
            for case .set(number, .text(let text)) in said where !text.isEmpty { return text }
            return nil
        }
        guard let version = text(fields.version) else { return }
        let language =
            text(fields.language) ?? text(fields.spoken) ?? spoken.flatMap { $0.isEmpty ? nil : $0 }
            ?? record?.string(fields.spoken)
        let known = try consentTextsHere(in: nil)
        guard !known.isEmpty else { return }
        let ofVersion = known.filter { $0.version.utf8.elementsEqual(version.utf8) }
        let inLanguage = ofVersion.first { text in language.map { text.language.utf8.elementsEqual($0.utf8) } ?? true }
        // In which of several languages it was read is not guessed.
        if language == nil, ofVersion.count > 1 { throw ReplicaError.empty(field: "consentLanguage") }
        guard let read = inLanguage else {
            throw ReplicaError.unknownRecord(
                [version, language].compactMap { $0 }.joined(separator: "/"), of: try self.definition(.consentText))
        }
        edits.removeAll { edit in
            if case .set(let number, _) = edit { number == fields.wording || number == fields.language } else { false }
        }
        edits += [.set(fields.language, .text(read.language)), .set(fields.wording, .text(read.wording))]
    }
}

/// Where a record says how consent was asked for.
struct ConsentFields {
    let version, language, wording, spoken: FieldNumber

    init?(_ definition: CollectionDefinition) {
        switch definition.number {
        case .conversation:
            version = Field.Conversation.consentVersion
            language = Field.Conversation.consentLanguage
            wording = Field.Conversation.consentWording
            spoken = Field.Conversation.language
        case .person:
            version = Field.Person.consentVersion
            language = Field.Person.consentLanguage
            wording = Field.Person.consentWording
            spoken = Field.Person.language
        default: return nil
        }
    }
}
