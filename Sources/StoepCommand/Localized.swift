/// A message in every language that Stoep speaks. There is no way to make one that lacks a language:
/// what is the same in both says so with `same`.
package struct Localized: Sendable, Equatable {
    package let en: String
    package let nl: String

    package init(en: String, nl: String) {
        self.en = en
        self.nl = nl
    }

    /// Text that needs no translation: a name, an id, a command line.
    package static func same(_ text: String) -> Localized {
        Localized(en: text, nl: text)
    }

    package subscript(language: Language) -> String {
        switch language {
        case .english: en
        case .dutch: nl
        }
    }

    /// The messages one after the other, in either language.
    package static func joined(_ parts: [Localized], separator: String) -> Localized {
        Localized(
            en: parts.map(\.en).joined(separator: separator),
            nl: parts.map(\.nl).joined(separator: separator))
    }
}

/// "1 conversation", "3 conversations": the number and the form that goes with it. Dutch and English
/// agree on when there is one.
package func counted(_ number: some BinaryInteger, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
}

/// What a resident is called in this space: *bewoner* unless the space says otherwise.
package struct ResidentWords: Sendable, Equatable {
    package let one: Localized
    package let many: Localized

    package init(one: Localized, many: Localized) {
        self.one = one
        self.many = many
    }

    /// As a space says it, in whatever language; the usual words where it says none.
    package init(one: String?, many: String?) {
        self.one = one.map { .same($0.onOneLine) } ?? Self.standard.one
        self.many = (many ?? one).map { .same($0.onOneLine) } ?? Self.standard.many
    }

    package static let standard = ResidentWords(
        one: Localized(en: "resident", nl: "bewoner"),
        many: Localized(en: "residents", nl: "bewoners"))
}
