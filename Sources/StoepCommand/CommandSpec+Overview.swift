// stoep overview, and what initiatives come to together.
extension CommandSpec {
    static let overview = CommandSpec(
        path: ["overview"],
        summary: Localized(en: "show the figures of the space", nl: "toon de cijfers van de ruimte"),
        explanation: Localized(
            en: """
                As far as they are on this laptop: conversations by area, themes, the questions that emerge, how many were \
                approached and declined, agreements kept and broken, who led the meetings, initiatives, and what is given \
                and taken in each area. A period counts conversations and meetings when they took place, tallies by their \
                day, agreements by when they are due; initiatives, offers and needs are as they stand today.
                """,
            nl: """
                Voor zover ze op deze laptop zijn: gesprekken per gebied, thema's, de vragen die opkomen, hoeveel mensen \
                zijn aangesproken en niet wilden, nagekomen en niet nagekomen afspraken, wie de vergaderingen leidde, \
                initiatieven, en wat er per gebied gegeven en genomen wordt. Een periode telt gesprekken en vergaderingen \
                naar wanneer ze waren, tellingen naar hun dag, afspraken naar wanneer ze klaar moeten zijn; initiatieven, \
                aanbod en behoeften zijn zoals ze vandaag staan.
                """),
        options: [.ofArea, .sinceDay, .untilDay, .limit],
        examples: [
            CommandExample(.same("stoep overview"), Localized(en: "Everything that is here.", nl: "Alles wat hier is.")),
            CommandExample(
                .same("stoep overview --area \"Oude Noorden\" --since 2026-11-01"),
                Localized(en: "One neighbourhood, since November.", nl: "Eén buurt, sinds november.")),
        ])

    static let initiativeGrid = CommandSpec(
        path: ["initiative", "grid"],
        summary: Localized(
            en: "show which kinds of partners are there for which theme", nl: "toon welke soorten partners er bij welk thema zijn"),
        explanation: Localized(
            en: "Entrepreneurs, education, research, government and the neighbourhood: where there is none, somebody is missing.",
            nl: "Ondernemers, onderwijs, onderzoek, overheid en omgeving: waar er geen is, ontbreekt iemand."),
        options: [.ofArea],
        examples: [
            CommandExample(.same("stoep initiative grid"), Localized(en: "Who is missing?", nl: "Wie ontbreekt er?"))
        ])

    static let initiativeSuggest = CommandSpec(
        path: ["initiative", "suggest"],
        summary: Localized(
            en: "show neighbours with a theme in common that are not linked", nl: "toon buren met een thema gemeen die niet verbonden zijn"),
        options: [.ofArea, .limit],
        examples: [
            CommandExample(
                .same("stoep initiative suggest --limit 5"),
                Localized(en: "The five with most in common.", nl: "De vijf met het meeste gemeen."))
        ])
}
