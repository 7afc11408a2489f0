// stoep question …, beside what is done with any record.
extension CommandSpec {
    static let questionList = CommandSpec(
        path: ["question", "list"],
        summary: Localized(
            en: "show the questions, those that come up most first", nl: "toon de vragen, wat het meest opkomt eerst"),
        explanation: Localized(
            en: """
                How often, in how many areas and since when is counted over the conversations that this laptop may \
                read. Questions that were said to be the same are counted as one.
                """,
            nl: """
                Hoe vaak, in hoeveel gebieden en sinds wanneer wordt geteld over de gesprekken die deze laptop mag \
                lezen. Vragen waarvan gezegd is dat ze dezelfde zijn, tellen als één.
                """),
        options: [.ofArea, .ofTheme, .carried, .limit],
        examples: [
            CommandExample(
                .same("stoep question list --limit 10"),
                Localized(en: "The ten that come up most.", nl: "De tien die het meest opkomen.")),
            CommandExample(
                .same("stoep question list --carried"),
                Localized(en: "What you wanted to ask next time.", nl: "Wat je de volgende keer wilde vragen.")),
        ])

    static let questionAsk = CommandSpec(
        path: ["question", "ask"],
        summary: Localized(
            en: "carry a question along to your next talks", nl: "neem een vraag mee naar je volgende gesprekken"),
        options: [.stop],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep question ask 4f2a"),
                Localized(en: "Your colleagues see that you do.", nl: "Je collega's zien dat je dat doet.")),
            CommandExample(
                .same("stoep question ask 4f2a --stop"),
                Localized(en: "No longer.", nl: "Niet meer.")),
        ])

    static let questionAnswers = CommandSpec(
        path: ["question", "answers"],
        summary: Localized(
            en: "show what was answered to a question, the latest first",
            nl: "toon wat er op een vraag geantwoord is, het laatste eerst"),
        explanation: Localized(
            en: "With what was answered to questions that are the same, each in its own wording.",
            nl: "Met wat geantwoord is op vragen die dezelfde zijn, elk in haar eigen formulering."),
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep question answers 4f2a"),
                Localized(en: "Where, when, to whom, and the words.", nl: "Waar, wanneer, aan wie, en de woorden."))
        ])
}

extension OptionSpec {
    package static let carried = OptionSpec(
        "carried", help: Localized(en: "only those that you carry along", nl: "alleen wat je meeneemt"))
    package static let stop = OptionSpec("stop", help: Localized(en: "no longer", nl: "niet meer"))
}
