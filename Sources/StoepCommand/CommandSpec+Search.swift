// stoep search.
extension CommandSpec {
    static let search = CommandSpec(
        path: ["search"],
        summary: Localized(
            en: "find words in all that is here, the latest first", nl: "zoek woorden in alles wat hier is, het laatste eerst"),
        explanation: Localized(
            en: """
                Looks in the words and observations of conversations and in themes, questions, meetings, persons and \
                areas, without a network. Of several words all have to be found, whatever their case and accents; a * \
                behind a word takes all that begins so, and what stands in quotes is found as it stands there.
                """,
            nl: """
                Kijkt in de woorden en observaties van gesprekken en in thema's, vragen, vergaderingen, personen en \
                gebieden, zonder netwerk. Van meer woorden moeten alle gevonden worden, met welke hoofdletters en \
                accenten ook; een * achter een woord neemt alles wat zo begint, en wat tussen aanhalingstekens staat \
                wordt gevonden zoals het er staat.
                """),
        options: [.searchArea, .period, .limit],
        positionals: [.searchWords],
        examples: [
            CommandExample(
                Localized(en: "stoep search bench playground", nl: "stoep search bankje speeltuin"),
                Localized(en: "What has both words.", nl: "Wat beide woorden heeft.")),
            CommandExample(
                Localized(en: "stoep search \"too dark\" 'light*'", nl: "stoep search \"te donker\" 'licht*'"),
                Localized(
                    en: "These two words in a row, and one that begins with light.",
                    nl: "Deze twee woorden achter elkaar, en een dat met licht begint.")),
            CommandExample(
                Localized(
                    en: "stoep search dog --area \"Oude Noorden\" --period 2026-11",
                    nl: "stoep search hond --area \"Oude Noorden\" --period 2026-11"),
                Localized(en: "In one area, in November 2026.", nl: "In één gebied, in november 2026.")),
        ])
}

extension OptionSpec {
    package static let searchArea = OptionSpec(
        "area", .text(Localized(en: "AREA", nl: "GEBIED")),
        help: Localized(
            en: "only what took place in this neighbourhood: its code or its name",
            nl: "alleen wat in deze buurt was: haar code of naam"))
    package static let period = OptionSpec(
        "period", .text(Localized(en: "PERIOD", nl: "PERIODE")),
        help: Localized(
            en: "only what took place then: 2026, 2026-11, 2026-11-21, or 2026-11-01..2026-11-21, of which either may be left out",
            nl: "alleen wat toen was: 2026, 2026-11, 2026-11-21, of 2026-11-01..2026-11-21, waarvan een van beide weg mag"))
}

extension PositionalSpec {
    package static let searchWords = PositionalSpec(
        "WORD", placeholder: Localized(en: "WORD", nl: "WOORD"), .many,
        help: Localized(
            en: "a word; in quotes several in a row; a * behind it for all that begins so",
            nl: "een woord; tussen aanhalingstekens meer achter elkaar; met een * erachter alles wat zo begint"))
}
