// stoep talk …
extension CommandSpec {
    private static let content: [OptionSpec] = [
        .words, .observation, .theme, .question, .answer, .person, .area, .place, .position, .language, .consent,
    ] + FieldOption.ofTalk.map(\.option)

    static let talkNew = CommandSpec(
        path: ["talk", "new"],
        summary: Localized(en: "record a conversation", nl: "leg een gesprek vast"),
        explanation: Localized(
            en: """
                Nothing is mandatory. It is saved on this laptop at once, without a network; stoep sync brings \
                it to the others.
                """,
            nl: """
                Niets is verplicht. Het wordt meteen op deze laptop opgeslagen, zonder netwerk; stoep sync \
                brengt het naar de anderen.
                """),
        options: content + [.at, .minutes, .headcount],
        examples: [
            CommandExample(
                Localized(
                    en: "stoep talk new --words - --theme green --area \"Oude Noorden\"",
                    nl: "stoep talk new --words - --theme groen --area \"Oude Noorden\""),
                Localized(
                    en: "Type the words yourself; Ctrl-D ends them.", nl: "Typ de woorden zelf; Ctrl-D sluit ze af.")),
            CommandExample(
                Localized(
                    en: "stoep talk new --words @notes.txt --at 14:05 --minutes 20 --headcount 2",
                    nl: "stoep talk new --words @notitie.txt --at 14:05 --minutes 20 --headcount 2"),
                Localized(
                    en: "With two residents, at five past two, written down in a file.",
                    nl: "Met twee bewoners, om vijf over twee, opgeschreven in een bestand.")),
            CommandExample(
                Localized(
                    en: "stoep talk new --question \"Why is it closed?\" --answer - --person \"the man with the red coat\"",
                    nl: "stoep talk new --question \"Waarom is het dicht?\" --answer - --person \"de man met de rode jas\""),
                Localized(
                    en: "A question came up, and this is what he said to it.", nl: "Er kwam een vraag op, en dit zei hij erop.")),
            CommandExample(
                .same("stoep talk new --consent none --area BU05990535"),
                Localized(
                    en: "Somebody talked, but nothing of it may be kept: it only counts.",
                    nl: "Iemand praatte, maar niets ervan mag bewaard worden: het telt alleen mee.")),
        ])

    static let talkList = CommandSpec(
        path: ["talk", "list"],
        summary: Localized(en: "show the conversations, the latest first", nl: "toon de gesprekken, het laatste eerst"),
        options: [.ofArea, .sinceDay, .untilDay, .ofTheme, .volunteer, .openFollowUp, .limit],
        examples: [
            CommandExample(
                .same("stoep talk list --limit 20"),
                Localized(en: "The latest twenty.", nl: "De laatste twintig.")),
            CommandExample(
                .same("stoep talk list --volunteer me --open --since 2026-11-01"),
                Localized(
                    en: "To whom you still go back, since the first of November.",
                    nl: "Bij wie je nog teruggaat, vanaf 1 november.")),
            CommandExample(
                .same("stoep talk list --json"),
                Localized(en: "All that a program needs to know of them.", nl: "Alles wat een programma ervan moet weten.")),
        ])

    static let talkShow = CommandSpec(
        path: ["talk", "show"],
        summary: Localized(en: "show one conversation whole", nl: "toon één gesprek in zijn geheel"),
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep talk show 4f2a"),
                Localized(
                    en: "The conversation whose id begins with 4f2a.", nl: "Het gesprek waarvan de id met 4f2a begint."))
        ])

    static let talkEdit = CommandSpec(
        path: ["talk", "edit"],
        summary: Localized(en: "change or add to a conversation", nl: "verander een gesprek of vul het aan"),
        explanation: Localized(
            en: """
                Only what is named changes. Without any option your editor opens (VISUAL, else EDITOR). A text is \
                compared with the version that was opened, or that --read names, else with what is here now: what \
                somebody else adds meanwhile is kept beside it. The words can be edited only by who heard them; \
                the observation by any volunteer of the area. A theme is added to those that are there. Lowering \
                --consent to none erases the conversation, for ever and everywhere: what remains is that there was one.
                """,
            nl: """
                Alleen wat genoemd wordt verandert. Zonder opties gaat je editor open (VISUAL, anders EDITOR). Een \
                tekst wordt vergeleken met de versie die je opende, of die --read noemt, anders met wat er nu staat: \
                wat een ander intussen toevoegt blijft ernaast staan. De woorden kan alleen veranderen wie ze \
                hoorde; de observatie elke vrijwilliger van het gebied. Een thema komt bij de thema's die er zijn. \
                Toestemming verlagen naar none wist het gesprek, voorgoed en overal: alleen dat het er was blijft over.
                """),
        options: content + FieldOption.ofTalk.compactMap(\.removal) + [.read, .yes],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep talk edit 4f2a"),
                Localized(en: "Open it in your editor.", nl: "Open het in je editor.")),
            CommandExample(
                .same("stoep talk edit 4f2a --observation -"),
                Localized(
                    en: "Write the observation anew; others' additions stay.",
                    nl: "Schrijf de observatie opnieuw; aanvullingen van anderen blijven.")),
            CommandExample(
                Localized(
                    en: "stoep talk edit 4f2a --theme energy --theme care",
                    nl: "stoep talk edit 4f2a --theme energie --theme zorg"),
                Localized(en: "Add two themes.", nl: "Voeg twee thema's toe.")),
        ])

    static let talkHistory = CommandSpec(
        path: ["talk", "history"],
        summary: Localized(
            en: "show who changed what in a conversation, and when", nl: "toon wie wat in een gesprek veranderde, en wanneer"),
        explanation: Localized(
            en: "What was replaced or removed stands here, and so does what does not count.",
            nl: "Wat vervangen of weggehaald is staat hier, en ook wat niet meetelt."),
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep talk history 4f2a"),
                Localized(en: "Every change, numbered.", nl: "Elke wijziging, genummerd."))
        ])

    static let talkUndo = CommandSpec(
        path: ["talk", "undo"],
        summary: Localized(
            en: "take back a change of your own", nl: "draai een eigen wijziging terug"),
        explanation: Localized(
            en: """
                A new change that takes back what you did, also when others have built on it: what they wrote stays, \
                and so does a value that somebody replaced since. Undoing again takes back the undo.
                """,
            nl: """
                Een nieuwe wijziging die terugdraait wat je deed, ook als anderen erop voortbouwden: wat zij schreven \
                blijft, en ook een waarde die iemand intussen verving. Nog eens draait dat weer terug.
                """),
        options: [.change],
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep talk undo 4f2a"),
                Localized(en: "Your last change of it.", nl: "Je laatste wijziging ervan.")),
            CommandExample(
                .same("stoep talk undo 4f2a --change 3"),
                Localized(
                    en: "The third in stoep talk history, if it is yours.",
                    nl: "De derde in stoep talk history, als die van jou is.")),
        ])

    static let talkReply = CommandSpec(
        path: ["talk", "reply"],
        summary: Localized(
            en: "reply to a conversation: an objection for one", nl: "reageer op een gesprek: met een bezwaar bijvoorbeeld"),
        explanation: Localized(
            en: "What was said stays as it is; your reply stands under it, in your name.",
            nl: "Wat gezegd is blijft zoals het is; je reactie staat eronder, op jouw naam."),
        positionals: [.recordID, .replyWords],
        examples: [
            CommandExample(
                .same("stoep talk reply 4f2a -"),
                Localized(en: "Type the reply yourself; Ctrl-D ends it.", nl: "Typ de reactie zelf; Ctrl-D sluit ze af."))
        ])

    static let talkDelete = CommandSpec(
        path: ["talk", "delete"],
        summary: Localized(en: "delete a conversation that you recorded", nl: "verwijder een gesprek dat je zelf vastlegde"),
        explanation: .explanation(.delete),
        positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep talk delete 4f2a"),
                Localized(en: "It was written down twice.", nl: "Het stond er twee keer."))
        ])

    static let tallyAdd = CommandSpec(
        path: ["tally", "add"],
        summary: Localized(
            en: "count people who were approached, and who did not want to talk",
            nl: "tel mensen die aangesproken zijn, en wie er niet wilden praten"),
        explanation: Localized(
            en: "Per area and day; what several people count is added up. A negative number takes back.",
            nl: "Per gebied en dag; wat meer mensen tellen wordt opgeteld. Een negatief getal neemt terug."),
        options: [.approached, .declined, .area, .onDay],
        examples: [
            CommandExample(
                .same("stoep tally add --approached 12 --declined 3"),
                Localized(en: "Today, in the area of the last conversation.", nl: "Vandaag, in het gebied van het vorige gesprek."))
        ])

    static let tallyList = CommandSpec(
        path: ["tally", "list"],
        summary: Localized(en: "show what was counted, the latest day first", nl: "toon wat er geteld is, de laatste dag eerst"),
        options: [.ofArea, .sinceDay, .untilDay],
        examples: [
            CommandExample(
                .same("stoep tally list --since 2026-11-01"),
                Localized(en: "All areas, since the first of November.", nl: "Alle gebieden, vanaf 1 november."))
        ])
}

extension OptionSpec {
    package static let volunteer = OptionSpec(
        "volunteer", .text(.name),
        help: Localized(en: "only what this member heard; me for yourself", nl: "alleen wat dit lid hoorde; ik voor jezelf"))
    package static let openFollowUp = OptionSpec(
        "open",
        help: Localized(
            en: "only where somebody was to go back, and did not yet", nl: "alleen waar iemand terug zou gaan, en dat nog niet deed"))
    package static let approached = OptionSpec(
        "approached", .number(.same("N"), -10_000...10_000),
        help: Localized(en: "how many people were approached", nl: "hoeveel mensen er aangesproken zijn"))
    package static let declined = OptionSpec(
        "declined", .number(.same("N"), -10_000...10_000),
        help: Localized(en: "how many of them did not want to talk", nl: "hoeveel van hen niet wilden praten"))
    package static let onDay = OptionSpec(
        "on", .day, help: Localized(en: "on which day; today unless given", nl: "op welke dag; zonder deze optie vandaag"))
    package static let sinceDay = OptionSpec(
        "since", .day, help: Localized(en: "only from this day on", nl: "alleen vanaf deze dag"))
    package static let untilDay = OptionSpec(
        "until", .day, help: Localized(en: "only through this day", nl: "alleen tot en met deze dag"))
}

extension PositionalSpec {
    package static let replyWords = PositionalSpec(
        "TEXT", placeholder: .text, isContent: true,
        help: Localized(en: "what you have to say to it", nl: "wat je erop te zeggen hebt"))
}
