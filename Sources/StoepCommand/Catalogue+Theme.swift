// stoep theme and stoep area.
extension Localized {
    package static func themeSaved(name: String, id: String) -> Localized {
        Localized(
            en: "The theme “\(name.onOneLine)” is saved as \(id.onOneLine). Not yet synced.",
            nl: "Het thema ‘\(name.onOneLine)’ is opgeslagen als \(id.onOneLine). Nog niet gesynchroniseerd.")
    }

    /// How somebody stands to a theme from now on, by its name in JSON.
    package static func themeOwnership(_ state: String, name: String) -> Localized {
        switch state {
        case "owner":
            Localized(en: "“\(name.onOneLine)” is yours already.", nl: "‘\(name.onOneLine)’ is al van jou.")
        case "asked":
            Localized(
                en: "You asked to own “\(name.onOneLine)”: the daemon grants it at the next sync.",
                nl: "Je vroeg om ‘\(name.onOneLine)’ te bezitten: de daemon kent het bij de volgende sync toe.")
        case "givenUp":
            Localized(
                en: "You gave “\(name.onOneLine)” up: what you wrote as its owner stays.",
                nl: "Je gaf ‘\(name.onOneLine)’ op: wat je als eigenaar schreef blijft.")
        default:
            Localized(
                en: "“\(name.onOneLine)” was yours and is no longer: the coordinator can give it back.",
                nl: "‘\(name.onOneLine)’ was van jou en nu niet meer: de coördinator kan het teruggeven.")
        }
    }

    /// What a coordinator did with the ownership of a theme.
    package static func ownershipSet(theme: String, name: String, owns: Bool, isNew: Bool) -> Localized {
        let (theme, name) = (theme.onOneLine, name.onOneLine)
        return switch (owns, isNew) {
        case (true, true): Localized(en: "“\(theme)” is \(name)'s.", nl: "‘\(theme)’ is van \(name).")
        case (true, false): Localized(en: "“\(theme)” is \(name)'s already.", nl: "‘\(theme)’ is al van \(name).")
        case (false, true):
            Localized(
                en: "“\(theme)” is \(name)'s no longer: what they said as its owner stays.",
                nl: "‘\(theme)’ is niet meer van \(name): wat die als eigenaar zei blijft.")
        case (false, false): Localized(en: "“\(theme)” is not \(name)'s.", nl: "‘\(theme)’ is niet van \(name).")
        }
    }

    package static func themeMerged(_ name: String, into other: String) -> Localized {
        Localized(
            en: "“\(name.onOneLine)” goes on as “\(other.onOneLine)”. Not yet synced.",
            nl: "‘\(name.onOneLine)’ gaat verder als ‘\(other.onOneLine)’. Nog niet gesynchroniseerd.")
    }

    package static let labelOwners = Localized(en: "owners", nl: "eigenaars")

    package static let themeListEmpty = Localized(
        en: "No themes yet. stoep theme new NAME adds one; stoep sync brings those of others.",
        nl: "Nog geen thema's. stoep theme new NAAM voegt er een toe; stoep sync brengt die van anderen.")

    package static let areaListEmpty = Localized(
        en: "No areas yet: stoep sync brings them.", nl: "Nog geen gebieden: stoep sync brengt ze.")

    package static func areaFound(_ count: Int) -> Localized {
        Localized(en: "\(counted(count, "area", "areas"))", nl: "\(counted(count, "gebied", "gebieden"))")
    }

    package static func areaNotFound(_ text: String) -> Localized {
        Localized(
            en: "No area has “\(text.onOneLine)” in its name or code.",
            nl: "Geen gebied heeft ‘\(text.onOneLine)’ in naam of code.")
    }

    package static let labelTalks = Localized(en: "conversations", nl: "gesprekken")
    package static let labelGranted = Localized(en: "for this laptop", nl: "voor deze laptop")
    package static let labelMunicipality = Localized(en: "municipality", nl: "gemeente")
    package static let yes = Localized(en: "yes", nl: "ja")
    package static let no = Localized(en: "no", nl: "nee")
}

extension CommandFailure {
    package static func themeExists(name: String, id: String) -> CommandFailure {
        CommandFailure(
            "theme-exists", .failed,
            Localized(
                en: "there is a theme “\(name.onOneLine)” already: \(id.onOneLine)",
                nl: "er is al een thema ‘\(name.onOneLine)’: \(id.onOneLine)"),
            advice: Localized(en: "Use that one. Nothing was changed.", nl: "Gebruik dat. Er is niets veranderd."),
            details: [.init("id", .string(id))])
    }

    package static let notOwner = CommandFailure(
        "not-owner", .notAllowed,
        Localized(
            en: "only an owner of the theme, or a coordinator, may change that",
            nl: "alleen een eigenaar van het thema, of een coördinator, mag dat veranderen"),
        advice: Localized(
            en: "stoep theme own THEME asks for it; the daemon grants it at a sync. Nothing was changed.",
            nl: "stoep theme own THEMA vraagt erom; de daemon kent het toe bij een sync. Er is niets veranderd."))

    package static let themeNameEmpty = CommandFailure(
        "theme-name-empty", .usage,
        Localized(en: "a theme needs a name", nl: "een thema heeft een naam nodig"),
        advice: Localized(en: "Nothing was saved.", nl: "Er is niets opgeslagen."))

    package static func unknownTheme(_ typed: String) -> CommandFailure {
        CommandFailure(
            "unknown-theme", .failed,
            Localized(
                en: "there is no theme “\(typed.onOneLine)” here", nl: "er is hier geen thema ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: "stoep theme list shows them; stoep theme new NAME adds one. Nothing was saved.",
                nl: "stoep theme list toont ze; stoep theme new NAAM voegt er een toe. Er is niets opgeslagen."),
            details: [.init("theme", .string(typed))])
    }

    package static func ambiguousTheme(_ typed: String, candidates: [String]) -> CommandFailure {
        let shown = candidates.prefix(5).map(\.onOneLine).joined(separator: ", ")
        return CommandFailure(
            "ambiguous-theme", .failed,
            Localized(
                en: "“\(typed.onOneLine)” can be several themes: \(shown)",
                nl: "‘\(typed.onOneLine)’ kan meer thema's zijn: \(shown)"),
            advice: Localized(en: "Use the id. Nothing was saved.", nl: "Gebruik de id. Er is niets opgeslagen."),
            details: [.init("candidates", .strings(candidates))])
    }

    package static func unknownArea(_ typed: String) -> CommandFailure {
        CommandFailure(
            "unknown-area", .failed,
            Localized(
                en: "there is no area “\(typed.onOneLine)”", nl: "er is geen gebied ‘\(typed.onOneLine)’"),
            advice: Localized(
                en: "stoep area find TEXT looks for one by a part of its name. Nothing was saved.",
                nl: "stoep area find TEKST zoekt er een op een deel van de naam. Er is niets opgeslagen."),
            details: [.init("area", .string(typed))])
    }

    package static func ambiguousArea(_ typed: String, candidates: [String]) -> CommandFailure {
        let shown = candidates.prefix(5).map(\.onOneLine).joined(separator: ", ")
        return CommandFailure(
            "ambiguous-area", .failed,
            Localized(
                en: "“\(typed.onOneLine)” can be several areas: \(shown)",
                nl: "‘\(typed.onOneLine)’ kan meer gebieden zijn: \(shown)"),
            advice: Localized(en: "Use the code. Nothing was saved.", nl: "Gebruik de code. Er is niets opgeslagen."),
            details: [.init("candidates", .strings(candidates))])
    }

    package static func areaNotGranted(_ area: String) -> CommandFailure {
        CommandFailure(
            "area-not-granted", .notAllowed,
            Localized(
                en: "this laptop may not record conversations in \(area.onOneLine)",
                nl: "deze laptop mag in \(area.onOneLine) geen gesprekken vastleggen"),
            advice: Localized(
                en: "The coordinator can grant the area. Nothing was saved.",
                nl: "De coördinator kan het gebied toekennen. Er is niets opgeslagen."),
            details: [.init("area", .string(area))])
    }
}
