import StoepModel

/// A field of a collection, as the option that writes it.
package struct FieldOption: Sendable {
    package let field: FieldDefinition
    /// Sets it, or adds to it.
    package let option: OptionSpec
    /// Takes from it; only of a set.
    package let removal: OptionSpec?

    init(_ field: FieldDefinition, _ name: String) {
        let isMany = field.kind == .set || field.kind == .list
        let help = Localized(field.words)
        self.field = field
        option = OptionSpec(name, Self.value(field), repeats: isMany, help: help)
        removal = field.kind == .set
            ? OptionSpec("no-\(name)", Self.value(field), repeats: true, help: .noLonger(help)) : nil
    }

    static func all(_ options: [(field: FieldNumber, name: String)], of collection: CollectionNumber) -> [FieldOption] {
        options.map { number, name in
            guard let field = Schema.current[collection]?.field(number) else {
                preconditionFailure("collection \(collection) has no field for --\(name)")
            }
            return FieldOption(field, name)
        }
    }

    /// What `talk new` and `talk edit` write of a conversation beside what they have options of their own for.
    package static let ofTalk = all(
        [
            (Field.Conversation.followUpOn, "follow-up"), (Field.Conversation.followUpBy, "follow-up-by"),
            (Field.Conversation.handOver, "hand-over"), (Field.Conversation.followedUpOn, "followed-up"),
            (Field.Conversation.agreements, "agreement"), (Field.Conversation.initiatives, "initiative"),
            (Field.Conversation.offers, "offer"), (Field.Conversation.needs, "need"),
            (Field.Conversation.round, "round"), (Field.Conversation.consentVersion, "consent-version"),
            (Field.Conversation.consentLanguage, "consent-language"),
            (Field.Conversation.consentWording, "consent-wording"),
        ], of: .conversation)

    /// How a value of a field stands on a command line. People's words can come from standard input or a file.
    private static func value(_ field: FieldDefinition) -> OptionValue {
        if field.kind == .text || field.kind == .list { return .content(.text) }
        switch (field.type, field.form) {
        case (_, .choice(let choices)): return .choice(choices.map(\.name))
        case (_, .moment): return .moment
        case (_, .day): return .day
        case (_, .area): return .text(.areaPlaceholder)
        case (_, .language): return .text(Localized(en: "CODE", nl: "CODE"))
        case (.record(let number), _):
            let name = Schema.current[number]?.one ?? Words(en: "id", nl: "id")
            return .text(Localized(en: name.en.uppercased(), nl: name.nl.uppercased()))
        case (.bool, _): return .choice(["yes", "no"])
        case (.integer, _): return .number(.same("N"), 0...1_000_000)
        case (.text, _), (.bytes, _): return .content(.text)
        }
    }
}

extension RecordNoun {
    package var fieldOptions: [FieldOption] { FieldOption.all(options, of: collection) }

    /// What stands behind `new`: what people call the record.
    package var namePositional: PositionalSpec? {
        guard let name, let field = definition.field(name) else { return nil }
        let words = Localized(field.words)
        return PositionalSpec(
            field.words.en.uppercased(), placeholder: Localized(en: words.en.uppercased(), nl: words.nl.uppercased()),
            isContent: true, help: words)
    }

    /// Whether its records say in which area they are, and what they are about: then a list can be of one.
    package var hasArea: Bool { SearchedFields.areas[collection] != nil }
    package var hasThemes: Bool { definition.field(named: "themes") != nil }
}

extension OptionSpec {
    package static let ofArea = OptionSpec(
        "area", .text(.areaPlaceholder),
        help: Localized(en: "only of this neighbourhood: its code or its name", nl: "alleen van deze buurt: haar code of naam"))
    package static let ofTheme = OptionSpec(
        "theme", .text(Localized(en: "THEME", nl: "THEMA")),
        help: Localized(en: "only of this theme: its name or id", nl: "alleen van dit thema: zijn naam of id"))
    package static let withTalk = OptionSpec(
        "talk", .text(.same("ID")),
        help: Localized(
            en: "it came up in this conversation, which from now on leads to it",
            nl: "het kwam in dit gesprek op, dat er voortaan naar verwijst"))
}

extension PositionalSpec {
    package static let otherID = PositionalSpec(
        "OTHER", placeholder: Localized(en: "OTHER", nl: "ANDER"),
        help: Localized(en: "the id of the other", nl: "de id van de ander"))
    package static let otherIDIfAny = PositionalSpec(
        "OTHER", placeholder: Localized(en: "OTHER", nl: "ANDER"), .optional,
        help: Localized(en: "the id of the other; all unless given", nl: "de id van de ander; zonder deze allemaal"))
}

extension Localized {
    /// What the schema calls something.
    package init(_ words: Words) { self.init(en: words.en, nl: words.nl) }

    static let areaPlaceholder = Localized(en: "AREA", nl: "GEBIED")

    static func noLonger(_ what: Localized) -> Localized {
        Localized(en: "no longer: \(what.en)", nl: "niet meer: \(what.nl)")
    }
}
