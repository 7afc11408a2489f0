import StoepModel

// stoep search: what is said of what was found.
extension Localized {
    package static let searchNothing = Localized(
        en: "Nothing here has all of that. A * behind a word takes all that begins so; stoep sync brings what others recorded.",
        nl: "Niets hier heeft dat allemaal. Een * achter een woord neemt alles wat zo begint; stoep sync brengt wat anderen vastlegden.")

    /// What is new here has to be indexed before it can be found.
    package static func searchIndexing(left: Int) -> Localized {
        Localized(
            en: "Indexing what is new: \(counted(left, "record", "records")) to go.",
            nl: "Indexeert wat nieuw is: nog \(counted(left, "record", "records")).")
    }

    package static func searchMore(shown: Int) -> Localized {
        Localized(
            en: "The latest \(shown); --limit shows more.", nl: "De laatste \(shown); --limit toont er meer.")
    }

    /// Several records of a collection, by its name in the schema.
    package static func many(collection: String) -> Localized {
        Schema.current.collection(named: collection).map { Localized($0.many) } ?? .same(collection.onOneLine)
    }

    /// One record of a collection, by its name in the schema.
    package static func oneOf(collection: String) -> Localized {
        Schema.current.collection(named: collection).map { Localized($0.one) } ?? .same(collection.onOneLine)
    }
}

extension CommandFailure {
    package static let nothingToSearch = CommandFailure(
        "nothing-to-search", .usage,
        Localized(en: "there is no word in what you search for", nl: "er staat geen woord in wat je zoekt"),
        advice: Localized(
            en: "Signs alone are not found: give a word, or the beginning of one.",
            nl: "Tekens alleen worden niet gevonden: geef een woord, of het begin ervan."))

    package static func notAPeriod(_ typed: String) -> CommandFailure {
        CommandFailure(
            "not-a-period", .usage,
            Localized(
                en: "--period takes a year, a month, a day or two of these, not “\(typed.onOneLine)”",
                nl: "--period neemt een jaar, een maand, een dag of twee daarvan, niet ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: "For example 2026, 2026-11, 2026-11-21 or 2026-11-01..2026-11-21.",
                nl: "Bijvoorbeeld 2026, 2026-11, 2026-11-21 of 2026-11-01..2026-11-21."),
            details: [.init("period", .string(typed))])
    }
}
