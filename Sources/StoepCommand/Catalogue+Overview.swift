// stoep overview, and what initiatives come to together.
extension Localized {
    package static func overviewConversations(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "conversation", "conversations")), by area", nl: "\(counted(count, "gesprek", "gesprekken")), per gebied")
    }

    package static let overviewThemes = Localized(en: "what they were about", nl: "waar ze over gingen")
    package static let overviewQuestions = Localized(en: "questions that emerge", nl: "vragen die opkomen")

    package static func overviewApproached(
        _ approached: Int64, declined: Int64, _ words: ResidentWords = .standard
    ) -> Localized {
        Localized(
            en: "\(counted(approached, words.one.en, words.many.en)) approached, of whom \(declined) declined",
            nl: "\(counted(approached, words.one.nl, words.many.nl)) aangesproken, van wie er \(declined) niet wilden")
    }

    package static func overviewAgreements(_ count: Int) -> Localized {
        Localized(en: counted(count, "agreement", "agreements"), nl: counted(count, "afspraak", "afspraken"))
    }

    package static let overviewOpen = Localized(en: "open, not yet due", nl: "open, nog niet over tijd")
    package static let overviewOverdue = Localized(en: "overdue", nl: "over tijd")

    package static func overviewMeetings(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "meeting", "meetings")), chaired by a", nl: "\(counted(count, "vergadering", "vergaderingen")), voorgezeten door een")
    }

    package static func overviewInitiatives(_ count: Int) -> Localized {
        Localized(
            en: "\(counted(count, "initiative", "initiatives")), by kind of partner",
            nl: "\(counted(count, "initiatief", "initiatieven")), per soort partner")
    }

    package static let overviewUnsaid = Localized(en: "not said", nl: "niet gezegd")
    package static let overviewBalance = Localized(en: "giving and taking", nl: "geven en nemen")
    package static let overviewNoArea = Localized(en: "(no area)", nl: "(geen gebied)")

    package static let gridMissing = Localized(
        en: "– where nobody of that kind is there yet.", nl: "– waar nog niemand van die soort is.")
    package static let neighboursNone = Localized(
        en: "No neighbours here have a theme in common without being linked.",
        nl: "Hier zijn geen buren die een thema gemeen hebben zonder verbonden te zijn.")

    package static func neighboursShare(_ themes: [String], area: String) -> Localized {
        let listed = themes.map(\.onOneLine).joined(separator: ", ")
        return Localized(
            en: "both in \(area.onOneLine), both about \(listed)", nl: "allebei in \(area.onOneLine), allebei over \(listed)")
    }

    package static let neighboursHow = Localized(
        en: "stoep initiative link ONE OTHER links them.", nl: "stoep initiative link EEN ANDER verbindt ze.")
}

extension CommandFailure {
    package static func periodBackwards(since: String, until: String) -> CommandFailure {
        CommandFailure(
            "period-backwards", .usage,
            Localized(
                en: "from \(since.onOneLine) through \(until.onOneLine) is no period", nl: "van \(since.onOneLine) tot en met \(until.onOneLine) is geen periode"),
            advice: Localized(
                en: "Let --since be before --until, from 1970 through 2099.", nl: "Laat --since voor --until liggen, van 1970 tot en met 2099."))
    }
}
