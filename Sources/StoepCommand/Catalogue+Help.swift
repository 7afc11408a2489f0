// The words of the help texts and of times.
extension Localized {
    static let helpUsage = Localized(en: "usage", nl: "gebruik")
    static let helpCommand = Localized(en: "COMMAND", nl: "OPDRACHT")
    static let helpCommands = Localized(en: "commands", nl: "opdrachten")
    static let helpArguments = Localized(en: "arguments", nl: "argumenten")
    static let helpOptions = Localized(en: "options", nl: "opties")
    static let helpGlobalOptions = Localized(en: "options of every command", nl: "opties van elke opdracht")
    static let helpExamples = Localized(en: "examples", nl: "voorbeelden")
    static let helpTime = Localized(en: "TIME", nl: "TIJD")
    static let helpSummary = Localized(en: "show what a command does", nl: "laat zien wat een opdracht doet")
    static let helpRepeats = Localized(en: "(may be repeated)", nl: "(mag vaker)")

    static func helpVariable(_ variable: String) -> Localized {
        Localized(en: "(or the variable \(variable))", nl: "(of de variabele \(variable))")
    }

    static func helpMore(program: String) -> Localized {
        Localized(
            en: "\(program) help COMMAND shows the options of a command, with examples.",
            nl: "\(program) help OPDRACHT toont de opties van een opdracht, met voorbeelden.")
    }

    static func helpMoreOf(program: String, noun: String) -> Localized {
        Localized(
            en: "\(program) help \(noun) COMMAND shows the options of one of these, with examples.",
            nl: "\(program) help \(noun) OPDRACHT toont de opties van een van deze, met voorbeelden.")
    }

    static let helpContent = Localized(
        en: """
            Where a TEXT or INVITATION is asked for, - reads it from standard input and @FILE from a file, so \
            that it does not stand in the shell's history; @@ begins a text with an @.
            """,
        nl: """
            Waar om een TEKST of UITNODIGING wordt gevraagd, leest - die van de standaardinvoer en @BESTAND uit \
            een bestand, zodat ze niet in de geschiedenis van de shell staat; met @@ begint een tekst met een @.
            """)

    static let helpTimes = Localized(
        en: """
            A TIME is 2026-11-21, 2026-11-21T14:05 (with Z or +01:00 where it is not local time), or 14:05 for \
            today.
            """,
        nl: """
            Een TIJD is 2026-11-21, 2026-11-21T14:05 (met Z of +01:00 als het geen plaatselijke tijd is), of \
            14:05 voor vandaag.
            """)

    static let helpDay = Localized(en: "DAY", nl: "DAG")

    static let helpDays = Localized(
        en: "A DAY is 2026-11-21, today, tomorrow or yesterday, or +7 for a week from now.",
        nl: "Een DAG is 2026-11-21, vandaag, morgen of gisteren, of +7 voor over een week.")

    static let timeJustNow = Localized(en: "just now", nl: "zojuist")

    static func timeMinutesAgo(_ minutes: Int64) -> Localized {
        Localized(
            en: "\(counted(minutes, "minute", "minutes")) ago", nl: "\(counted(minutes, "minuut", "minuten")) geleden")
    }

    /// In Dutch, hours are not put in the plural after a number.
    static func timeHoursAgo(_ hours: Int64) -> Localized {
        Localized(en: "\(counted(hours, "hour", "hours")) ago", nl: "\(hours) uur geleden")
    }

    static func timeDaysAgo(_ days: Int64) -> Localized {
        Localized(en: "\(counted(days, "day", "days")) ago", nl: "\(counted(days, "dag", "dagen")) geleden")
    }
}
