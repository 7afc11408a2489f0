// stoep due, agendas, matches and referrals.
extension Localized {
    package static let dueNothing = Localized(
        en: "Nothing is due. --through +7 looks a week ahead, --all at everything open.",
        nl: "Er staat niets te doen. --through +7 kijkt een week vooruit, --all naar alles wat openstaat.")
    package static let labelDue = Localized(en: "by when", nl: "wanneer klaar")
    package static let labelKind = Localized(en: "kind", nl: "soort")
    package static let labelWhat = Localized(en: "what", nl: "wat")
    package static let labelLearntBefore = Localized(en: "learnt in earlier rounds", nl: "geleerd in eerdere rondes")

    /// What is due, by its name in JSON.
    package static func dueKind(_ kind: String) -> Localized {
        switch kind {
        case "agreement": Localized(en: "agreement", nl: "afspraak")
        case "followUp": Localized(en: "go back", nl: "terug gaan")
        case "referral": Localized(en: "referral", nl: "doorverwijzing")
        default: .same(kind.onOneLine)
        }
    }

    package static func dueOverdue(_ count: Int) -> Localized {
        Localized(en: "! \(count) overdue.", nl: "! \(count) over tijd.")
    }

    package static let agendaEmpty = Localized(en: "The agenda is empty.", nl: "De agenda is leeg.")

    package static let offersUnblocked = Localized(
        en: "No offer waits for a condition.", nl: "Geen aanbod wacht op een voorwaarde.")
    package static let matchNothing = Localized(
        en: "Nothing here goes together yet. A theme or a word in common is what is looked for.",
        nl: "Hier past nog niets bij elkaar. Er wordt gekeken naar een thema of een woord gemeen.")

    package static func matchReason(_ kind: String, _ value: String) -> Localized {
        switch kind {
        case "theme": Localized(en: "both about “\(value.onOneLine)”", nl: "allebei over ‘\(value.onOneLine)’")
        case "word": Localized(en: "both say “\(value.onOneLine)”", nl: "allebei met ‘\(value.onOneLine)’")
        default: Localized(en: "both in \(value.onOneLine)", nl: "allebei in \(value.onOneLine)")
        }
    }

    package static func matchLeft(_ count: Int64) -> Localized {
        Localized(en: "enough for \(count) more", nl: "genoeg voor nog \(count)")
    }

    package static func matchMissing(_ conditions: [String]) -> Localized {
        let listed = conditions.map(\.onOneLine).joined(separator: ", ")
        return Localized(en: "blocked: it waits for \(listed)", nl: "geblokkeerd: het wacht op \(listed)")
    }
}

extension CommandFailure {
    package static let moveNeedsPlace = CommandFailure(
        "move-needs-place", .usage,
        Localized(en: "--move and --to go together", nl: "--move en --to horen bij elkaar"),
        advice: Localized(en: "Nothing was changed.", nl: "Er is niets veranderd."))

    package static func noSuchItem(_ number: Int, of count: Int) -> CommandFailure {
        CommandFailure(
            "no-such-item", .usage,
            Localized(
                en: "there is no item \(number): the agenda has \(counted(count, "item", "items"))",
                nl: "er is geen punt \(number): de agenda heeft \(counted(count, "punt", "punten"))"),
            advice: Localized(en: "Nothing was changed.", nl: "Er is niets veranderd."))
    }

    package static let linkedWithItself = CommandFailure(
        "linked-with-itself", .usage,
        Localized(en: "an initiative is not linked with itself", nl: "een initiatief wordt niet met zichzelf verbonden"),
        advice: Localized(en: "Nothing was changed.", nl: "Er is niets veranderd."))

    package static func offerUsedUp(id: String, left: Int64) -> CommandFailure {
        CommandFailure(
            "offer-used-up", .failed,
            Localized(
                en: "the offer \(id.onOneLine) is enough for \(left) more", nl: "het aanbod \(id.onOneLine) is genoeg voor nog \(left)"),
            advice: Localized(
                en: "A match that ended gives its share back: stoep match edit ID --progress ended. Nothing was saved.",
                nl: "Een koppeling die voorbij is geeft haar deel terug: stoep match edit ID --progress ended. Er is niets opgeslagen."),
            details: [.init("id", .string(id)), .init("left", .number(left))])
    }

    package static func noLongerOpen(id: String, day: String) -> CommandFailure {
        CommandFailure(
            "no-longer-open", .failed,
            Localized(
                en: "\(id.onOneLine) is no longer open: it was closed, or good until, \(day.onOneLine)",
                nl: "\(id.onOneLine) staat niet meer open: gesloten op, of geldig tot en met, \(day.onOneLine)"),
            advice: Localized(
                en: "Say until when it is good with --until, in stoep offer edit or stoep need edit. Nothing was saved.",
                nl: "Zeg tot wanneer het geldt met --until, bij stoep offer edit of stoep need edit. Er is niets opgeslagen."),
            details: [.init("id", .string(id)), .init("day", .string(day))])
    }

    package static func conditionsMissing(id: String, _ conditions: [String]) -> CommandFailure {
        let listed = conditions.map(\.onOneLine).joined(separator: ", ")
        return CommandFailure(
            "conditions-missing", .failed,
            Localized(en: "the offer \(id.onOneLine) waits for \(listed)", nl: "het aanbod \(id.onOneLine) wacht op \(listed)"),
            advice: Localized(
                en: "Once that is there: stoep offer edit \(id.onOneLine) --fulfilled … Nothing was saved.",
                nl: "Zodra dat er is: stoep offer edit \(id.onOneLine) --fulfilled … Er is niets opgeslagen."),
            details: [.init("id", .string(id)), .init("conditions", .strings(conditions))])
    }
}
