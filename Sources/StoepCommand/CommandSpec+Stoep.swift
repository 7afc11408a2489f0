// The other commands of `stoep`.
extension CommandSpec {
    static let join = CommandSpec(
        path: ["join"],
        summary: Localized(en: "join a space with an invitation", nl: "doe mee aan een ruimte met een uitnodiging"),
        explanation: Localized(
            en: """
                Makes this laptop's keys, which never leave it, and has the daemon enrol them. This needs a network \
                once; recording does not. Asks for a passphrase, without which nobody reads what is on the laptop; where it \
                cannot ask, the store has none until stoep passphrase.
                """,
            nl: """
                Maakt de sleutels van deze laptop, die hem nooit verlaten, en laat de daemon ze inschrijven. Daarvoor \
                is eenmaal een netwerk nodig; voor het vastleggen niet. Vraagt een wachtzin, zonder welke niemand leest wat \
                op de laptop staat; waar dat niet kan, heeft de opslag er geen tot stoep passphrase.
                """),
        options: [.noPassphrase],
        positionals: [.invitation],
        examples: [
            CommandExample(
                .same("stoep join -"),
                Localized(
                    en: "Paste the invitation, then Enter and Ctrl-D.", nl: "Plak de uitnodiging, dan Enter en Ctrl-D.")),
            CommandExample(
                Localized(en: "stoep join @invitation.txt", nl: "stoep join @uitnodiging.txt"),
                Localized(en: "Read it from a file.", nl: "Lees ze uit een bestand.")),
        ])

    static let themeNew = CommandSpec(
        path: ["theme", "new"],
        summary: Localized(en: "add a theme", nl: "voeg een thema toe"),
        positionals: [.themeName],
        examples: [
            CommandExample(
                Localized(en: "stoep theme new \"care for each other\"", nl: "stoep theme new \"zorg voor elkaar\""),
                Localized(en: "A theme that came up on the street.", nl: "Een thema dat op straat opkwam."))
        ])

    static let themeList = CommandSpec(
        path: ["theme", "list"],
        summary: Localized(en: "show the themes", nl: "toon de thema's"),
        examples: [
            CommandExample(
                .same("stoep theme list"),
                Localized(en: "All themes with their ids.", nl: "Alle thema's met hun id."))
        ])

    static let themeOwn = CommandSpec(
        path: ["theme", "own"],
        summary: Localized(
            en: "ask to own a theme, or give it up", nl: "vraag om een thema te bezitten, of geef het op"),
        explanation: Localized(
            en: """
                Asked for here, granted by the daemon at a sync. Only its owners say what they want with it, what they do \
                next and how it stands; a coordinator can, and then it shows in its history.
                """,
            nl: """
                Hier gevraagd, door de daemon toegekend bij een sync. Alleen de eigenaars zeggen wat ze ermee willen, wat \
                ze nu doen en hoe het ervoor staat; een coördinator kan dat ook, en dan staat het in de geschiedenis.
                """),
        options: [.reason, .stop], positionals: [.themeID],
        examples: [
            CommandExample(
                Localized(en: "stoep theme own green", nl: "stoep theme own groen"),
                Localized(en: "Then: stoep sync.", nl: "Daarna: stoep sync."))
        ])

    static let themeSplit = CommandSpec(
        path: ["theme", "split"],
        summary: Localized(en: "split a new theme off another", nl: "splits een nieuw thema van een ander af"),
        positionals: [.themeID, .themeName],
        examples: [
            CommandExample(
                Localized(en: "stoep theme split green trees", nl: "stoep theme split groen bomen"),
                Localized(en: "The new one says where it came from.", nl: "Het nieuwe zegt waar het vandaan komt."))
        ])

    static let themeMerge = CommandSpec(
        path: ["theme", "merge"],
        summary: Localized(en: "say that a theme goes on as another", nl: "zeg dat een thema verdergaat als een ander"),
        explanation: Localized(
            en: "Nothing is lost: both stay, and stoep theme undo takes it back.",
            nl: "Er gaat niets verloren: beide blijven, en stoep theme undo draait het terug."),
        positionals: [.themeID, .intoTheme],
        examples: [
            CommandExample(
                Localized(en: "stoep theme merge trees green", nl: "stoep theme merge bomen groen"),
                Localized(en: "They turned out to be one.", nl: "Ze bleken er één te zijn."))
        ])

    static let areaList = CommandSpec(
        path: ["area", "list"],
        summary: Localized(en: "show the areas", nl: "toon de gebieden"),
        examples: [
            CommandExample(
                .same("stoep area list"),
                Localized(en: "All areas with their codes.", nl: "Alle gebieden met hun code."))
        ])

    static let areaFind = CommandSpec(
        path: ["area", "find"],
        summary: Localized(en: "find an area by name or code", nl: "zoek een gebied op naam of code"),
        positionals: [.search],
        examples: [
            CommandExample(
                .same("stoep area find oude noorden"),
                Localized(en: "Finds BU05990535.", nl: "Vindt BU05990535."))
        ])

    static let sync = CommandSpec(
        path: ["sync"],
        summary: Localized(
            en: "exchange what is new with the daemon", nl: "wissel met de daemon uit wat nieuw is"),
        explanation: Localized(
            en: """
                Can be interrupted at any time and goes on where it stopped. Without a network everything is kept \
                here, and the command ends with exit code 4.
                """,
            nl: """
                Mag op elk moment worden afgebroken en gaat verder waar het was. Zonder netwerk blijft alles hier \
                bewaard, en eindigt de opdracht met exitcode 4.
                """),
        options: [.only, .from],
        examples: [
            CommandExample(
                .same("stoep sync"),
                Localized(en: "Send and receive.", nl: "Verstuur en ontvang.")),
            CommandExample(
                .same("stoep sync --only square"),
                Localized(
                    en: "Only themes and areas, over a slow connection.",
                    nl: "Alleen thema's en gebieden, over een trage verbinding.")),
            CommandExample(
                .same("stoep sync --from 192.168.1.5:7411/3f2a9c01"),
                Localized(
                    en: "With a colleague's laptop, on which stoep share runs.",
                    nl: "Met de laptop van een collega, waarop stoep share draait.")),
        ])

    static let status = CommandSpec(
        path: ["status"],
        summary: Localized(
            en: "show what is here, what is not yet synced, and what waits for you",
            nl: "toon wat hier is, wat nog niet gesynchroniseerd is, en wat op je wacht"),
        examples: [
            CommandExample(
                .same("stoep status --json"),
                Localized(en: "With the state hash of each log, to compare laptops.", nl: "Met de toestandshash per logboek, om laptops te vergelijken."))
        ])

    static let conflicts = CommandSpec(
        path: ["conflicts"],
        summary: Localized(
            en: "show the fields in which several values compete", nl: "toon de velden waarin meer waarden botsen"),
        options: [.check],
        examples: [
            CommandExample(
                .same("stoep conflicts"),
                Localized(en: "Each with its values, numbered.", nl: "Elk met zijn waarden, genummerd.")),
            CommandExample(
                .same("stoep conflicts --check --quiet"),
                Localized(en: "For a script: 0 nothing waits, 3 something does.", nl: "Voor een script: 0 niets wacht, 3 er wacht iets.")),
        ])

    static let resolve = CommandSpec(
        path: ["resolve"],
        summary: Localized(
            en: "settle a conflict", nl: "beslis een conflict"),
        explanation: Localized(
            en: "The values that are not kept stay in the history of the record: nothing is lost.",
            nl: "De waarden die niet blijven, blijven in de geschiedenis staan: er gaat niets verloren."),
        options: [.field.required(), .keep, .keepAll, .value],
        positionals: [.recordID],
        exactlyOneOf: [[.keep, .keepAll, .value]],
        examples: [
            CommandExample(
                .same("stoep resolve 4f2a --field place --keep 2"),
                Localized(en: "The second value is right.", nl: "De tweede waarde klopt.")),
            CommandExample(
                .same("stoep resolve 4f2a --field place --keep-all"),
                Localized(en: "All of them are: “Noordplein; by the bench”.", nl: "Alle kloppen: ‘Noordplein; bij het bankje’.")),
            CommandExample(
                .same("stoep resolve 4f2a --field place --value \"Noordplein\""),
                Localized(en: "Neither is right.", nl: "Geen van beide klopt.")),
        ])
}
