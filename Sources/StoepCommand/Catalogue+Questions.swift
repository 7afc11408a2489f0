// stoep question, and what belongs to a conversation.
extension Localized {
    package static let labelTimes = Localized(en: "times", nl: "keren")
    package static let labelQuestion = Localized(en: "question", nl: "vraag")
    package static let questionCarriedMark = Localized(en: "* you carry it along", nl: "* neem je mee")
    package static let questionWithoutAnswers = Localized(
        en: "No answers yet. stoep talk new --question … --answer - records one.",
        nl: "Nog geen antwoorden. stoep talk new --question … --answer - legt er een vast.")

    package static func questionCarried(id: String, _ carries: Bool) -> Localized {
        carries
            ? Localized(
                en: "You carry \(id.onOneLine) along: stoep question list --carried shows it.",
                nl: "Je neemt \(id.onOneLine) mee: stoep question list --carried toont het.")
            : Localized(en: "You no longer carry \(id.onOneLine) along.", nl: "Je neemt \(id.onOneLine) niet meer mee.")
    }

    package static let labelAnswers = Localized(en: "questions and answers", nl: "vragen en antwoorden")
    package static let labelReplies = Localized(en: "replies", nl: "reacties")

    package static func replySaved(id: String) -> Localized {
        Localized(
            en: "Your reply is saved as \(id.onOneLine). What was said stays as it is. Not yet synced.",
            nl: "Je reactie is opgeslagen als \(id.onOneLine). Wat gezegd is blijft zoals het is. Nog niet gesynchroniseerd.")
    }

    /// Somebody asked not to be approached any more.
    package static func doNotApproach(_ alias: String) -> Localized {
        Localized(
            en: "“\(alias.onOneLine)” asked not to be approached. The conversation is kept all the same.",
            nl: "‘\(alias.onOneLine)’ wil niet aangesproken worden. Het gesprek is toch bewaard.")
    }

    // Tallies.

    package static func tallySaved(area: String, day: String, approached: Int64, declined: Int64) -> Localized {
        Localized(
            en: "\(area.onOneLine), \(day.onOneLine): \(approached) approached, \(declined) declined. Not yet synced.",
            nl: "\(area.onOneLine), \(day.onOneLine): \(approached) aangesproken, \(declined) wilden niet. Nog niet gesynchroniseerd.")
    }

    package static let tallyListEmpty = Localized(
        en: "Nothing counted yet. stoep tally add --approached N counts.",
        nl: "Nog niets geteld. stoep tally add --approached N telt.")
    package static let labelDay = Localized(en: "day", nl: "dag")
    package static let labelApproached = Localized(en: "approached", nl: "aangesproken")
    package static let labelDeclined = Localized(en: "declined", nl: "wilden niet")
    package static let labelTotal = Localized(en: "together", nl: "samen")
}

extension CommandFailure {
    package static let answerWithoutQuestion = CommandFailure(
        "answer-without-question", .usage,
        Localized(
            en: "there are more answers than questions", nl: "er zijn meer antwoorden dan vragen"),
        advice: Localized(
            en: "Give --question before each --answer. Nothing was saved.",
            nl: "Geef --question voor elke --answer. Er is niets opgeslagen."))
}
