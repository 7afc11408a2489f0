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

    /// One record of a collection, by its name in the schema.
    package static func oneOf(collection: String) -> Localized {
        switch collection {
        case "conversation": Localized(en: "conversation", nl: "gesprek")
        case "theme": Localized(en: "theme", nl: "thema")
        case "question": Localized(en: "question", nl: "vraag")
        case "meeting": Localized(en: "meeting", nl: "vergadering")
        case "person": Localized(en: "person", nl: "persoon")
        case "area": Localized(en: "area", nl: "gebied")
        default: .same(collection.onOneLine)
        }
    }

    /// A field in which something was found.
    package static func field(_ name: String, of collection: String) -> Localized {
        switch (collection, name) {
        case ("meeting", "minutes"): Localized(en: "minutes", nl: "notulen")
        case ("meeting", "title"): Localized(en: "title", nl: "titel")
        case (_, "agenda"): .same("agenda")
        case (_, "description"): Localized(en: "description", nl: "omschrijving")
        case (_, "wording"): Localized(en: "wording", nl: "formulering")
        case (_, "alias"): .same("alias")
        case (_, "talents"): Localized(en: "talents", nl: "talenten")
        case (_, "note"): Localized(en: "note", nl: "notitie")
        case (_, "code"): .labelCode
        default: .field(name)
        }
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
