// What can be wrong with a command line. All of these end with exit code 2, and nothing was done.
extension CommandFailure {
    private static func usage(
        _ name: String, _ message: Localized, advice: Localized? = nil, details: [JSON.Member] = []
    ) -> CommandFailure {
        CommandFailure(name, .usage, message, advice: advice, details: details)
    }

    private static func didYouMean(_ suggestion: String?) -> Localized? {
        suggestion.map { Localized(en: "Did you mean \($0)?", nl: "Bedoel je \($0)?") }
    }

    package static func unknownCommand(_ typed: String, program: String, suggestion: String?) -> CommandFailure {
        usage(
            "unknown-command",
            Localized(en: "there is no command \(typed.onOneLine)", nl: "de opdracht \(typed.onOneLine) bestaat niet"),
            advice: didYouMean(suggestion.map { "\(program) \($0)" })
                ?? Localized(
                    en: "\(program) help shows all commands.", nl: "\(program) help toont alle opdrachten."),
            details: [.init("command", .string(typed))])
    }

    package static func unknownOption(_ word: String, suggestion: String?) -> CommandFailure {
        let (name, _) = CommandParser.split(word)
        let shown = (word.hasPrefix("--") ? "--" : "-") + name.onOneLine
        return usage(
            "unknown-option",
            Localized(en: "there is no option \(shown) here", nl: "de optie \(shown) bestaat hier niet"),
            advice: didYouMean(suggestion.map { "--\($0)" }),
            details: [.init("option", .string(shown))])
    }

    package static func optionBeforeCommand(_ option: String, command: String) -> CommandFailure {
        usage(
            "option-before-command",
            Localized(
                en: "--\(option) belongs after the command: \(command) --\(option) …",
                nl: "--\(option) hoort achter de opdracht: \(command) --\(option) …"),
            details: [.init("option", .string(option))])
    }

    package static func valueMissing(_ option: String) -> CommandFailure {
        usage(
            "value-missing",
            Localized(en: "--\(option) needs a value", nl: "--\(option) heeft een waarde nodig"),
            advice: Localized(
                en: "Write --\(option)=VALUE where the value itself begins with two dashes.",
                nl: "Schrijf --\(option)=WAARDE als de waarde zelf met twee streepjes begint."),
            details: [.init("option", .string(option))])
    }

    package static func valueEmpty(_ option: String) -> CommandFailure {
        usage(
            "value-empty",
            Localized(en: "the value of --\(option) is empty", nl: "de waarde van --\(option) is leeg"),
            details: [.init("option", .string(option))])
    }

    package static func flagTakesNoValue(_ option: String) -> CommandFailure {
        usage(
            "flag-takes-no-value",
            Localized(en: "--\(option) takes no value", nl: "--\(option) krijgt geen waarde"),
            details: [.init("option", .string(option))])
    }

    package static func optionGivenTwice(_ option: String) -> CommandFailure {
        usage(
            "option-given-twice",
            Localized(en: "--\(option) can be given only once", nl: "--\(option) mag maar één keer"),
            details: [.init("option", .string(option))])
    }

    package static func optionMissing(_ option: String, command: String) -> CommandFailure {
        usage(
            "option-missing",
            Localized(en: "\(command) needs --\(option)", nl: "\(command) kan niet zonder --\(option)"),
            advice: helpWith(command), details: [.init("option", .string(option))])
    }

    package static func exactlyOneNeeded(_ options: [String]) -> CommandFailure {
        let names = options.map { "--\($0)" }
        return usage(
            "exactly-one-needed",
            Localized(
                en: "give exactly one of \(names.joined(separator: ", "))",
                nl: "geef precies één van \(names.joined(separator: ", "))"),
            details: [.init("options", .strings(options))])
    }

    package static func argumentMissing(_ placeholder: Localized, command: String) -> CommandFailure {
        usage(
            "argument-missing",
            Localized(en: "\(command) needs \(placeholder.en)", nl: "\(command) kan niet zonder \(placeholder.nl)"),
            advice: helpWith(command), details: [.init("argument", .string(placeholder.en))])
    }

    package static func argumentNotAChoice(
        _ placeholder: Localized, value: String, choices: [String], suggestion: String?
    ) -> CommandFailure {
        let listed = choices.joined(separator: ", ")
        return usage(
            "argument-not-a-choice",
            Localized(
                en: "\(placeholder.en) is one of \(listed), not “\(value.onOneLine)”",
                nl: "\(placeholder.nl) is een van \(listed), niet ‘\(value.onOneLine)’"),
            advice: didYouMean(suggestion), details: [.init("choices", .strings(choices))])
    }

    package static func argumentUnexpected(_ word: String, command: String) -> CommandFailure {
        usage(
            "argument-unexpected",
            Localized(
                en: "\(command) does not know what to do with “\(word.onOneLine)”",
                nl: "\(command) weet geen raad met ‘\(word.onOneLine)’"),
            advice: Localized(
                en: "Put quotes around a text of several words.", nl: "Zet aanhalingstekens om een tekst van meer woorden."))
    }

    package static func notAChoice(
        _ option: String, value: String, choices: [String], suggestion: String?
    ) -> CommandFailure {
        usage(
            "not-a-choice",
            Localized(
                en: "--\(option) is one of \(choices.joined(separator: ", ")), not “\(value.onOneLine)”",
                nl: "--\(option) is een van \(choices.joined(separator: ", ")), niet ‘\(value.onOneLine)’"),
            advice: didYouMean(suggestion),
            details: [.init("option", .string(option)), .init("choices", .strings(choices))])
    }

    package static func notANumber(_ option: String, value: String, range: ClosedRange<Int>) -> CommandFailure {
        usage(
            "not-a-number",
            Localized(
                en: "--\(option) is a whole number from \(range.lowerBound) to \(range.upperBound), not “\(value.onOneLine)”",
                nl: "--\(option) is een heel getal van \(range.lowerBound) tot en met \(range.upperBound), niet ‘\(value.onOneLine)’"),
            details: [.init("option", .string(option))])
    }

    package static func notATime(_ option: String, value: String) -> CommandFailure {
        usage(
            "not-a-time",
            Localized(
                en: "--\(option) is a time such as 2026-11-21T14:05, not “\(value.onOneLine)”",
                nl: "--\(option) is een tijd zoals 2026-11-21T14:05, niet ‘\(value.onOneLine)’"),
            advice: .helpTimes, details: [.init("option", .string(option))])
    }

    package static func notADay(_ option: String, value: String) -> CommandFailure {
        usage(
            "not-a-day",
            Localized(
                en: "--\(option) is a day such as 2026-11-21, tomorrow or +7, not “\(value.onOneLine)”",
                nl: "--\(option) is een dag zoals 2026-11-21, morgen of +7, niet ‘\(value.onOneLine)’"),
            advice: .helpDays, details: [.init("option", .string(option))])
    }

    package static var standardInputTwice: CommandFailure {
        usage(
            "standard-input-twice",
            Localized(
                en: "only one value can be read from standard input (-)",
                nl: "er kan maar één waarde van de standaardinvoer (-) komen"))
    }

    package static func argumentNotText(position: Int) -> CommandFailure {
        usage(
            "argument-not-text",
            Localized(
                en: "word \(position) of the command line is not UTF-8 text",
                nl: "woord \(position) van de opdrachtregel is geen UTF-8-tekst"))
    }

    package static func fileUnreadable(_ path: String, errno number: Int32) -> CommandFailure {
        let reason = Localized.systemError(number)
        return usage(
            "file-unreadable",
            Localized(
                en: "cannot read \(path.onOneLine): \(reason.en)", nl: "kan \(path.onOneLine) niet lezen: \(reason.nl)"),
            advice: path == "-"
                ? nil
                : Localized(
                    en: "A value that begins with @ names a file; write @@ for a text that begins with @.",
                    nl: "Een waarde die met @ begint noemt een bestand; schrijf @@ voor een tekst die met @ begint."),
            details: [.init("path", .string(path))])
    }

    package static func contentTooLarge(_ source: String, limitBytes: Int) -> CommandFailure {
        usage(
            "content-too-large",
            Localized(
                en: "\(source.onOneLine) has more than \(limitBytes / 1024) KiB",
                nl: "\(source.onOneLine) heeft meer dan \(limitBytes / 1024) KiB"),
            details: [.init("path", .string(source)), .init("limitBytes", .number(limitBytes))])
    }

    package static func contentNotText(_ source: String) -> CommandFailure {
        usage(
            "content-not-text",
            Localized(en: "\(source.onOneLine) is not UTF-8 text", nl: "\(source.onOneLine) is geen UTF-8-tekst"),
            details: [.init("path", .string(source))])
    }

    private static func helpWith(_ command: String) -> Localized {
        Localized(en: "\(command) --help shows how.", nl: "\(command) --help laat zien hoe.")
    }
}
