// stoep agreement kept and broken, stoep due, stoep meeting agenda, stoep round close.
extension CommandSpec {
    static let agreementKept = CommandSpec(
        path: ["agreement", "kept"],
        summary: Localized(en: "say that an agreement was kept", nl: "zeg dat een afspraak is nagekomen"),
        options: [.onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep agreement kept 4f2a"),
                Localized(en: "As of today.", nl: "Vanaf vandaag."))
        ])

    static let agreementBroken = CommandSpec(
        path: ["agreement", "broken"],
        summary: Localized(
            en: "say that an agreement was not kept", nl: "zeg dat een afspraak niet is nagekomen"),
        options: [.onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep agreement broken 4f2a --on yesterday"),
                Localized(en: "Whoever promised it.", nl: "Wie het ook beloofde."))
        ])

    static let due = CommandSpec(
        path: ["due"],
        summary: Localized(
            en: "show what is due: agreements, visits to go back for, referrals",
            nl: "toon wat er te doen staat: afspraken, terug te gaan gesprekken, doorverwijzingen"),
        explanation: Localized(
            en: """
                Today and what is overdue, the longest first; a referral stays until somebody accepts it. For you is \
                what you see to, or wrote down yourself where nobody else is named.
                """,
            nl: """
                Vandaag en wat over tijd is, het langste eerst; een doorverwijzing blijft tot iemand haar aanneemt. Voor \
                jou is wat jij in het oog houdt, of zelf opschreef waar niemand anders genoemd is.
                """),
        options: [.dueThrough, .dueAll, .overdue, .mine, .ofArea, .ics],
        examples: [
            CommandExample(
                .same("stoep due --mine"),
                Localized(en: "What waits for you today.", nl: "Wat vandaag op je wacht.")),
            CommandExample(
                .same("stoep due --through +7"),
                Localized(en: "Until a week from now.", nl: "Tot over een week.")),
            CommandExample(
                .same("stoep due --all --mine --ics"),
                Localized(en: "Reminders for the calendar of your telephone.", nl: "Herinneringen voor de agenda van je telefoon.")),
        ])

    static let meetingAgenda = CommandSpec(
        path: ["meeting", "agenda"],
        summary: Localized(
            en: "show or rearrange the agenda of a meeting", nl: "toon of herschik de agenda van een vergadering"),
        explanation: Localized(
            en: "Items are numbered from 1. What others add or move meanwhile stays; an item that was moved stays one.",
            nl: "De punten zijn genummerd vanaf 1. Wat anderen intussen toevoegen of verplaatsen blijft; een verplaatst punt blijft één punt."),
        options: [.addItem, .moveItem, .toPlace, .removeItem], positionals: [.recordID],
        examples: [
            CommandExample(
                Localized(en: "stoep meeting agenda 4f2a --add trees", nl: "stoep meeting agenda 4f2a --add bomen"),
                Localized(en: "Behind what is there.", nl: "Achter wat er staat.")),
            CommandExample(
                .same("stoep meeting agenda 4f2a --move 3 --to 1"),
                Localized(en: "The third comes first.", nl: "Het derde komt eerst.")),
        ])

    static let roundClose = CommandSpec(
        path: ["round", "close"],
        summary: Localized(
            en: "close a round with what was learnt", nl: "sluit een ronde met wat er geleerd is"),
        explanation: Localized(
            en: "Later rounds in the same area show it.", nl: "Latere rondes in hetzelfde gebied tonen het."),
        options: [.learnt.required(), .onDay], positionals: [.recordID],
        examples: [
            CommandExample(
                .same("stoep round close 4f2a --learnt -"),
                Localized(en: "Type it yourself; Ctrl-D ends it.", nl: "Typ het zelf; Ctrl-D sluit het af."))
        ])
}

extension OptionSpec {
    package static let dueThrough = OptionSpec(
        "through", .day,
        help: Localized(en: "what is due by this day; today unless given", nl: "wat op deze dag klaar moet zijn; zonder deze optie vandaag"))
    package static let dueAll = OptionSpec(
        "all", help: Localized(en: "all that is open, whenever it is due", nl: "alles wat openstaat, wanneer het ook moet"))
    package static let overdue = OptionSpec(
        "overdue", help: Localized(en: "only what should have been done before today", nl: "alleen wat voor vandaag klaar had moeten zijn"))
    package static let mine = OptionSpec(
        "mine", help: Localized(en: "only what is for you", nl: "alleen wat voor jou is"))
    package static let ics = OptionSpec(
        "ics", help: Localized(
            en: "write what has a day as a calendar file (iCalendar)", nl: "schrijf wat een dag heeft als agendabestand (iCalendar)"))
    package static let addItem = OptionSpec(
        "add", .content(.text), repeats: true,
        help: Localized(en: "put this behind what is there", nl: "zet dit achter wat er staat"))
    package static let moveItem = OptionSpec(
        "move", .number(.same("N"), 1...10_000),
        help: Localized(en: "move the item with this number; with --to", nl: "verplaats het punt met dit nummer; met --to"))
    package static let toPlace = OptionSpec(
        "to", .number(.same("N"), 1...10_000),
        help: Localized(en: "the number that the moved item has from now on", nl: "het nummer dat het verplaatste punt voortaan heeft"))
    package static let removeItem = OptionSpec(
        "remove", .number(.same("N"), 1...10_000),
        help: Localized(en: "take the item with this number off", nl: "haal het punt met dit nummer eraf"))
    package static let learnt = OptionSpec(
        "learnt", .content(.text), help: Localized(en: "what was learnt", nl: "wat er geleerd is"))
}
